"""The keys that Dagster's rows tell of, as of the 5th of March 2024, 10:30 UTC: one test a row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from assetbook.definitions.partitions import (
    AllPartitionMapping,
    BackfillPolicy,
    DailyPartitionsDefinition,
    DynamicPartitionsDefinition,
    HourlyPartitionsDefinition,
    IdentityPartitionMapping,
    MonthlyPartitionsDefinition,
    MultiPartitionKey,
    MultiPartitionMapping,
    MultiPartitionsDefinition,
    MultiToSingleDimensionPartitionMapping,
    PartitionKeyRange,
    StaticPartitionsDefinition,
    TimeWindowPartitionMapping,
    TimeWindowPartitionsDefinition,
    WeeklyPartitionsDefinition,
    default_mapping,
    partition_loading_context,
)
from assetbook.definitions.partitions.known_keys import KnownKeys
from assetbook.errors import DefinitionError, SelectionError, UsageError
from assetbook.instance.instance import Instance

MORNING = datetime(2024, 3, 5, 10, 30, tzinfo=UTC)
DAYS = DailyPartitionsDefinition("2024-03-01")


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with partition_loading_context(MORNING):
        yield


def test_daily_windows_end_before_the_current_one() -> None:
    assert DAYS.get_partition_keys() == ["2024-03-01", "2024-03-02", "2024-03-03", "2024-03-04"]
    assert DAYS.get_first_partition_key() == "2024-03-01"
    assert DAYS.get_last_partition_key() == "2024-03-04"
    assert DAYS.get_num_partitions() == 4
    assert DAYS.has_partition_key("2024-03-04")
    assert not DAYS.has_partition_key("2024-03-05")


def test_an_end_offset_adds_the_current_window_or_leaves_out_the_last() -> None:
    last = {
        offset: DailyPartitionsDefinition("2024-03-01", end_offset=offset).get_last_partition_key()
        for offset in (1, -1, -9)
    }
    assert last == {1: "2024-03-05", -1: "2024-03-03", -9: None}


def test_hourly_windows_are_written_with_the_minute() -> None:
    hours = HourlyPartitionsDefinition("2024-03-05-00:00").get_partition_keys()
    assert hours[0] == "2024-03-05-00:00"
    assert hours[-1] == "2024-03-05-09:00"
    assert len(hours) == 10
    halves = HourlyPartitionsDefinition("2024-03-05-00:00", minute_offset=30)
    assert halves.get_partition_keys()[-1] == "2024-03-05-09:30"


def test_weekly_windows_begin_on_sundays() -> None:
    weeks = WeeklyPartitionsDefinition("2024-02-01")
    assert weeks.get_partition_keys() == [f"2024-02-{day:02}" for day in (4, 11, 18, 25)]
    mondays = WeeklyPartitionsDefinition("2024-02-01", day_offset=1, hour_offset=6)
    assert mondays.get_partition_keys()[0] == "2024-02-05"
    assert mondays.time_window_for_partition_key("2024-02-05").start.hour == 6


def test_monthly_windows() -> None:
    months = MonthlyPartitionsDefinition("2023-12-15")
    assert months.get_partition_keys() == ["2024-01-01", "2024-02-01"]
    assert MonthlyPartitionsDefinition("2023-12-01", day_offset=6).get_partition_keys() == [
        "2023-12-06",
        "2024-01-06",
    ]


def test_cron_windows_of_weekdays() -> None:
    weekdays = TimeWindowPartitionsDefinition("2024-03-01", "%Y-%m-%d", cron_schedule="0 0 * * 1-5")
    assert weekdays.get_partition_keys() == ["2024-03-01", "2024-03-04"]
    friday = weekdays.time_window_for_partition_key("2024-03-01")
    assert friday.end - friday.start == timedelta(days=3)


def test_an_end_date_and_a_format() -> None:
    days = DailyPartitionsDefinition("20240301", end_date="20240303", fmt="%Y%m%d")
    assert days.get_partition_keys() == ["20240301", "20240302"]


def test_exclusions_leave_out_windows() -> None:
    out = [datetime(2024, 3, 2), "0 0 * * 0"]
    left = DailyPartitionsDefinition("2024-03-01", exclusions=out)
    assert left.get_partition_keys() == ["2024-03-01", "2024-03-04"]
    assert not left.has_partition_key("2024-03-03")
    with pytest.raises(DefinitionError):  # a text is a cron line, not a day
        DailyPartitionsDefinition("2024-03-01", exclusions=["2024-03-02"])


def test_static_keys() -> None:
    assert StaticPartitionsDefinition(["b", "a"]).get_partition_keys() == ("b", "a")
    for bad in (["a", "a"], ["a...b"], ["a\nb"], ["a\x00"], [""], [1]):
        with pytest.raises(DefinitionError):
            StaticPartitionsDefinition(bad)  # type: ignore[arg-type]


def test_dynamic_keys_live_in_the_instance_in_the_order_in_which_they_came() -> None:
    with closing(Instance.ephemeral()) as instance:
        instance.add_dynamic_partitions("letters", ["a", "b"])
        instance.add_dynamic_partitions("letters", ["b", "c"])
        letters = DynamicPartitionsDefinition(name="letters")
        found = letters.get_partition_keys(dynamic_partitions_store=instance)
        assert list(found) == ["a", "b", "c"]
        with partition_loading_context(dynamic_partitions_store=instance):
            assert letters.has_partition_key("b")
        instance.delete_dynamic_partition("letters", "b")
        assert list(instance.get_dynamic_partitions("letters")) == ["a", "c"]
    with pytest.raises(UsageError, match="dynamic_partitions_store=instance"):
        letters.get_partition_keys()


def test_multi_keys_join_the_dimensions_by_name() -> None:
    colors = StaticPartitionsDefinition(["red", "blue"])
    both = MultiPartitionsDefinition({"date": DAYS, "color": colors})
    keys = both.get_partition_keys()
    assert keys[0] == "red|2024-03-01"
    assert len(keys) == 8
    assert MultiPartitionKey({"date": "2024-03-01", "color": "red"}) == "red|2024-03-01"
    assert both.multi_key("red|2024-03-01").keys_by_dimension["date"] == "2024-03-01"
    assert both.has_partition_key("blue|2024-03-04")
    assert not both.has_partition_key("blue|2024-03-05")


def test_multi_has_any_number_of_dimensions() -> None:
    three = MultiPartitionsDefinition(
        {
            "date": DAYS,
            "color": StaticPartitionsDefinition(["red", "blue"]),
            "size": StaticPartitionsDefinition(["s", "m", "l"]),
        }
    )
    assert three.get_num_partitions() == 4 * 2 * 3
    assert three.get_first_partition_key() == "red|2024-03-01|s"
    window = three.time_window_for_keys(["red|2024-03-01|s", "blue|2024-03-03|l"])
    assert window.end - window.start == timedelta(days=3)
    with pytest.raises(SelectionError, match=r"color\|date\|size"):
        three.multi_key("red|2024-03-01")
    with pytest.raises(DefinitionError):
        MultiPartitionsDefinition({"date": DAYS})


def test_ranges_of_keys_have_both_ends() -> None:
    some = PartitionKeyRange("2024-03-02", "2024-03-03")
    assert DAYS.get_partition_keys_in_range(some) == ["2024-03-02", "2024-03-03"]
    with pytest.raises(SelectionError, match="The last one that is over is"):
        DAYS.get_partition_keys_in_range(PartitionKeyRange("2024-03-02", "2024-03-05"))


def test_mappings_that_hold_by_default() -> None:
    colors = StaticPartitionsDefinition(["red"])
    both = MultiPartitionsDefinition({"date": DAYS, "color": colors})
    weeks = WeeklyPartitionsDefinition("2024-02-01")
    assert isinstance(default_mapping(DAYS, weeks), TimeWindowPartitionMapping)
    assert isinstance(default_mapping(colors, colors), IdentityPartitionMapping)
    assert isinstance(default_mapping(both, DAYS), MultiToSingleDimensionPartitionMapping)
    assert isinstance(default_mapping(colors, both), MultiToSingleDimensionPartitionMapping)
    three = MultiPartitionsDefinition({"date": DAYS, "size": colors})
    assert isinstance(default_mapping(both, three), MultiPartitionMapping)
    assert isinstance(default_mapping(colors, None), AllPartitionMapping)
    assert isinstance(default_mapping(colors, weeks), AllPartitionMapping)


def test_the_mapping_of_hours_to_a_day_gives_all_of_its_hours() -> None:
    hours = HourlyPartitionsDefinition("2024-03-01-00:00")
    known = KnownKeys(MORNING)
    found = TimeWindowPartitionMapping().upstream_of("2024-03-02", DAYS, hours, known)
    assert list(found.keys) == [f"2024-03-02-{hour:02}:00" for hour in range(24)]


def test_a_backfill_policy_says_how_many_a_call() -> None:
    assert BackfillPolicy.single_run().max_partitions_per_run is None
    assert BackfillPolicy.multi_run().max_partitions_per_run == 1
    assert BackfillPolicy.multi_run(7).max_partitions_per_run == 7
    with pytest.raises(DefinitionError):
        BackfillPolicy.multi_run(0)


def test_time_travel_lists_what_there_was() -> None:
    with partition_loading_context(effective_dt=datetime(2024, 3, 3, tzinfo=UTC)):
        assert DAYS.get_partition_keys() == ["2024-03-01", "2024-03-02"]
    assert DAYS.get_num_partitions(current_time=datetime(2024, 3, 2, tzinfo=UTC)) == 1
