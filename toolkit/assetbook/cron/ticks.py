"""When one cron line is due in a zone: the step from a time on the wall to an instant.

cronsim says which times on a wall a line names. It is not told of the zone: on a zone's own wall it
leaves out ticks where clocks are put back by half an hour (Lord Howe Island), and goes round for
ever at one such change (``* 2 * * *`` in Colombo, April 2006). So walls here have no clock changes,
and are compared within one offset only. Instants are UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from assetbook.cron.lines import expanded
from assetbook.cron.offsets import change_between, first_change, last_change, offset_at

if TYPE_CHECKING:
    from cronsim import CronSim


def ticks(line: str, zone: ZoneInfo, start: datetime, *, back: bool = False) -> Iterator[datetime]:
    """When a line is due, from ``start`` on or back, and not at it; in UTC.

    It ends after 50 years without a date that fits, and where the calendar of Python ends.
    """
    line = expanded(line)
    minute, hour, *_ = line.split()
    try:
        if not minute.startswith("*") and not hour.startswith("*"):
            yield from _at_set_times(line, zone, start, back)
        else:
            yield from (_repeating_back if back else _repeating)(line, zone, start)
    except OverflowError:
        return


def _at_set_times(line: str, zone: ZoneInfo, start: datetime, back: bool) -> Iterator[datetime]:
    """One instant for each time on the wall that the line names."""
    local = start.astimezone(zone)
    wall = local.replace(tzinfo=None, fold=0)
    if back:  # in the second pass of an hour, the rest of its first pass is past already, too
        wall += timedelta(minutes=1) + _repeated(local)
    for each in _simulation(line, wall, back):
        due = _instant(each, zone)
        if (due < start) if back else (due > start):
            yield due


def _repeating(line: str, zone: ZoneInfo, start: datetime) -> Iterator[datetime]:
    """Each instant at which the wall shows a time that fits, after ``start``."""
    wall_before = timedelta()  # the start itself is left out; after a change of offset it counts
    while True:
        offset = offset_at(start, zone)
        changed = None
        for wall in _simulation(line, _wall(start, offset) - wall_before):
            due = (wall - offset).replace(tzinfo=UTC)
            changed = first_change(zone, start, due)
            if changed is not None:
                break
            yield due
            start = due
        if changed is None:
            return
        start, wall_before = changed, timedelta(seconds=1)


def _repeating_back(line: str, zone: ZoneInfo, end: datetime) -> Iterator[datetime]:
    """Each instant at which the wall showed a time that fits, before ``end``."""
    while True:
        seen = end - timedelta.resolution
        offset = offset_at(seen, zone)
        changed = None
        for wall in _simulation(line, _wall(end, offset), back=True):
            due = (wall - offset).replace(tzinfo=UTC)
            changed = last_change(zone, due, seen)
            if changed is not None:
                break
            yield due
            seen = due
        if changed is None:
            return
        end = changed


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """When the wall first shows that time, or, if it never does, the end of the gap; in UTC."""
    due = wall.replace(tzinfo=zone).astimezone(UTC)
    if due.astimezone(zone).replace(tzinfo=None) == wall:
        return due
    # In a gap, fold=1 reads the wall by the offset after it, which gives an instant before it.
    return change_between(zone, wall.replace(tzinfo=zone, fold=1).astimezone(UTC), due)


def _repeated(local: datetime) -> timedelta:
    """How far clocks had been put back, where ``local`` is in the second pass; else nothing."""
    first, now = local.replace(fold=0).utcoffset(), local.utcoffset()
    assert first is not None and now is not None  # every zone of the IANA database has offsets
    return first - now if local.fold else timedelta()


def _simulation(line: str, wall: datetime, back: bool = False) -> CronSim:
    from cronsim import CronSim

    return CronSim(line, wall, reverse=back)


def _wall(instant: datetime, offset: timedelta) -> datetime:
    return (instant + offset).replace(tzinfo=None)
