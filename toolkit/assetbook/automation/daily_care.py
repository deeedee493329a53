"""What the daemon does once a day: lets go of what retention does not keep, and of old ticks."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from assetbook.errors import AssetbookError
from assetbook.instance.collecting import collect
from assetbook.instance.instance import Instance
from assetbook.storage.automations import TickStatus

_EVERY = timedelta(days=1)
_AFTER_START = timedelta(minutes=10)
"""A daemon that is restarted again and again need not collect each time."""
_SKIPPED: tuple[TickStatus, ...] = ("skipped", "missed")
_KEPT_SKIPPED = timedelta(days=7)
_log = logging.getLogger("assetbook.daemon")


class DailyCare:
    """Runs the rules of ``store gc`` a while after the start, and then every day."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._next: datetime | None = None

    def is_due(self) -> bool:
        """Whether it is time; it is then not for a day."""
        now = self._instance.clock.now()
        if self._next is None:
            self._next = now + _AFTER_START
        if now < self._next:
            return False
        self._next = now + _EVERY
        return True

    def work(self) -> None:
        """Does it; what keeps it from that is logged, and tried again next day."""
        try:
            self._care(self._instance.clock.now())
        except AssetbookError as error:
            _log.warning("daily care: %s: %s", error.asked, error.found)

    def _care(self, now: datetime) -> None:
        settings = self._instance.project.settings if self._instance.project else None
        if settings is not None:
            kept = timedelta(days=settings.retention.rule.scheduled_days)
            self._instance.own.drop_ticks(now - kept)
        dropped = self._instance.own.drop_ticks(now - _KEPT_SKIPPED, statuses=_SKIPPED)
        gone = collect(self._instance)
        _log.info(
            "daily care: %s versions let go, %s ticks without runs forgotten",
            len(gone.versions),
            dropped,
        )
