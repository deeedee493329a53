"""The instants at which windows begin, by their place: found once, as far as somebody asked."""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from assetbook.cron import Cron

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_IN_EVERY_MONTH = 28
_AT_ONCE = 256
"""Starts that are found at most without a look at whether they were needed."""


class WindowStarts:
    """The due instants of a cron line from ``first`` on, numbered from 0; negative places are those
    before. Any thread may ask."""

    def __init__(self, cron: Cron, first: datetime) -> None:
        self._cron = cron
        self._first = first - timedelta.resolution
        self._found: list[datetime] = []
        self._more: Iterator[datetime] | None = None
        self._finding = threading.Lock()

    def __getitem__(self, place: int) -> datetime:
        """The start at a place, in UTC."""
        if place >= 0:
            self._find(lambda: len(self._found) > place)
            return self._found[place]
        before = self._cron.before(self[0])
        for _ in range(-place - 1):
            next(before)
        return next(before)

    def between(self, first: int, until: int) -> list[datetime]:
        """The starts from one place on until before another, in UTC."""
        self._find(lambda: len(self._found) >= until)
        return self._found[first:until]

    def over_at(self, instant: datetime) -> int:
        """How many windows have ended by then: those whose next one has begun."""
        return max(0, self.begun_at(instant) - 1)

    def begun_at(self, instant: datetime) -> int:
        """How many windows have begun by then."""
        self._find(lambda: bool(self._found) and self._found[-1] > instant)
        return bisect_right(self._found, instant)

    def place_of(self, start: datetime) -> int | None:
        """The place of a start; None if no window from the first on starts then."""
        self._find(lambda: bool(self._found) and self._found[-1] >= start)
        place = bisect_left(self._found, start)
        return place if self._found[place] == start else None

    def place_at(self, instant: datetime) -> int:
        """The place of the window that is going on at an instant; negative before the first."""
        if instant >= self[0]:
            return self.begun_at(instant) - 1
        place = -1
        for start in self._cron.before(self[0]):
            if start <= instant:
                break
            place -= 1
        return place

    def place_before(self, end: datetime) -> int:
        """The place of the last window that begins before an instant."""
        place = self.place_at(end)
        return place - 1 if self[place] == end else place

    def _find(self, enough: Callable[[], bool]) -> None:
        if enough():
            return
        with self._finding:
            if self._more is None:
                self._more = _instants(self._cron, self._first)
            found, more = self._found, self._more
            while not enough():
                found.append(next(more))
                found.extend(islice(more, min(len(found) // 8, _AT_ONCE)))


def _instants(cron: Cron, after: datetime) -> Iterator[datetime]:
    """The due instants after one; of lines as simple as those of hourly, daily, weekly and monthly
    partitions by plain steps, where the clock's changes let them."""
    fields = cron.lines[0].split()
    if len(cron.lines) > 1 or len(fields) != 5:
        return cron.after(after)
    minute, hour, day, month, weekday = fields
    if month != "*" or not minute.isdecimal():
        return cron.after(after)
    if (hour, day, weekday) == ("*", "*", "*"):
        return _hours(cron, after, int(minute))
    if not hour.isdecimal():
        return cron.after(after)
    if day == "*" and (weekday == "*" or weekday.isdecimal()):
        return _days(cron, after, _DAY if weekday == "*" else 7 * _DAY)
    if weekday == "*" and day.isdecimal() and int(day) <= _IN_EVERY_MONTH:
        return _days(cron, after, None)
    return cron.after(after)


def _hours(cron: Cron, after: datetime, minute: int) -> Iterator[datetime]:
    """Once an hour, at a minute of the wall's clock."""
    zone = ZoneInfo(cron.timezone)
    instant = next(cron.after(after))
    while True:
        offset = instant.astimezone(zone).utcoffset()
        if (instant + _DAY).astimezone(zone).utcoffset() == offset:  # no change of clocks between
            for _ in range(24):
                yield instant
                instant += _HOUR
            continue
        yield instant
        coming = instant + _HOUR
        if coming.astimezone(zone).minute != minute:  # clocks change by a part of an hour
            coming = next(cron.after(instant))
        instant = coming


def _days(cron: Cron, after: datetime, step: timedelta | None) -> Iterator[datetime]:
    """At a time of the wall's clock, each so many days; None is each month."""
    zone = ZoneInfo(cron.timezone)
    minute, hour = map(int, cron.lines[0].split()[:2])
    instant = next(cron.after(after))
    while True:
        yield instant
        if step is not None:
            coming = instant + step
            shown = coming.astimezone(zone)
            if shown.hour == hour and shown.minute == minute and not shown.fold:
                instant = coming
                continue
        local = instant.astimezone(zone)
        there = local + step if step is not None else _a_month_on(local)
        wall = there.replace(hour=hour, minute=minute, fold=0)
        coming = wall.astimezone(UTC)
        if coming.astimezone(zone).replace(tzinfo=None) != wall.replace(tzinfo=None):
            coming = next(cron.after(instant))  # clocks skip that time
        instant = coming


def _a_month_on(local: datetime) -> datetime:
    years, month = divmod(local.month, 12)
    return local.replace(year=local.year + years, month=month + 1)
