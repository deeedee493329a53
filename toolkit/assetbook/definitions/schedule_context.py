"""What the functions of a schedule may ask while one of its ticks is evaluated."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from assetbook.definitions.tick_context import TickContext


class ScheduleEvaluationContext(TickContext):
    """One tick of a schedule."""

    built_by: ClassVar[str] = "build_schedule_context"

    def __init__(self, scheduled_execution_time: datetime | None = None, **given: Any) -> None:
        self._time = scheduled_execution_time
        super().__init__(**given)

    @property
    def scheduled_execution_time(self) -> datetime:
        """When the tick was due, in the schedule's time zone; not when it is evaluated.

        Raises UsageError in a context that was built without.
        """
        if self._time is None:
            raise self._not_given("scheduled_execution_time", "a datetime with its time zone")
        return self._time
