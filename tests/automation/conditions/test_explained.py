"""Every condition that there is, with the tree that explains it once it holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.automation.conditions.evaluating import Evaluated

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.asset_job import define_asset_job
from assetbook.definitions.automation import AssetJobKey, AutomationCondition
from assetbook.definitions.automation.operands import Operands
from assetbook.definitions.automation.over_others import OverOthers
from assetbook.definitions.check_definition import asset_check
from assetbook.definitions.collection import Definitions
from assetbook.definitions.freshness_policy import FreshnessPolicy
from assetbook.definitions.partitions import DailyPartitionsDefinition
from assetbook.keys import AssetKey, CheckKey
from assetbook.storage.backfill_records import Backfill

When = AutomationCondition
X, UP = AssetKey("x"), AssetKey("up")
CHECK, JOB = CheckKey(X, "good"), AssetJobKey("all")
DAYS = DailyPartitionsDefinition("2026-01-18")  # of which 18 and 19 January are over
POLICY = FreshnessPolicy.time_window(timedelta(hours=4), timedelta(hours=1))
Happening = Callable[[Evaluated], object]
TREES = Path(__file__).with_name("explained.txt")
worlds: list[Evaluated] = []


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while worlds:
        worlds.pop().close()


@dataclass(frozen=True)
class Case:
    """A condition of ``of``, maybe one of ``up``, and what happens after a first evaluation,
    or before it."""

    condition: AutomationCondition
    happens: Happening = lambda world: None
    passed: Mapping[str, float] = field(default_factory=lambda: {"seconds": 1})
    of: AssetKey | CheckKey | AssetJobKey = X
    days: bool = False
    up: AutomationCondition | None = None
    is_first: bool = False


def world_of(case: Case) -> Evaluated:
    """``up``, and ``x`` that is made of it, with a blocking check and a job of both."""
    of = {case.of: case.condition}
    days: Any = {"partitions_def": DAYS} if case.days else {}

    @asset(automation_condition=of.get(UP, case.up), **days)
    def up() -> int:
        return 1

    @asset(automation_condition=of.get(X), freshness_policy=POLICY, **days)
    def x(up: int) -> int:
        return up

    @asset_check(asset=x, blocking=True, automation_condition=of.get(CHECK))
    def good(x: int) -> bool:
        return True

    job = define_asset_job("all", "*", automation_condition=of.get(JOB))
    world = Evaluated(Definitions([up, x], jobs=[job], asset_checks=[good]))
    worlds.append(world)
    return world


def made(world: Evaluated, *keys: str) -> None:
    for key in keys:
        world.updated(key)


def checked(world: Evaluated, passed: bool) -> None:
    world.updated("x")
    world.checked("x", "good", passed=passed)


def other_code(world: Evaluated) -> None:
    """``x`` gets another code version."""

    @asset
    def up() -> int:
        return 1

    @asset(automation_condition=When.code_version_changed())
    def x(up: int) -> int:
        return up + 1

    world.definitions = [up, x]


def backfilled(world: Evaluated) -> None:
    made = Backfill("b1", "running", "x", world.clock.now(), "me")
    world.instance.own.add_backfill(made, ['{"partitions": {"x": []}, "after": []}'])


TEAM: dict[str, Any] = {"tag_values": {"team": "sales"}}
ALWAYS, HOURLY = When.in_latest_time_window(), When.cron_tick_passed("@hourly")
CASES: Mapping[str, Case] = {
    "missing": Case(When.missing()),
    "newly_missing": Case(When.newly_missing(), passed={"days": 1}, days=True),
    "run_in_progress": Case(When.run_in_progress(), lambda world: world.started("x")),
    "backfill_in_progress": Case(When.backfill_in_progress(), backfilled),
    "in_progress": Case(When.in_progress(), lambda world: world.started("x")),
    "execution_failed": Case(
        When.execution_failed(), lambda world: world.failed(world.started("up"), X)
    ),
    "newly_updated": Case(When.newly_updated(), lambda world: made(world, "x")),
    "newly_requested": Case(When.initial_evaluation() | When.newly_requested()),
    "code_version_changed": Case(When.code_version_changed(), other_code),
    "data_version_changed": Case(
        When.data_version_changed(), lambda world: world.updated("x", data="2")
    ),
    "cron_tick_passed": Case(HOURLY, passed={"hours": 1}),
    "in_latest_time_window": Case(When.in_latest_time_window(), days=True),
    "in_latest_time_window(lookback)": Case(
        When.in_latest_time_window(timedelta(days=2)), days=True
    ),
    "will_be_requested": Case(When.any_deps_match(When.will_be_requested()), up=When.missing()),
    "initial_evaluation": Case(When.initial_evaluation(), is_first=True),
    "check_passed": Case(When.check_passed(), lambda world: checked(world, True), of=CHECK),
    "check_failed": Case(When.check_failed(), lambda world: checked(world, False), of=CHECK),
    "freshness_passed": Case(When.freshness_passed(), lambda world: made(world, "x")),
    "freshness_warned": Case(When.freshness_warned(), lambda world: made(world, "x"), {"hours": 2}),
    "freshness_failed": Case(When.freshness_failed(), lambda world: made(world, "x"), {"hours": 5}),
    "executed_with_root_target": Case(
        When.any_deps_match(When.executed_with_root_target()), lambda world: world.ran(UP, X)
    ),
    "executed_with_tags": Case(
        When.executed_with_tags({"day"}, {"team": "sales"}),
        lambda world: world.ran(X, team="sales", day="one"),
    ),
    "any_new_update_has_run_tags": Case(
        When.any_new_update_has_run_tags(**TEAM), lambda world: world.ran(X, team="sales")
    ),
    "all_new_updates_have_run_tags": Case(
        When.all_new_updates_have_run_tags(**TEAM), lambda world: world.ran(X, team="sales")
    ),
    "any_deps_match": Case(When.any_deps_match(When.missing())),
    "all_deps_match": Case(When.all_deps_match(~When.missing()), lambda world: made(world, "up")),
    "any_deps_updated": Case(When.any_deps_updated(), lambda world: made(world, "up")),
    "any_deps_missing": Case(When.any_deps_missing()),
    "any_deps_in_progress": Case(When.any_deps_in_progress(), lambda world: world.started("up")),
    "all_deps_updated_since_cron": Case(
        When.all_deps_updated_since_cron("@hourly"), lambda world: made(world, "up")
    ),
    "all_deps_blocking_checks_passed": Case(
        When.all_deps_blocking_checks_passed(), lambda world: checked(world, True), of=CHECK
    ),
    "any_checks_match": Case(
        When.any_checks_match(When.check_passed()), lambda world: checked(world, True)
    ),
    "all_checks_match": Case(
        When.all_checks_match(When.check_passed(), blocking_only=True),
        lambda world: checked(world, True),
    ),
    "asset_matches": Case(
        When.asset_matches("up", When.newly_updated()), lambda world: made(world, "up")
    ),
    "any_downstream_conditions": Case(When.missing(), up=When.any_downstream_conditions()),
    "any_job_root_assets_match": Case(
        When.any_job_root_assets_match(When.newly_updated()),
        lambda world: made(world, "up"),
        of=JOB,
    ),
    "all_job_root_assets_match": Case(When.all_job_root_assets_match(When.missing()), of=JOB),
    "eager": Case(When.eager(), lambda world: made(world, "up")),
    "on_cron": Case(
        When.on_cron("@hourly"), lambda world: (world.again(hours=1), made(world, "up"))
    ),
    "on_missing": Case(
        When.on_missing(), lambda world: world.updated("up", "2026-01-20"), {"days": 1}, days=True
    ),
    "&": Case(When.missing() & ALWAYS),
    "|": Case(When.missing() | ~ALWAYS),
    "~": Case(~When.newly_updated()),
    "since": Case(When.newly_updated().since(HOURLY), lambda world: made(world, "x")),
    "since_last_handled": Case(
        When.any_deps_updated().since_last_handled(), lambda world: made(world, "up")
    ),
    "newly_true": Case((~When.missing()).newly_true(), lambda world: made(world, "x")),
    "replace": Case(
        When.on_missing().replace("missing_since_last_handled", When.missing()),
        lambda world: made(world, "up"),
    ),
    "with_label": Case(When.missing().with_label("never made")),
    "allow": Case(When.any_deps_missing().allow("up")),
    "ignore": Case(When.any_deps_missing().ignore("up")),
}


def told(case: Case) -> str:
    """The trees of all that has a condition."""
    world = world_of(case)
    if not case.is_first:
        world.again()
    case.happens(world)
    world.again(**case.passed)
    return "\n".join(each.text for each in world.result.evaluation.explanations.values())


def _kept() -> dict[str, str]:
    parts = re.split(r"^## (.+)\n", TREES.read_text(), flags=re.MULTILINE)[1:]
    return {name: tree.strip() for name, tree in zip(parts[::2], parts[1::2], strict=True)}


@pytest.mark.parametrize("name", CASES)
def test_each_condition_holds_and_its_tree_says_why(name: str) -> None:
    assert told(CASES[name]) == _kept()[name]


def test_there_is_a_case_for_every_condition() -> None:
    """So that a new one gets its own."""
    own = {*vars(Operands), *vars(OverOthers), "eager", "on_cron", "on_missing"}
    own |= {"since", "since_last_handled", "newly_true", "replace", "with_label", "allow", "ignore"}
    assert {each for each in own if not each.startswith("_")} <= CASES.keys()
    assert _kept().keys() == CASES.keys()
