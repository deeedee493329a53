"""Conditions as what an author declares: equal, frozen, plain data, and readable."""

from __future__ import annotations

import json
import pickle
from datetime import timedelta
from typing import Any

import pytest

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.asset_job import define_asset_job
from assetbook.definitions.automation import (
    AutomationCondition,
    AutomationContext,
    AutomationResult,
)
from assetbook.definitions.check_definition import asset_check
from assetbook.definitions.check_spec import AssetCheckSpec
from assetbook.definitions.freshness_policy import FreshnessPolicy
from assetbook.definitions.multi_asset_decorator import multi_asset
from assetbook.definitions.ports import AssetOut
from assetbook.definitions.rekeying import Rekeying
from assetbook.definitions.spec import AssetSpec
from assetbook.dependencies.selection import AssetSelection
from assetbook.errors import DefinitionError, UsageError
from assetbook.keys import AssetKey

When = AutomationCondition
EAGER = When.eager()
EVERY = [
    EAGER,
    When.on_missing(),
    When.on_cron("@daily", "Europe/Berlin"),
    When.in_latest_time_window(timedelta(days=2)),
    When.executed_with_tags({"a"}, {"b": "c"}),
    When.all_deps_blocking_checks_passed().ignore("group:raw").allow("x"),
    When.asset_matches("raw/x", When.missing()) | ~When.newly_updated().newly_true(),
    When.any_downstream_conditions().since(When.initial_evaluation()),
]


class Mine(AutomationCondition):
    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def evaluate(self, context: AutomationContext) -> AutomationResult:
        return AutomationResult(context=context, true_subset=context.candidate_subset)


@pytest.mark.parametrize("condition", EVERY, ids=lambda each: each.name)
def test_plain_data_gives_it_back(condition: AutomationCondition) -> None:
    data = json.loads(json.dumps(condition.to_data()))
    assert When.from_data(data) == condition
    assert pickle.loads(pickle.dumps(condition)) == condition


def test_equal_if_they_say_the_same() -> None:
    assert When.eager() == EAGER
    assert hash(When.eager()) == hash(EAGER)
    assert len(set(EVERY)) == len(EVERY)
    assert EAGER.with_label("mine") != EAGER
    assert Mine(1) == Mine(1)
    assert Mine(1) != Mine(2)
    assert (Mine(1) & EAGER) != (Mine(2) & EAGER)


def test_frozen() -> None:
    with pytest.raises(DefinitionError, match="conditions are frozen"):
        EAGER.label = "other"


def test_said_for_people() -> None:
    assert repr(EAGER) == "<AutomationCondition eager>"
    joined = When.missing() & ~When.in_progress() | When.code_version_changed()
    assert joined.describe() == "((missing and not in_progress) or its code changed)"
    assert When.any_deps_match(When.missing()).ignore("raw/*").describe() == (
        "any dependency without raw/*: missing"
    )
    assert When.all_checks_match(When.check_passed(), blocking_only=True).describe() == (
        "all blocking checks: the check passed"
    )
    assert repr(Mine(1)) == "<Mine Mine>"


def test_replace_by_label_and_by_what_it_says() -> None:
    changed = EAGER.replace("newly_missing", When.missing())
    assert changed == EAGER.replace(When.newly_missing(), When.missing())
    assert changed != EAGER
    assert EAGER.replace("no such label", When.missing()) == EAGER


def test_selections_are_kept_as_text() -> None:
    by_text = When.any_deps_updated().ignore("group:raw")
    assert When.any_deps_updated().ignore(AssetSelection.groups("raw")).describe() == (
        by_text.describe()
    ) or by_text.to_data()["options"] == {"ignore": "group:raw"}
    assert When.any_deps_updated().allow(AssetKey(["raw", "x"])).to_data()["options"] == {
        "allow": "raw/x"
    }


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: When(), "it says nothing"),
        (lambda: When.missing().allow("x"), "asks about no dependencies"),
        (lambda: When.any_deps_updated().allow(3), "the selection 3"),
        (lambda: When.missing() & True, "& with a condition"),
        (lambda: When.missing().since("x"), "since"),
        (lambda: When.cron_tick_passed("every day"), "every day"),
        (lambda: When.on_cron("@daily", "Europe/Berln"), "Europe/Berlin"),
        (lambda: When.in_latest_time_window(timedelta(-1)), "negative"),
        (lambda: When.executed_with_tags(), "names no tags"),
        (lambda: When.from_data(Mine(1).to_data()), "its notebook's own"),
        (lambda: AssetSpec("a", automation_condition=When.eager), r"AutomationCondition.eager\(\)"),  # type: ignore[arg-type]
        (lambda: AssetSpec("a", automation_condition="eagr"), "eager"),  # type: ignore[arg-type]
        (lambda: AssetSpec("a", freshness_policy=3), "FreshnessPolicy.time_window"),  # type: ignore[arg-type]
    ],
)
def test_a_slip_is_told(make: Any, said: str) -> None:
    with pytest.raises(DefinitionError, match=said):
        make()


def test_built_in_conditions_are_evaluated_as_a_whole_alone() -> None:
    with pytest.raises(UsageError, match="evaluate_automation_conditions"):
        EAGER.evaluate(None)  # type: ignore[arg-type]


POLICY = FreshnessPolicy.time_window(timedelta(hours=2))


def test_every_definition_takes_one_and_keeps_it() -> None:
    @asset(automation_condition=EAGER, freshness_policy=POLICY)
    def a() -> int:
        return 1

    @multi_asset(outs={"b": AssetOut(automation_condition=EAGER, freshness_policy=POLICY)})
    def several() -> int:
        return 1

    @asset_check(asset=a, automation_condition=EAGER)
    def good() -> bool:
        return True

    job = define_asset_job("nightly", automation_condition=EAGER)
    prefixed = Rekeying([AssetKey("a"), AssetKey("b")], "raw")
    for definition in (a, several):
        for spec in (*definition.specs, *prefixed.asset(definition).specs):
            assert (spec.automation_condition, spec.freshness_policy) == (EAGER, POLICY)
            replaced = spec.replace_attributes(group_name="other")
            assert (replaced.automation_condition, replaced.freshness_policy) == (EAGER, POLICY)
    assert good.spec.automation_condition == EAGER
    assert prefixed.checks(good).spec.automation_condition == EAGER
    assert AssetCheckSpec("x", asset=a, automation_condition=EAGER).described(
        "y"
    ).automation_condition == (EAGER)
    assert job.automation_condition == EAGER
