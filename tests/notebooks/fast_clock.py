"""A clock that a test sets ahead, and a daemon that is had look until something is so."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from assetbook.automation.firing import Daemon
from assetbook.clock import SystemClock


class FastClock(SystemClock):
    """Begins on that day, and may be set ahead."""

    def __init__(self, start: datetime) -> None:
        self._ahead = start - super().now()

    def now(self) -> datetime:
        return super().now() + self._ahead

    def pass_time(self, span: timedelta) -> None:
        self._ahead += span


def has_done(daemon: Daemon, is_done: Callable[[], bool]) -> bool:
    """Has it look until that is so and nothing goes on, for a minute at most."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        daemon.step()
        if is_done() and not daemon.is_busy:
            return True
        time.sleep(0.02)
    return False
