"""Contexts for calling or evaluating a sensor in a test, with resources set up for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from assetbook.definitions.collection import Definitions
from assetbook.definitions.event_log_entry import RunEvent
from assetbook.definitions.multi_asset_context import MultiAssetSensorEvaluationContext
from assetbook.definitions.partitions.key_tags import PARTITION_TAG
from assetbook.definitions.run_status_context import RunStatusSensorContext, told_run
from assetbook.definitions.run_status_sensor_definition import status_event
from assetbook.definitions.sensor_context import SensorEvaluationContext
from assetbook.execution.built_schedule_context import HoldsResources
from assetbook.named_arguments import named_arguments


class BuiltSensorContext(HoldsResources, SensorEvaluationContext):
    """A context for a sensor's function; ``with`` tears its resources down at the end."""


@named_arguments
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


class BuiltMultiAssetSensorContext(HoldsResources, MultiAssetSensorEvaluationContext):
    """A context for a sensor of several assets; ``with`` tears its resources down at the end."""


@named_arguments
def build_multi_asset_sensor_context(
    *,
    monitored_assets: Sequence[object],
    instance: Any = None,
    cursor: str | None = None,
    resources: Mapping[str, object] | None = None,
    definitions: Definitions | None = None,
    cursor_from_latest_materializations: bool = False,
    last_sensor_start_time: float | None = None,
) -> BuiltMultiAssetSensorContext:
    """A context for calling a sensor of several assets in a test.

    With ``cursor_from_latest_materializations`` all that there is now counts as consumed; the
    others are as for ``build_sensor_context``.
    """
    if resources is None and definitions is not None:
        resources = definitions.resources
    context = partial(
        BuiltMultiAssetSensorContext,
        monitored_assets,
        instance=instance,
        resources=resources or {},
        definitions=definitions,
        last_sensor_start_time=last_sensor_start_time,
    )
    if not cursor_from_latest_materializations:
        return context(cursor=cursor)
    with context() as first:
        first.advance_all_cursors()
        first.consume()
        return context(cursor=first.cursor)


class BuiltRunStatusSensorContext(HoldsResources, RunStatusSensorContext):
    """A context for a sensor of runs; ``with`` tears its resources down at the end."""


@named_arguments
def build_run_status_sensor_context(
    sensor_name: str,
    dagster_event: RunEvent | None,
    dagster_instance: Any,
    dagster_run: Any,
    context: SensorEvaluationContext | None = None,
    resources: Mapping[str, object] | None = None,
    partition_key: str | None = None,
) -> BuiltRunStatusSensorContext:
    """A context for calling a sensor of runs in a test; its ``for_run_failure()`` is one for a
    function of ``@run_failure_sensor``.

    ``dagster_run`` is a run's record, as ``instance.run(id)`` gives it, or what another sensor was
    told; without a ``dagster_event`` what happened is that it got its status. ``context`` lends its
    resources. Raises UsageError for what is no run.
    """
    if resources is None and context is not None:
        resources = context.given_resources
    run = told_run(dagster_instance, dagster_run)
    if partition_key is not None:
        run = replace(run, tags={**run.tags, PARTITION_TAG: partition_key})
    event = dagster_event or status_event(run.status, getattr(dagster_run, "message", ""))
    return BuiltRunStatusSensorContext(
        sensor_name, run, event, instance=dagster_instance, resources=resources or {}
    )
