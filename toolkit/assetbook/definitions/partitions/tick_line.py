"""When a schedule of windows of time is due: at their ends, or later by the author's word."""

from __future__ import annotations

import re
from typing import NamedTuple

from assetbook.definitions.partitions.time_windows import TimeWindowPartitionsDefinition
from assetbook.errors import DefinitionError


class TickOffsets(NamedTuple):
    """What puts ticks later than the ends of windows; None for what the windows say."""

    minute_of_hour: int | None = None
    hour_of_day: int | None = None
    day_of_week: int | None = None
    """0 is Sunday."""
    day_of_month: int | None = None


_LINE = re.compile(r"(\d+) (\d+|\*) (\d+|\*) \* (\d|\*)")
_TAKES = {
    "hourly": ("minute_of_hour",),
    "daily": ("minute_of_hour", "hour_of_day"),
    "weekly": ("minute_of_hour", "hour_of_day", "day_of_week"),
    "monthly": ("minute_of_hour", "hour_of_day", "day_of_month"),
}


def tick_line(where: str, windows: TimeWindowPartitionsDefinition, offsets: TickOffsets) -> str:
    """The cron line of the ticks: that of the windows, with the offsets in the place of its own.

    Raises DefinitionError, which begins with ``where``, for offsets that the windows do not have.
    """
    given = {name: each for name, each in offsets._asdict().items() if each is not None}
    if not given:
        return windows.cron_schedule
    own = _LINE.fullmatch(windows.cron_schedule)
    kind = _kind(*own.groups()) if own is not None else ""
    for name in given:
        if own is None or name not in _TAKES.get(kind, ()):
            takes = " and ".join(_TAKES.get(kind, ())) or "none of them"
            raise DefinitionError(
                f"{where}, {name}={given[name]!r}",
                f"its windows are {kind or f'those of `{windows.cron_schedule}`'}",
                f"They take {takes}.",
            )
    assert own is not None
    minute, hour, day, weekday = own.groups()
    found = (
        given.get("minute_of_hour", minute),
        given.get("hour_of_day", hour),
        given.get("day_of_month", day),
        given.get("day_of_week", weekday),
    )
    return "{} {} {} * {}".format(*found)


def _kind(minute: str, hour: str, day: str, weekday: str) -> str:
    """Hourly, daily, weekly or monthly; empty for anything else."""
    stars = hour == "*", day == "*", weekday == "*"
    kinds = {
        (True, True, True): "hourly",
        (False, True, True): "daily",
        (False, True, False): "weekly",
        (False, False, True): "monthly",
    }
    return kinds.get(stars, "")
