"""A context for calling or evaluating a schedule in a test, with resources set up for it."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Self

from assetbook.definitions.schedule_context import ScheduleEvaluationContext
from assetbook.definitions.tick_context import TickContext
from assetbook.execution.context import GivenResources, StepResources
from assetbook.execution.resource_scope import ResourceScope
from assetbook.named_arguments import named_arguments


class TickResources(StepResources):
    """The resources of one tick as attributes."""

    _asks: ClassVar[str] = "this tick"


class HoldsResources(TickContext):
    """A context that sets its resources up, and tears them down when it ends."""

    def __init__(self, *args: Any, resources: Mapping[str, object], **given: Any) -> None:
        scope = ResourceScope(resources, "test")
        self._close = weakref.finalize(self, scope.__exit__, None, None, None)
        super().__init__(*args, resources=scope.ready, **given)
        self.resources = GivenResources(self.given_resources)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._close()


class BuiltScheduleContext(HoldsResources, ScheduleEvaluationContext):
    """A context for a schedule's functions; ``with`` tears its resources down at the end."""


@named_arguments
def build_schedule_context(
    instance: Any = None,
    scheduled_execution_time: datetime | None = None,
    resources: Mapping[str, object] | None = None,
) -> BuiltScheduleContext:
    """A context for calling a schedule, or for its ``evaluate_tick``, in a test.

    ``resources`` are set up now, and torn down at the end of a ``with`` block, or when nobody
    holds the context any more.
    """
    return BuiltScheduleContext(
        scheduled_execution_time, instance=instance, resources=resources or {}
    )
