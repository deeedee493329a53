"""An event with its place in the log, and what a check last said."""

from __future__ import annotations

from typing import Literal

import msgspec

from assetbook.events.asset_events import CheckEvaluated
from assetbook.events.records import Event


class StoredEvent(msgspec.Struct, frozen=True):
    """An event with its place in the log."""

    id: int
    event: Event
    store: str | None = None
    """The name of the other store whose log it is in; None stands for the own one."""


class CheckState(msgspec.Struct, frozen=True):
    """What a check last said of the version that was then its asset's latest."""

    event_id: int
    event: CheckEvaluated

    @property
    def version(self) -> int | None:
        """The version it looked at; None if its asset had none."""
        return self.event.version

    @property
    def passed(self) -> bool:
        """Whether the version passed."""
        return self.event.passed

    @property
    def severity(self) -> Literal["warn", "error"]:
        """How bad it is if it did not."""
        return self.event.severity

    @property
    def blocking(self) -> bool:
        """Whether a failure keeps others from reading the version."""
        return self.event.blocking
