"""Schedules of jobs with partitions: when they are due, and what they say of a slip."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.asset_job import UnresolvedAssetJobDefinition, define_asset_job
from assetbook.definitions.config_by_window import daily_partitioned_config
from assetbook.definitions.partitioned_schedule import build_schedule_from_partitioned_job
from assetbook.definitions.partitions import (
    DailyPartitionsDefinition,
    HourlyPartitionsDefinition,
    MonthlyPartitionsDefinition,
    MultiPartitionsDefinition,
    PartitionsDefinition,
    StaticPartitionsDefinition,
    TimeWindowPartitionsDefinition,
    WeeklyPartitionsDefinition,
)
from assetbook.definitions.schedule_context import ScheduleEvaluationContext
from assetbook.errors import DefinitionError
from assetbook.keys import AssetKey

DAYS = DailyPartitionsDefinition("2026-01-01")
COLORS = StaticPartitionsDefinition(["red", "blue"])


@asset(partitions_def=DAYS)
def rain() -> int:
    return 1


def job_of(definition: PartitionsDefinition | None, **more: Any) -> UnresolvedAssetJobDefinition:
    return define_asset_job("nightly", "weather", partitions_def=definition, **more)


def keys_at(schedule: Any, *when: int) -> list[str | None]:
    context = ScheduleEvaluationContext(datetime(*when, tzinfo=UTC))  # type: ignore[misc,arg-type]
    return [each.partition_key for each in schedule.evaluate_tick(context).run_requests]


@pytest.mark.parametrize(
    ("definition", "given", "line"),
    [
        (HourlyPartitionsDefinition("2026-01-01-00:00"), {"minute_of_hour": 0}, "0 * * * *"),
        (DAYS, {"hour_of_day": 4}, "0 4 * * *"),
        (WeeklyPartitionsDefinition("2026-01-01", hour_offset=5), {"day_of_week": 0}, "0 5 * * 0"),
        (MonthlyPartitionsDefinition("2026-01-01"), {"day_of_month": 2}, "0 0 2 * *"),
    ],
)
def test_offsets_put_the_tick_later(definition: Any, given: Any, line: str) -> None:
    made = build_schedule_from_partitioned_job(job_of(definition), **given)
    assert (made.cron_schedule, made.on_missed) == (line, "all")


def test_assets_named_by_their_keys_are_known_where_they_are_bound() -> None:
    for selection in ("rain", ["rain"], AssetKey("rain")):
        made = build_schedule_from_partitioned_job(define_asset_job("wet", selection))
        assert keys_at(made, 2026, 1, 4) == ["2026-01-03"]
    with pytest.raises(DefinitionError, match="no partitions that are known here"):
        build_schedule_from_partitioned_job(define_asset_job("wet", "+rain"))


def test_a_window_that_is_left_out_is_skipped() -> None:
    days = DailyPartitionsDefinition("2026-01-01", exclusions=[datetime(2026, 1, 4)])
    made = build_schedule_from_partitioned_job(job_of(days))
    assert keys_at(made, 2026, 1, 4) == ["2026-01-03"]
    context = ScheduleEvaluationContext(datetime(2026, 1, 5, tzinfo=UTC))
    assert "one of the exclusions" in str(made.evaluate_tick(context).skip_message)
    assert keys_at(made, 2026, 1, 6) == ["2026-01-05"]


def test_of_several_dimensions_all_of_that_day_run() -> None:
    both = MultiPartitionsDefinition({"day": DAYS, "color": COLORS})
    made = build_schedule_from_partitioned_job(job_of(both))
    assert keys_at(made, 2026, 1, 5) == ["red|2026-01-04", "blue|2026-01-04"]


def test_the_assets_of_a_job_say_what_divides_it() -> None:
    @asset(partitions_def=DAYS)
    def weather() -> int:
        return 1

    made = build_schedule_from_partitioned_job(define_asset_job("nightly", [weather]))
    assert keys_at(made, 2026, 1, 5) == ["2026-01-04"]
    assert made.place.filename == __file__


def test_its_configuration_says_what_divides_it() -> None:
    by_day = daily_partitioned_config(
        "2026-01-01", tags_for_partition_fn=lambda start, end: {"a": "b"}
    )
    job = job_of(None, config=by_day(lambda start, end: {"ops": {"weather": {"config": {}}}}))
    context = ScheduleEvaluationContext(datetime(2026, 1, 5, tzinfo=UTC))
    [asked] = build_schedule_from_partitioned_job(job).evaluate_tick(context).run_requests
    assert asked.run_config == {"ops": {"weather": {"config": {}}}}
    assert asked.tags["a"] == "b"


@pytest.mark.parametrize(
    ("definition", "given", "said"),
    [
        (None, {}, r"no partitions that are known here\nSay it in define_asset_job"),
        (
            DAYS,
            {"day_of_week": 1},
            r"its windows are daily\nThey take minute_of_hour and hour_of_day",
        ),
        (
            WeeklyPartitionsDefinition("2026-01-01"),
            {"day_of_month": 1},
            "day_of_month=1: its windows are weekly",
        ),
        (
            TimeWindowPartitionsDefinition("2026-01-01", "%Y-%m-%d", cron_schedule="0 0 * * 1-5"),
            {"hour_of_day": 4},
            "its windows are those of `0 0 \\* \\* 1-5`",
        ),
        (DAYS, {"cron_schedule": "0 1 * * *"}, "its windows say when it is due"),
        (COLORS, {}, "static partitions say no time"),
        (COLORS, {"cron_schedule": "@daily", "hour_of_day": 1}, "static partitions say no time"),
        (
            MultiPartitionsDefinition({"a": COLORS, "b": COLORS}),
            {},
            r"which says no time\n.*write a @schedule",
        ),
    ],
)
def test_a_slip_is_told(definition: Any, given: Any, said: str) -> None:
    with pytest.raises(DefinitionError, match=said):
        build_schedule_from_partitioned_job(job_of(definition), **given)
