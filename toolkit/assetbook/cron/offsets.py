"""Where a zone changes its offset from UTC, found by asking for offsets alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)
_DAY = timedelta(
    days=1
)  # no zone changes its offset twice within one; the closest are a week apart


def offset_at(instant: datetime, zone: ZoneInfo) -> timedelta:
    """How far the zone's wall is ahead of UTC at ``instant``."""
    found = instant.astimezone(zone).utcoffset()
    assert found is not None  # every zone of the IANA database has offsets
    return found


def first_change(zone: ZoneInfo, start: datetime, end: datetime) -> datetime | None:
    """The first instant after ``start``, up to ``end``, with another offset; None without one."""
    offset = offset_at(start, zone)
    while start < end:
        step = min(start + _DAY, end)
        if offset_at(step, zone) != offset:
            return change_between(zone, start, step)
        start = step
    return None


def last_change(zone: ZoneInfo, start: datetime, end: datetime) -> datetime | None:
    """The last instant after ``start``, up to ``end``, that begins an offset; None without one."""
    offset = offset_at(end, zone)
    while start < end:
        step = max(end - _DAY, start)
        if offset_at(step, zone) != offset:
            return change_between(zone, step, end)
        end = step
    return None


def change_between(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first instant with the offset of ``after``; one change, at a whole second, is between."""
    offset = offset_at(before, zone)
    before, after = before.replace(microsecond=0), after.replace(microsecond=0)
    while after - before > _SECOND:
        middle = before + (after - before) // 2 // _SECOND * _SECOND
        if offset_at(middle, zone) == offset:
            before = middle
        else:
            after = middle
    return after
