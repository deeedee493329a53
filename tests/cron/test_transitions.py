"""Around every change of clocks, cron lines are due when the slow oracle says so."""

from __future__ import annotations

import functools
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo, available_timezones

import pytest
from cronsim import CronSim
from tests.cron.oracle import MINUTE, Change, Walk, changes, parsed

from assetbook.cron import Cron

LINES = (
    "0 0 * * *",
    "30 0 * * *",
    "30 1 * * *",
    "30 2 * * *",
    "0 3 * * *",
    "45 23 * * *",
    "0,30 1,2 * * *",
    "10-20/5 0-3 * * *",
    "0 */2 * * *",
    "5 * * * *",
    "*/20 * * * *",
    "*/7 1-3 * * *",
    "* 2 * * *",
    "0 6 * * MON-FRI",
    "15 2 * * SUN#1",
    "0 2 L * *",
    "30 1 LW * *",
    "20 2 1,15 * 0",
    "*/30 0-4 */2 MAR-NOV *",
    "59 1 * 3,4,10,11 6,7",
)
UNUSUAL = (
    "America/Caracas",  # by half an hour, once
    "America/Havana",  # midnight is left out
    "America/Sao_Paulo",  # the last hour of a day comes again
    "Antarctica/Casey",  # by three hours
    "Antarctica/Troll",  # by two hours
    "Asia/Colombo",  # cronsim alone goes round for ever
    "Asia/Pyongyang",  # by half an hour, at midnight
    "Australia/Lord_Howe",  # by half an hour, twice a year
    "Pacific/Apia",  # a day that never was
    "Pacific/Chatham",  # at a quarter to three
)
AROUND = timedelta(days=2)
Ticks = Callable[[str, str, datetime, datetime], list[datetime]]
Situation = tuple[datetime, timedelta, timedelta]


@functools.cache
def all_changes() -> tuple[Change, ...]:
    """Every change of clocks from 2000 to 2040, in every zone of the IANA database."""
    return tuple(each for zone in sorted(available_timezones()) for each in changes(zone))


def situation(change: Change) -> Situation:
    """All that walls around it depend on: zones that are named twice share it."""
    return change.instant, change.before, change.after


def of_each_kind(zone: str) -> list[Change]:
    """One change for each pair of offsets between which the zone's clocks went."""
    return list({(each.before, each.after): each for each in changes(zone)}.values())


def sample() -> list[Change]:
    """Changes of the zones that do it unlike others, and some of zones by chance."""
    chance = random.Random(20261127)
    zones = chance.sample(sorted(available_timezones()), 40)
    some = [chance.choice(found) for zone in zones if (found := changes(zone))]
    return [*(each for zone in UNUSUAL for each in of_each_kind(zone)), *some]


def forward(line: str, zone: str, begin: datetime, end: datetime) -> list[datetime]:
    return list(takewhile(lambda due: due <= end, Cron(line, zone).after(begin)))


def backward(line: str, zone: str, begin: datetime, end: datetime) -> list[datetime]:
    from_end = Cron(line, zone).before(end + timedelta.resolution)
    return [*takewhile(lambda due: due > begin, from_end)][::-1]


def neighbours(line: str, change: Change, due: list[datetime]) -> list[str]:
    """What the ticks next to instants in and beside the hours that are affected ought to be."""
    cron, moved = Cron(line, change.zone), abs(change.after - change.before)
    wrong = []
    for part in (-1.5, -1, -0.3, 0, 0.3, 1, 1.5):
        for beside in (-MINUTE, -timedelta.resolution, timedelta(), timedelta(seconds=1)):
            start = change.instant + part * moved + beside
            following = next((each for each in due if each > start), None)
            earlier = next((each for each in reversed(due) if each < start), None)
            if following is not None and next(cron.after(start)) != following:
                wrong.append(f"{change.zone} `{line}` after {start}")
            if earlier is not None and next(cron.before(start)) != earlier:
                wrong.append(f"{change.zone} `{line}` before {start}")
    return wrong


def by_stepping_the_wall(line: str, zone: str, begin: datetime, end: datetime) -> list[datetime]:
    """The naive way: whenever the wall shows a time that fits, so twice in autumn."""
    fits, info = parsed(line), ZoneInfo(zone)
    found, instant = [], begin + MINUTE
    while instant <= end:
        wall = instant.astimezone(info)
        if wall.minute in fits.minutes and wall.hour in fits.hours and fits.fits(wall.date()):
            found.append(instant)
        instant += MINUTE
    return found


def by_adding_days(line: str, zone: str, begin: datetime, end: datetime) -> list[datetime]:
    """The other naive way: times of the wall, each given the zone as it comes."""
    wall = begin.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    walls: Iterator[datetime] = CronSim(line, wall)
    instants = (each.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for each in walls)
    return list(takewhile(lambda due: due <= end, instants))


def by_the_library_alone(line: str, zone: str, begin: datetime, end: datetime) -> list[datetime]:
    """cronsim as it stands, on walls of the zone."""
    walls = CronSim(line, begin.astimezone(ZoneInfo(zone)))
    return list(takewhile(lambda due: due <= end, (each.astimezone(UTC) for each in walls)))


def differences(
    change: Change, tick_lists: tuple[Ticks, ...], walk: Walk | None = None
) -> list[str]:
    """The lines for which any of those says another thing than the oracle, with where."""
    begin, end = change.instant - AROUND, change.instant + AROUND
    walk = walk or Walk(change.zone, begin, end)
    return [
        f"{change.zone} {change.instant:%Y-%m-%d} `{line}` {ticks.__name__}"
        for line in LINES
        for expected in [walk.due(line)]
        for ticks in tick_lists
        if ticks(line, change.zone, begin, end) != expected
    ]


def test_ticks_are_the_oracles_around_changes_of_many_kinds() -> None:
    chosen = sample()
    assert len(chosen) > 30
    assert [each for change in chosen for each in differences(change, (forward, backward))] == []


def test_ticks_are_the_oracles_from_any_instant_in_the_hours_that_change() -> None:
    for zone in UNUSUAL:
        for change in of_each_kind(zone)[:2]:
            walk = Walk(zone, change.instant - AROUND, change.instant + AROUND)
            assert [bad for line in LINES for bad in neighbours(line, change, walk.due(line))] == []


@pytest.mark.parametrize(
    ("naive", "zone"),
    [
        (by_stepping_the_wall, "Europe/Berlin"),
        (by_adding_days, "Europe/Berlin"),
        (by_the_library_alone, "Australia/Lord_Howe"),
    ],
)
def test_naive_ways_are_caught_by_the_same_comparison(naive: Ticks, zone: str) -> None:
    assert any(differences(each, (naive,)) for each in of_each_kind(zone))


PARTS = 16


@pytest.mark.long
@pytest.mark.parametrize("part", range(PARTS))
def test_ticks_are_the_oracles_around_every_change_of_every_zone(part: int) -> None:
    by_situation: dict[Situation, list[Change]] = {}
    assert len(all_changes()) > 10_000
    for each in all_changes():
        by_situation.setdefault(situation(each), []).append(each)
    for there in list(by_situation.values())[part::PARTS]:
        begin, end = there[0].instant - AROUND, there[0].instant + AROUND
        walk = Walk(there[0].zone, begin, end)
        for each in there:
            assert differences(each, (forward, backward), walk) == []
        assert [bad for line in LINES for bad in neighbours(line, there[0], walk.due(line))] == []
