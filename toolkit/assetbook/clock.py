"""The one source of time: everything that reads the time of day takes a Clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What tells the time."""

    def now(self) -> datetime:
        """The current instant, in UTC, with microseconds."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary start; never goes back."""
        ...


class SystemClock:
    """The computer's own clock."""

    def now(self) -> datetime:
        """The current instant, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since an arbitrary start."""
        return time.monotonic()


class ManualClock:
    """A clock that stands still until it is told to move; for tests."""

    def __init__(self, start: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self._now = start
        self._elapsed = 0.0

    def now(self) -> datetime:
        """The instant to which the clock was set."""
        return self._now

    def monotonic(self) -> float:
        """Seconds by which the clock was advanced."""
        return self._elapsed

    def advance(self, seconds: float) -> None:
        """Moves the clock forward by ``seconds``."""
        self._now += timedelta(seconds=seconds)
        self._elapsed += seconds
