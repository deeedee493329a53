"""Conditions asked of a store on disk, while and after assets are really made."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path

import pytest
from tests.instance.making import make

from assetbook.automation.conditions.evaluate_definitions import evaluate_automation_conditions
from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.automation import AutomationCondition as When
from assetbook.definitions.multi_asset_decorator import multi_asset
from assetbook.definitions.partitions import DailyPartitionsDefinition
from assetbook.definitions.ports import AssetOut
from assetbook.instance.asked import Options
from assetbook.instance.instance import Instance
from assetbook.instance.partitions_asked import PartitionsAsked
from assetbook.keys import AssetKey

_told: ContextVar[Callable[[], None]] = ContextVar("told")
"""What the function of an asset calls while it runs: code may not name its own asset."""


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return Instance.open(tmp_path / "store")


def test_what_fails_has_failed_until_it_is_made(instance: Instance) -> None:
    broken = True

    @asset(automation_condition=When.execution_failed())
    def x() -> int:
        if broken:
            raise ValueError("no")
        return 1

    assert evaluate_automation_conditions([x], instance).total_requested == 0
    with pytest.raises(ValueError, match="no"):
        make(instance, x)
    assert evaluate_automation_conditions([x], instance).total_requested == 1
    broken = False
    make(instance, x)
    assert evaluate_automation_conditions([x], instance).total_requested == 0


def test_a_run_sees_itself_at_work(instance: Instance) -> None:
    seen = []
    missing = AssetOut(automation_condition=When.missing())

    @multi_asset(outs={"one": missing, "two": missing})
    def both() -> tuple[int, int]:
        _told.get()()
        return 1, 2

    def told() -> None:
        found = evaluate_automation_conditions([both], instance)
        seen.append((found.total_requested, found.explain("one").note))

    _told.set(told)
    assert evaluate_automation_conditions([both], instance).total_requested == 2
    make(instance, both)
    assert seen == [(0, "left out, being made already: it")]
    assert evaluate_automation_conditions([both], instance).total_requested == 0


def test_a_run_of_a_partition_is_not_one_of_the_others(instance: Instance) -> None:
    days = DailyPartitionsDefinition("2026-01-01", end_date="2026-01-03")
    seen = []

    @asset(partitions_def=days, automation_condition=When.missing())
    def daily() -> int:
        _told.get()()
        return 1

    def told() -> None:
        found = evaluate_automation_conditions([daily], instance)
        seen.append(set(found.get_requested_partitions("daily")))

    _told.set(told)

    make(instance, daily, options=Options(partitions=PartitionsAsked("2026-01-01")))
    assert seen == [{"2026-01-02"}]
    assert instance.latest_materialization(AssetKey("daily"), "2026-01-01") is not None
