"""When cron lines are due, minute by minute: slow, and written without what the package uses.

It walks through time and looks at the wall each minute, as a cron daemon of the old kind does.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
LEAD = timedelta(hours=30)  # more than clocks were ever put back or forward by
MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]


@dataclass(frozen=True)
class Line:
    """One cron line, taken apart."""

    minutes: frozenset[int]
    hours: frozenset[int]
    fits: Callable[[date], bool]
    repeats: bool
    """Whether its minute or hour begins with a star."""


class Walk:
    """The walls of a zone, a minute apart, from a while before ``begin`` up to ``end``."""

    def __init__(self, zone: str, begin: datetime, end: datetime) -> None:
        self.begin = begin
        self.steps = list(_steps(ZoneInfo(zone), begin - LEAD, end))

    def due(self, text: str) -> list[datetime]:
        """The instants after ``begin``, up to ``end``, at which the line is due."""
        line = parsed(text)
        hit = _repeating if line.repeats else _once
        return [instant for instant in hit(line, self.steps) if instant > self.begin]


Step = tuple[datetime, datetime, bool, list[datetime]]
"""An instant; what the wall shows; whether it showed that before; what it left out before it."""


def _steps(zone: ZoneInfo, instant: datetime, end: datetime) -> Iterator[Step]:
    shown: set[datetime] = set()
    previous = None
    while instant <= end:
        wall = instant.astimezone(zone).replace(tzinfo=None, fold=0)
        left_out = []
        if previous is not None:
            previous += MINUTE
            while previous < wall:
                left_out.append(previous)
                previous += MINUTE
        yield instant, wall, wall in shown, left_out
        shown.add(wall)
        previous, instant = wall, instant + MINUTE


def _repeating(line: Line, steps: list[Step]) -> Iterator[datetime]:
    for instant, wall, _, _ in steps:
        if _shows(line, wall):
            yield instant


def _once(line: Line, steps: list[Step]) -> Iterator[datetime]:
    for instant, wall, again, left_out in steps:
        if (not again and _shows(line, wall)) or any(_shows(line, each) for each in left_out):
            yield instant


def _shows(line: Line, wall: datetime) -> bool:
    return wall.minute in line.minutes and wall.hour in line.hours and line.fits(wall.date())


@cache
def parsed(text: str) -> Line:
    """The parts of a line of five fields."""
    minute, hour, day, month, weekday = text.split()
    months = _numbers(month, 1, 12, MONTHS, 1)
    either = not (day.startswith("*") or weekday.startswith("*"))

    @cache
    def fits(on: date) -> bool:
        both = (_day_fits(day, on), _weekday_fits(weekday, on))
        return on.month in months and (any(both) if either else all(both))

    repeats = minute.startswith("*") or hour.startswith("*")
    return Line(_numbers(minute, 0, 59), _numbers(hour, 0, 23), fits, repeats)


def _day_fits(field: str, on: date) -> bool:
    last = calendar.monthrange(on.year, on.month)[1]
    if field == "L":
        return on.day == last
    if field == "LW":
        return on.day == max(day for day in range(1, last + 1) if on.replace(day=day).weekday() < 5)
    return on.day in _numbers(field, 1, 31)


def _weekday_fits(field: str, on: date) -> bool:
    if "#" in field:
        name, _, which = field.partition("#")
        return _weekday_fits(name, on) and (on.day - 1) // 7 + 1 == int(which)
    if field.endswith("L"):
        return _weekday_fits(field[:-1], on) and (on + timedelta(days=7)).month != on.month
    wanted = {each % 7 for each in _numbers(field, 0, 7, DAYS, 0)}
    return on.isoweekday() % 7 in wanted


def _numbers(
    field: str, low: int, high: int, names: list[str] | None = None, first: int = 0
) -> frozenset[int]:
    found: set[int] = set()
    for part in field.split(","):
        body, _, step = part.partition("/")
        start, _, stop = body.partition("-")
        begin = low if body == "*" else _number(start, names, first)
        end = high if body == "*" or (step and not stop) else _number(stop or start, names, first)
        found.update(range(begin, end + 1, int(step or 1)))
    return frozenset(found)


def _number(text: str, names: list[str] | None, first: int) -> int:
    return names.index(text) + first if names and text in names else int(text)


@dataclass(frozen=True)
class Change:
    """A zone puts its clocks forward or back."""

    zone: str
    instant: datetime
    before: timedelta
    after: timedelta


def changes(zone: str, first: int = 2000, last: int = 2040) -> list[Change]:
    """Every change of a zone's offset in those years, from the earliest on."""
    info = ZoneInfo(zone)
    instant, end = datetime(first, 1, 1, tzinfo=UTC), datetime(last + 1, 1, 1, tzinfo=UTC)
    offset, found = _offset(instant, info), []
    while instant < end:
        following = instant + timedelta(days=2)
        now = _offset(following, info)
        if now != offset:
            at = instant
            while _offset(at, info) == offset:
                at += timedelta(hours=1)
            while _offset(at - MINUTE, info) != offset:
                at -= MINUTE
            found.append(Change(zone, at, offset, now))
        instant, offset = following, now
    return found


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    found = instant.astimezone(zone).utcoffset()
    assert found is not None
    return found
