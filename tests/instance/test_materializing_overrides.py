"""``run_config`` and ``resources`` given for one run: what they change, and what is kept."""

from __future__ import annotations

import json
import re

import pytest
from tests.instance.making import Rate, daily, make, numbers, priced, steps

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.check_definition import asset_check
from assetbook.definitions.config import Config
from assetbook.errors import ConfigError
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import load
from assetbook.instance.materializing import materialize_to_memory
from assetbook.instance.states import standing
from assetbook.keys import AssetKey


def test_what_run_config_made_is_the_latest_and_stale(instance: Instance) -> None:
    make(instance, daily)
    outcome = make(instance, daily, run_config={"daily": {"day": 7}})
    assert outcome.asset_value("daily") == 7
    assert instance.value("daily") == 7
    assert [version.event.overridden for version in instance.versions("daily")] == [False, False]
    now = standing(instance, load([daily], instance)).states[AssetKey("daily")]
    assert (now.state, [reason.text for reason in now.reasons]) == (
        "stale",
        ["config changed: day 7 → 1"],
    )


class Window(Config):
    day: str = "monday"
    size: int = 3


@asset(config=Window(day="friday", size=5))
def window(config: Window) -> str:
    return f"{config.size} {config.day}"


def test_run_config_is_laid_over_the_definitions(instance: Instance) -> None:
    outcome = make(instance, window, run_config={"window": {"size": 10}})
    assert outcome.asset_value("window") == "10 friday"
    assert json.loads(instance.versions("window")[0].event.config_text or "") == {
        "day": "friday",
        "size": 10,
    }
    in_memory = materialize_to_memory([window], run_config={"window": {"size": 10}})
    assert in_memory.asset_value("window") == "10 friday"


def test_run_config_that_differs_makes_a_fresh_asset_run(instance: Instance) -> None:
    make(instance, window)
    outcome = make(instance, window, run_config={"window": {"size": 10}})
    assert steps(outcome) == ["window"]
    assert outcome.plan.steps[0].why == "config changed: size 5 → 10"


def test_equal_run_config_leaves_it_fresh(instance: Instance) -> None:
    make(instance, window)
    for given in ({"size": 5}, {"day": "friday"}, {}, Window(day="friday", size=5)):
        assert make(instance, window, run_config={"window": given}).plan.all_fresh
    make(instance, window, run_config={"window": {"size": 10}})
    assert make(instance, window, run_config={"window": {"size": 10}}).plan.all_fresh
    assert make(instance, window).plan.steps[0].why == "config changed: size 10 → 5"


def test_run_config_counts_for_what_is_brought_up(instance: Instance) -> None:
    @asset
    def report(window: str) -> str:
        return window

    make(instance, window, report)
    outcome = make(
        instance, window, report, selection="report", run_config={"window": {"size": 10}}
    )
    assert outcome.asset_value("report") == "10 friday"
    now = standing(instance, load([window, report], instance)).states
    assert [now[AssetKey(name)].state for name in ("window", "report")] == ["stale", "stale"]
    make(instance, window, report)
    assert instance.value("report") == "5 friday"


def test_changed_text_is_told_by_length_and_hash(instance: Instance) -> None:
    make(instance, window)
    why = make(instance, window, run_config={"window": {"day": "sunday"}}).plan.steps[0].why
    assert re.fullmatch(
        r"config changed: day #\w{6} \(8 characters\) → #\w{6} \(8 characters\)", why
    )


def test_wrong_run_config_is_refused_before_the_run(instance: Instance) -> None:
    with pytest.raises(ConfigError, match="the config of `window`"):
        make(instance, window, run_config={"window": {"sise": 7}})
    assert instance.runs() == []


def test_run_config_for_an_asset_that_takes_none_is_refused(instance: Instance) -> None:
    with pytest.raises(ConfigError, match=r"`numbers` takes no configuration\nGive its function"):
        make(instance, numbers, run_config={"numbers": {"day": 7}})


def test_a_check_takes_run_config_too(instance: Instance) -> None:
    @asset_check(asset=numbers)
    def is_small(numbers: list[int], config: Window) -> bool:
        return len(numbers) < config.size

    make(instance, numbers, is_small, run_config={"is_small": {"size": 9}})
    [event] = [each.event for each in instance.events() if hasattr(each.event, "check")]
    assert event.passed


def test_what_replaced_resources_made_never_is_the_latest(instance: Instance) -> None:
    outcome = make(instance, priced, resources={"rate": Rate(factor=50)})
    assert outcome.asset_value("priced") == 50
    assert instance.latest_materialization("priced") is None
    make(instance, priced, resources={"rate": Rate(factor=50)}, record=True)
    assert instance.value("priced") == 50


def test_wrong_run_config_is_a_config_error(instance: Instance) -> None:
    with pytest.raises(ConfigError, match="the config of `daily`"):
        make(instance, daily, run_config={"daily": {"dya": 7}})


def test_run_config_for_nothing_is_a_config_error(instance: Instance) -> None:
    with pytest.raises(ConfigError, match=r"'dialy'.*\n.*`daily`"):
        make(instance, daily, run_config={"dialy": {"day": 7}})


def test_a_checks_own_resources_are_replaced_too(instance: Instance) -> None:
    @asset_check(asset=numbers, resources={"rate": Rate(factor=2)})
    def is_two(rate: Rate) -> bool:
        return rate.factor == 2

    make(instance, numbers, is_two, resources={"rate": Rate(factor=3)})
    [event] = [each.event for each in instance.events() if hasattr(each.event, "check")]
    assert not event.passed  # type: ignore[union-attr]
