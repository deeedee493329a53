"""What divides a definition, and what a job or sensor selects, is checked where it is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import assetbook as ab
from assetbook.errors import DefinitionError

given: Any = "daily:2026-01-01"


def one() -> int:
    return 1


@pytest.mark.parametrize(
    ("define", "says"),
    [
        (lambda: ab.asset(partitions_def=given)(one), "partitions_def= of `one`: it is 'daily:"),
        (lambda: ab.AssetSpec("a", partitions_def=given), "behind --partitions of a cell"),
        (
            lambda: ab.asset(partitions_def=ab.DailyPartitionsDefinition)(one),  # type: ignore[arg-type]
            "it is the class DailyPartitionsDefinition, not one of its objects",
        ),
        (lambda: ab.asset(backfill_policy=given)(one), "BackfillPolicy.multi_run"),
        (lambda: ab.AssetIn("a", partition_mapping=given), r"partition_mapping= of AssetIn\('a'\)"),
        (lambda: ab.AssetDep("a", partition_mapping=given), "of the dependency on `a`"),
        (lambda: ab.asset_check(asset="a", partitions_def=given)(one), "of the check `one`"),
        (lambda: ab.define_asset_job("j", partitions_def=given), "partitions_def= of the job `j`"),
        (lambda: ab.define_asset_job("j", ["a", 3]), "the job `j`: its selection has 3; it is an"),
        (
            lambda: ab.ScheduleDefinition("s", cron_schedule="@daily", target=3),
            "the schedule `s`: its selection has 3",
        ),
        (lambda: ab.sensor(target=3)(one), "the sensor `one`: its selection has 3"),
        (lambda: ab.TimeWindowPartitionMapping(start_offset=given), "Give a number of windows"),
        (lambda: ab.SpecificPartitionsPartitionMapping("abc"), "they are 'abc'\nGive a list"),
        (lambda: ab.StaticPartitionMapping({"a": [3]}), "of a StaticPartitionMapping: they are"),
        (lambda: ab.DailyPartitionsDefinition("2026-01-01", end_offset=given), "end_offset='daily"),
    ],
)
def test_what_does_not_fit_is_told_with_what_does(define: Callable[[], object], says: str) -> None:
    with pytest.raises(DefinitionError, match=says):
        define()


def test_definitions_and_selections_go_on_being_selected() -> None:
    both = ab.multi_asset(outs={"x": ab.AssetOut(), "y": ab.AssetOut()})(one)
    parts: list[Any] = ["a*", ab.AssetKey("a"), ab.AssetSelection.groups("g"), both]
    assert ab.define_asset_job("j", parts).selection == tuple(parts)
    for each in parts:
        ab.ScheduleDefinition("s", cron_schedule="@daily", target=each)
