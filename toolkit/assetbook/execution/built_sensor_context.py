"""Contexts for calling or evaluating a sensor in a test, with resources set up for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assetbook.definitions.collection import Definitions
from assetbook.definitions.sensor_context import SensorEvaluationContext
from assetbook.execution.built_schedule_context import HoldsResources


class BuiltSensorContext(HoldsResources, SensorEvaluationContext):
    """A context for a sensor's function; ``with`` tears its resources down at the end."""


def build_sensor_context(
    instance: Any = None,
    cursor: str | None = None,
    resources: Mapping[str, object] | None = None,
    definitions: Definitions | None = None,
    last_sensor_start_time: float | None = None,
    last_tick_completion_time: float | None = None,
    last_run_key: str | None = None,
) -> BuiltSensorContext:
    """A context for calling a sensor, or for its ``evaluate_tick``, in a test.

    ``resources``, or else those of ``definitions``, are set up now, and torn down at the end of a
    ``with`` block, or when nobody holds the context any more. Times are seconds since 1970.
    """
    if resources is None and definitions is not None:
        resources = definitions.resources
    return BuiltSensorContext(
        cursor,
        instance=instance,
        resources=resources or {},
        definitions=definitions,
        last_sensor_start_time=last_sensor_start_time,
        last_tick_completion_time=last_tick_completion_time,
        last_run_key=last_run_key,
    )
