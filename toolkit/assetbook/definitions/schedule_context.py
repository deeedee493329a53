"""What the functions of a schedule may ask while one of its ticks is evaluated."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from types import SimpleNamespace
from typing import Any, ClassVar

from assetbook.errors import UsageError

_LOGGER = logging.getLogger("assetbook")


class ScheduleEvaluationContext:
    """One tick of a schedule."""

    __assetbook_context__: ClassVar[bool] = True

    def __init__(
        self,
        scheduled_execution_time: datetime | None = None,
        *,
        resources: Mapping[str, object] | None = None,
        instance: Any = None,
        log: logging.Logger = _LOGGER,
    ) -> None:
        self._time = scheduled_execution_time
        self._instance = instance
        self.given_resources = dict(resources or {})
        """The resources by name, each set up."""
        self.resources: Any = SimpleNamespace(**self.given_resources)
        """The resources as attributes."""
        self.log = log
        """What is written to it is kept with the tick."""

    @property
    def scheduled_execution_time(self) -> datetime:
        """When the tick was due, in the schedule's time zone; not when it is evaluated.

        Raises UsageError in a context that was built without.
        """
        if self._time is None:
            raise self._not_given("scheduled_execution_time", "a datetime with its time zone")
        return self._time

    @property
    def instance(self) -> Any:
        """The instance that evaluates; raises UsageError in a context that was built without."""
        if self._instance is None:
            raise self._not_given("instance", "an Instance")
        return self._instance

    def _not_given(self, name: str, kind: str) -> UsageError:
        return UsageError(
            f"context.{name}",
            "this context was built without",
            f"Build it by build_schedule_context({name}=...), with {kind}.",
        )
