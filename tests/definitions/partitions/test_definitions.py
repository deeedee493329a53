"""Which partitions each kind of definition has, and where their windows begin and end."""

from datetime import UTC, datetime, timedelta

import pytest

import assetbook as ab
from assetbook.definitions.partitions.data import from_data
from assetbook.errors import DefinitionError

NOW = datetime(2024, 3, 5, 10, 30, tzinfo=UTC)
DAILY = ab.DailyPartitionsDefinition("2024-03-01")
COLORS = ab.StaticPartitionsDefinition(["red", "blue"])


def keys(definition: ab.PartitionsDefinition) -> list[str]:
    return list(definition.get_partition_keys(current_time=NOW))


def test_the_window_that_is_going_on_is_no_partition_yet() -> None:
    assert keys(DAILY) == ["2024-03-01", "2024-03-02", "2024-03-03", "2024-03-04"]


def test_an_end_offset_of_one_adds_the_window_that_is_going_on() -> None:
    assert keys(ab.DailyPartitionsDefinition("2024-03-01", end_offset=1))[-1] == "2024-03-05"


def test_weeks_begin_on_sundays() -> None:
    assert keys(ab.WeeklyPartitionsDefinition("2024-02-01"))[0] == "2024-02-04"


def test_hours_are_written_with_their_minutes() -> None:
    assert keys(ab.HourlyPartitionsDefinition("2024-03-05-08:00"))[-1] == "2024-03-05-09:00"


def test_a_cron_line_of_weekdays_leaves_out_weekends() -> None:
    weekdays = ab.TimeWindowPartitionsDefinition(
        "2024-03-01", "%Y-%m-%d", cron_schedule="0 0 * * 1-5"
    )
    assert keys(weekdays) == ["2024-03-01", "2024-03-04"]


def test_exclusions_are_instants_or_cron_lines_and_no_dates_as_text() -> None:
    without = ab.DailyPartitionsDefinition(
        "2024-03-01", exclusions=[datetime(2024, 3, 2), "0 0 * * 0"]
    )
    assert keys(without) == ["2024-03-01", "2024-03-04"]
    assert not without.has_partition_key("2024-03-03", current_time=NOW)
    with pytest.raises(DefinitionError):
        ab.DailyPartitionsDefinition("2024-03-01", exclusions=["2024-03-02"])


@pytest.mark.parametrize("bad", [["a", "a"], ["a..b"], ["a...b"], ["a\nb"], ["a\x00"]])
def test_static_keys_are_refused(bad: list[str]) -> None:
    with pytest.raises(DefinitionError):
        ab.StaticPartitionsDefinition(bad)


def test_several_dimensions_are_joined_by_name_in_order() -> None:
    multi = ab.MultiPartitionsDefinition({"date": DAILY, "color": COLORS})
    key = ab.MultiPartitionKey({"date": "2024-03-01", "color": "red"})
    assert key == "red|2024-03-01" == keys(multi)[0]
    assert len(keys(multi)) == 8
    assert multi.has_partition_key("blue|2024-03-04", current_time=NOW)
    assert not multi.has_partition_key("blue|2024-03-05", current_time=NOW)


def test_there_may_be_three_dimensions() -> None:
    sizes = ab.StaticPartitionsDefinition(["s", "m", "l"])
    multi = ab.MultiPartitionsDefinition({"date": DAILY, "color": COLORS, "size": sizes})
    assert len(keys(multi)) == 24


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", "2024-03-10", 23),
        ("America/New_York", "2024-11-03", 25),
        ("Europe/Berlin", "2024-03-31", 23),
        ("Europe/Berlin", "2024-10-27", 25),
        ("Australia/Lord_Howe", "2024-10-06", 23.5),
        ("Australia/Lord_Howe", "2024-04-07", 24.5),
    ],
)
def test_the_day_on_which_clocks_change_goes_from_midnight_to_midnight(
    zone: str, day: str, hours: float
) -> None:
    daily = ab.DailyPartitionsDefinition("2024-01-01", timezone=zone)
    window = daily.time_window_for_partition_key(day)
    lasted = window.end.astimezone(UTC) - window.start.astimezone(UTC)
    assert lasted == timedelta(hours=hours)
    assert (window.start.hour, window.end.hour) == (0, 0)
    assert window.start.utcoffset() != window.end.utcoffset()


@pytest.mark.parametrize(
    "definition",
    [
        DAILY,
        COLORS,
        ab.DynamicPartitionsDefinition(name="customers"),
        ab.MonthlyPartitionsDefinition("2024-01-01", timezone="Europe/Berlin", end_offset=1),
        ab.MultiPartitionsDefinition({"date": DAILY, "color": COLORS}),
    ],
    ids=lambda each: each.kind,
)
def test_data_give_the_definition_again(definition: ab.PartitionsDefinition) -> None:
    again = from_data(definition.to_data())
    assert again == definition
    assert again.digest == definition.digest
