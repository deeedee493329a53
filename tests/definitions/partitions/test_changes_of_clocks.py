"""Windows on the days on which clocks change: no hour is lost, none counts twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from assetbook.definitions.partitions import (
    DailyPartitionsDefinition,
    HourlyPartitionsDefinition,
    TimeWindowPartitionMapping,
    TimeWindowPartitionsDefinition,
)
from assetbook.definitions.partitions.known_keys import KnownKeys

ZONES = ["UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Sao_Paulo"]
YEAR = datetime(2017, 1, 1), datetime(2018, 6, 1, tzinfo=UTC)  # Sao Paulo still changed its clocks


def daily(zone: str, start: str = "2024-01-01", **more: int) -> DailyPartitionsDefinition:
    return DailyPartitionsDefinition(start, timezone=zone, **more)  # type: ignore[arg-type]


def test_the_spring_day_of_new_york_is_a_day_of_23_hours_from_midnight_to_midnight() -> None:
    window = daily("America/New_York").time_window_for_partition_key("2024-03-10")
    assert window.start.isoformat() == "2024-03-10T00:00:00-05:00"
    assert window.end.isoformat() == "2024-03-11T00:00:00-04:00"
    assert window.end.astimezone(UTC) - window.start.astimezone(UTC) == timedelta(hours=23)


def test_the_autumn_day_of_berlin_has_25_hours() -> None:
    window = daily("Europe/Berlin").time_window_for_partition_key("2024-10-27")
    assert window.end.astimezone(UTC) - window.start.astimezone(UTC) == timedelta(hours=25)


def test_a_day_whose_midnight_is_skipped_begins_when_the_clock_goes_on() -> None:
    days = daily("America/Sao_Paulo", "2017-10-01")
    window = days.time_window_for_partition_key("2017-10-15")
    assert window.start.isoformat() == "2017-10-15T01:00:00-02:00"
    keys = days.get_partition_keys(datetime(2017, 10, 18, tzinfo=UTC))
    assert keys[12:16] == ["2017-10-13", "2017-10-14", "2017-10-15", "2017-10-16"]


def test_a_day_whose_midnight_comes_twice_is_one() -> None:
    days = daily("America/Sao_Paulo", "2018-02-16")
    assert days.get_partition_keys(datetime(2018, 2, 20, tzinfo=UTC)) == [
        "2018-02-16",
        "2018-02-17",
        "2018-02-18",
    ]


def test_the_hour_that_comes_twice_is_two_partitions_the_second_with_its_offset() -> None:
    hours = HourlyPartitionsDefinition("2024-11-03-00:00", timezone="America/New_York")
    keys = hours.get_partition_keys(datetime(2024, 11, 3, 8, tzinfo=UTC))
    assert keys == [
        "2024-11-03-00:00",
        "2024-11-03-01:00",
        "2024-11-03-01:00-0500",
        "2024-11-03-02:00",
    ]
    first, second = (hours.time_window_for_partition_key(key) for key in keys[1:3])
    assert first.start.astimezone(UTC) == datetime(2024, 11, 3, 5, tzinfo=UTC)
    assert second.start.astimezone(UTC) == datetime(2024, 11, 3, 6, tzinfo=UTC)
    assert first.end.astimezone(UTC) == second.start.astimezone(UTC)


def test_the_hour_that_is_skipped_is_no_partition() -> None:
    hours = HourlyPartitionsDefinition("2024-03-31-00:00", timezone="Europe/Berlin")
    keys = hours.get_partition_keys(datetime(2024, 3, 31, 3, tzinfo=UTC))
    assert keys == ["2024-03-31-00:00", "2024-03-31-01:00", "2024-03-31-03:00", "2024-03-31-04:00"]
    assert not hours.has_partition_key("2024-03-31-02:00")


def test_days_of_lord_howe_change_by_half_an_hour() -> None:
    window = daily("Australia/Lord_Howe").time_window_for_partition_key("2024-04-07")
    assert window.end.astimezone(UTC) - window.start.astimezone(UTC) == timedelta(hours=24.5)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("hour_offset", [0, 1, 2])
def test_days_have_no_gap_and_each_its_key(zone: str, hour_offset: int) -> None:
    days = DailyPartitionsDefinition(YEAR[0], timezone=zone, hour_offset=hour_offset)
    keys = days.get_partition_keys(YEAR[1])
    assert len(keys) in (514, 515, 516)
    _no_gap(days, list(keys))
    dates = [datetime.fromisoformat(key) for key in keys]
    assert {later - sooner for sooner, later in pairwise(dates)} == {timedelta(days=1)}


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("minute_offset", [0, 15, 30])
def test_hours_have_no_gap_and_each_its_key(zone: str, minute_offset: int) -> None:
    hours = HourlyPartitionsDefinition(YEAR[0], timezone=zone, minute_offset=minute_offset)
    keys = hours.get_partition_keys(YEAR[1])
    assert len({*keys}) == len(keys)
    for month in (2, 3, 4, 10, 11):
        of_month = [key for key in keys if key.startswith(f"2017-{month:02}")]
        _no_gap(hours, of_month)


def _no_gap(definition: TimeWindowPartitionsDefinition, keys: list[str]) -> None:
    windows = [definition.time_window_for_partition_key(key) for key in keys]
    ends = [(each.start.astimezone(UTC), each.end.astimezone(UTC)) for each in windows]
    assert all(sooner[1] == later[0] for sooner, later in pairwise(ends))


@pytest.mark.parametrize(
    ("day", "count"), [("2024-03-30", 24), ("2024-03-31", 23), ("2024-10-27", 25)]
)
def test_a_day_is_made_of_the_hours_that_it_has(day: str, count: int) -> None:
    hours = HourlyPartitionsDefinition("2024-01-01-00:00", timezone="Europe/Berlin")
    known = KnownKeys(datetime(2024, 12, 1, tzinfo=UTC))
    found = TimeWindowPartitionMapping().upstream_of(day, daily("Europe/Berlin"), hours, known)
    assert len(found.keys) == count
    assert found.missing == []
