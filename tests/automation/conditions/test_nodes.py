"""Conditions that are made of others: joined, over time, and over other assets."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.automation.conditions.evaluating import Evaluated

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.asset_job import define_asset_job
from assetbook.definitions.automation import (
    AutomationCondition,
    AutomationContext,
    AutomationResult,
)
from assetbook.definitions.check_definition import asset_check
from assetbook.definitions.collection import Definitions
from assetbook.definitions.partitions import DailyPartitionsDefinition, WeeklyPartitionsDefinition
from assetbook.definitions.spec import AssetSpec
from assetbook.errors import SelectionError, UsageError
from assetbook.keys import AssetKey

When = AutomationCondition
WHOLE: set[str | None] = {None}
ALWAYS = When.in_latest_time_window()
NEVER = ~ALWAYS
A, B = AssetSpec("a", group_name="raw"), AssetSpec("b")


def world_of(condition: AutomationCondition, *more: object, **options: Any) -> Evaluated:
    @asset(deps=[A, B], automation_condition=condition, **options)
    def x() -> None: ...

    world = Evaluated(A, B, x, *more)
    world.again()
    return world


@pytest.mark.parametrize(
    ("condition", "true"),
    [
        (ALWAYS & ALWAYS, True),
        (ALWAYS & NEVER, False),
        (NEVER | ALWAYS, True),
        (NEVER | NEVER, False),
        (~NEVER, True),
        (~(ALWAYS & ~NEVER), False),
    ],
)
def test_joined(condition: AutomationCondition, true: bool) -> None:
    assert (world_of(condition).again() != {}) is true


def test_since_lasts_until_the_reset() -> None:
    ticked, midnight = When.cron_tick_passed("0 3 * * *"), When.cron_tick_passed("0 6 * * *")
    world = world_of(ticked.since(midnight))
    found = [bool(world.at(datetime(2026, 1, 20, hour, 1, tzinfo=UTC))) for hour in range(2, 8)]
    assert found == [False, True, True, True, False, False]


def test_newly_true_once() -> None:
    world = world_of(When.missing().newly_true() & ~When.initial_evaluation())
    assert world.again() == {}
    world = world_of((~When.missing()).newly_true())
    world.updated("x")
    assert world.again() == {"x": WHOLE}
    assert world.again() == {}


def test_since_is_told_of_what_others_leave_out() -> None:
    """A cause that comes while the part before it is false still holds once that is true."""
    opened = ~When.any_deps_missing()
    world = world_of(opened & When.any_deps_updated().since_last_handled())
    world.updated("a")
    assert world.again() == {}
    world.updated("b")
    assert world.again() == {"x": WHOLE}


@pytest.mark.parametrize(
    ("made", "any_of", "all_of"),
    [([], False, False), (["a"], True, False), (["a", "b"], True, True)],
)
def test_any_and_all_deps(made: list[str], any_of: bool, all_of: bool) -> None:
    for condition, true in (
        (When.any_deps_match(~When.missing()), any_of),
        (When.all_deps_match(~When.missing()), all_of),
        (When.any_deps_missing(), not all_of),
    ):
        world = world_of(condition)
        for each in made:
            world.updated(each)
        assert (world.again() != {}) is true


def test_any_deps_in_progress() -> None:
    @asset
    def made() -> int:
        return 1

    @asset(automation_condition=When.any_deps_in_progress())
    def y(made: int) -> int:
        return made

    world = Evaluated(made, y)
    assert world.again() == {}
    run = world.started("made")
    assert world.again() == {"y": WHOLE}
    world.ended(run)
    assert world.again() == {}


@pytest.mark.parametrize("raw", ["group:raw", "a"])
def test_allow_and_ignore(raw: str) -> None:
    allowing = world_of(When.any_deps_updated().allow(raw))
    ignoring = world_of(When.any_deps_updated().ignore(raw))
    for world in (allowing, ignoring):
        world.updated("a")
    assert (allowing.again(), ignoring.again()) == ({"x": WHOLE}, {})
    for world in (allowing, ignoring):
        world.updated("b")
    assert (allowing.again(), ignoring.again()) == ({}, {"x": WHOLE})


def test_ignore_of_a_ready_made_condition_counts_in_all_its_parts() -> None:
    world = world_of(When.eager().ignore("b"))
    world.updated("a")
    assert world.again() == {"x": WHOLE}  # that b is missing does not count


def test_asset_matches() -> None:
    far = AssetSpec("far")
    world = world_of(When.asset_matches("far", When.newly_updated()), far)
    assert world.again() == {}
    world.updated("far")
    assert world.again() == {"x": WHOLE}


def test_any_downstream_conditions() -> None:
    @asset(automation_condition=When.any_downstream_conditions())
    def root() -> int:
        return 1

    @asset(automation_condition=When.any_downstream_conditions())
    def middle(root: int) -> int:
        return root

    @asset(automation_condition=When.cron_tick_passed("@hourly"))
    def end(middle: int) -> int:
        return middle

    world = Evaluated(root, middle, end)
    assert world.again() == {}
    assert world.again(hours=1) == {"root": WHOLE, "middle": WHOLE, "end": WHOLE}
    assert world.again() == {}


def test_all_deps_blocking_checks_passed() -> None:
    @asset
    def made() -> int:
        return 1

    @asset_check(asset=made, blocking=True)
    def good() -> bool:
        return True

    @asset_check(asset=made)
    def nice() -> bool:
        return True

    @asset(automation_condition=When.all_deps_blocking_checks_passed())
    def y(made: int) -> int:
        return made

    world = Evaluated(made, good, nice, y)
    world.updated("made")
    assert world.again() == {}
    world.checked("made", "nice", passed=True)
    assert world.again() == {}
    world.checked("made", "good", passed=True)
    assert world.again() == {"y": WHOLE}


def test_any_and_all_checks() -> None:
    def counts(condition: AutomationCondition) -> list[bool]:
        @asset(automation_condition=condition)
        def y() -> int:
            return 1

        @asset_check(asset=y)
        def one() -> bool:
            return True

        @asset_check(asset=y)
        def two() -> bool:
            return True

        world, found = Evaluated(y, one, two), []
        world.updated("y")
        for check in ("one", "two"):
            world.checked("y", check, passed=True)
            found.append(world.again() != {})
        return found

    assert counts(When.any_checks_match(When.check_passed())) == [True, True]
    assert counts(When.all_checks_match(When.check_passed())) == [False, True]
    assert counts(When.any_checks_match(When.check_passed(), blocking_only=True)) == [False, False]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (When.any_job_root_assets_match(When.newly_updated()), [True, True]),
        (When.all_job_root_assets_match(When.newly_updated()), [False, True]),
    ],
)
def test_jobs_by_their_root_assets(condition: AutomationCondition, found: list[bool]) -> None:
    @asset
    def one() -> int:
        return 1

    @asset
    def two() -> int:
        return 1

    @asset
    def end(one: int, two: int) -> int:
        return one

    job = define_asset_job("nightly", "*", automation_condition=condition)
    world = Evaluated(Definitions([one, two, end], jobs=[job]))
    world.again()
    world.updated("one")
    seen = [world.again() == {"job nightly": WHOLE}]
    world.updated("one")
    world.updated("two")
    seen.append(world.again() == {"job nightly": WHOLE})
    assert seen == found
    world.updated("one")
    world.updated("two")
    world.started("one", job="nightly")
    assert world.again() == {}
    world.close()


def test_a_week_is_asked_of_its_days() -> None:
    days = AssetSpec("days", partitions_def=DailyPartitionsDefinition("2026-01-04"))
    weeks = WeeklyPartitionsDefinition("2026-01-04")
    whole = When.all_deps_match(~When.missing())

    @asset(deps=[days], partitions_def=weeks, automation_condition=whole)
    def weekly() -> None: ...

    world = Evaluated(days, weekly)
    for day in range(4, 10):
        world.updated("days", f"2026-01-{day:02}")
    assert world.again() == {}
    world.updated("days", "2026-01-10")
    assert world.again() == {"weekly": {"2026-01-04"}}


class EveryOther(AutomationCondition):
    """True at every other evaluation."""

    def evaluate(self, context: AutomationContext) -> AutomationResult:
        count = context.cursor or 0
        true = context.candidate_subset if count % 2 else context.get_empty_subset()
        return AutomationResult(context=context, true_subset=true, cursor=count + 1)


class NoAnswer(AutomationCondition):
    def evaluate(self, context: AutomationContext) -> Any:
        return True


def test_a_condition_of_ones_own_remembers_its_cursor() -> None:
    world = world_of(EveryOther() & When.missing())
    assert [world.again() != {} for _ in range(4)] == [True, False, True, False]


def test_a_condition_of_ones_own_that_answers_nothing_is_told() -> None:
    with pytest.raises(UsageError, match=r"NoAnswer.*gave back True"):
        world_of(NoAnswer())


def test_an_unknown_selection_is_told_with_the_nearest_name() -> None:
    with pytest.raises(SelectionError, match="bb"):
        world_of(When.any_deps_updated().ignore("bb"))


def test_an_external_asset_is_never_requested() -> None:
    world = Evaluated(AssetSpec("far", automation_condition=When.missing()))
    assert world.again() == {}


def test_a_selection_limits_whose_conditions_are_evaluated() -> None:
    from assetbook.automation.conditions.evaluate_definitions import (
        evaluate_automation_conditions,
    )

    world = world_of(When.missing())
    definitions, instance = world.definitions, world.instance
    for selection, count in (("x", 1), ("a", 0), (None, 1)):
        found = evaluate_automation_conditions(definitions, instance, selection)
        assert found.total_requested == count


def test_explained_as_text_and_data() -> None:
    world = world_of(When.eager())
    world.updated("a")
    world.again()
    found = world.result.explain("x")
    assert "- x: eager: false" in found.text
    assert "+ a: (" in found.text
    data = found.to_data()
    assert (data["label"], data["true"], data["about"]) == ("eager", [], "asset:x")
    labels = [each["label"] for each in data["children"]]
    assert labels[0] == "in the latest time window"
    assert len(labels) == 5
    with pytest.raises(UsageError, match="it has none"):
        world.result.explain(AssetKey("a"))
