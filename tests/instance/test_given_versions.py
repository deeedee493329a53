"""Runs that read named versions in the place of the latest ones."""

from __future__ import annotations

from typing import Any

import pytest
from tests.instance.making import make, state_of, steps

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.check_definition import asset_check
from assetbook.definitions.config import Config
from assetbook.definitions.multi_asset_decorator import multi_asset
from assetbook.definitions.ports import AssetOut
from assetbook.errors import CheckFailedError, SelectionError
from assetbook.events.parts import InputVersion
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import load
from assetbook.instance.materializing import Options, plan_for
from assetbook.instance.outcome import MaterializeOutcome


class Day(Config):
    day: int = 3


@asset
def source() -> int:
    return 0


@asset
def orders(config: Day, source: int) -> list[int]:
    return list(range(config.day))


@asset(key="marts/clean")
def clean(orders: list[int]) -> list[int]:
    return [each * 10 for each in orders]


@asset
def largest(clean: list[int]) -> int:
    return max(clean)


@asset
def report(largest: int, orders: list[int]) -> str:
    return f"{largest} of {len(orders)}"


@asset_check(asset=orders, blocking=True)
def is_long(orders: list[int]) -> bool:
    return len(orders) > 1


ALL = (source, orders, clean, largest, report)


def days(instance: Instance, *numbers: int, also: tuple[object, ...] = ()) -> None:
    for day in numbers:
        make(
            instance,
            source,
            orders,
            *also,
            run_config={"orders": {"day": day}},
            raise_on_error=False,
        )


def made_with(instance: Instance, selection: str, given: Any, **more: bool) -> MaterializeOutcome:
    options = Options(with_versions=given, **more)
    return make(instance, *ALL, selection=selection, options=options)


@pytest.fixture
def filled(instance: Instance) -> Instance:
    """Three versions of orders; all else is made of the latest."""
    days(instance, 1, 2, 3)
    make(instance, *ALL)
    return instance


def test_the_version_is_read_and_recorded(filled: Instance) -> None:
    outcome = made_with(filled, "report", {"orders": 2})
    assert outcome.asset_value("report") == "10 of 2"
    event = filled.versions("report")[0].event
    second = filled.version("orders@2").event.data_version
    assert event.inputs["orders"] == InputVersion(key="orders", version=2, data_version=second)
    assert event.inputs["largest"].version == 2
    assert event.overridden


def test_what_is_made_is_never_the_latest(filled: Instance) -> None:
    outcome = made_with(filled, "report", {"orders": 2})
    assert steps(outcome) == ["marts/clean", "largest", "report"]
    assert filled.value("report") == "20 of 3"
    for name in ("orders", "largest", "report"):
        assert state_of(filled, name, *ALL) == "fresh"
    assert filled.value("report", 2) == "10 of 2"


@pytest.mark.parametrize("given", [["orders@2"], {"orders": "2"}, {orders: 2}])
def test_a_version_is_given_by_any_spelling(filled: Instance, given: Any) -> None:
    assert made_with(filled, "report", given).asset_value("report") == "10 of 2"


def test_a_version_may_be_named_by_last_part_and_run(filled: Instance) -> None:
    run = filled.version("marts/clean").run_id
    outcome = made_with(filled, "largest", [f"clean@run:{run[:6]}"])
    assert outcome.asset_value("largest") == 20
    assert steps(outcome) == ["largest"]


def test_the_plan_says_with_which_version(filled: Instance) -> None:
    loaded = load(ALL, filled)
    plan, _ = plan_for(filled, loaded, "report", Options(with_versions=["orders@1"]))
    assert {step.name: step.why for step in plan} == {
        "marts/clean": "you want it made with orders@1",
        "largest": "if the data of `marts/clean` changes",
        "report": "you want it made with orders@1",
    }
    assert plan.asked == "report --with orders@1"
    assert filled.runs()[0].asked != plan.asked


def test_between_only_what_differs_runs(instance: Instance) -> None:
    days(instance, 3)
    make(instance, *ALL)
    days(instance, 5)
    outcome = made_with(instance, "report", {"orders": 1})
    assert steps(outcome) == ["report"]
    assert outcome.asset_value("report") == "20 of 3"


def test_only_needs_a_reader_that_is_named(filled: Instance) -> None:
    outcome = made_with(filled, "report", {"orders": 1}, only=True)
    assert outcome.asset_value("report") == "20 of 1"
    with pytest.raises(SelectionError, match="nothing that it makes reads `orders`"):
        made_with(filled, "largest", {"orders": 1}, only=True)


@pytest.mark.parametrize(
    ("selection", "given", "said"),
    [
        ("orders", ["orders@1"], "materialize orders --with orders@1: nothing that it makes reads"),
        ("orders", ["report@1"], "nothing that it makes reads `report`"),
        ("report", ["order@1"], r"there is no asset `order` here\nDid you mean `orders`"),
        ("report", ["orders"], r"it names no version\nWrite --with orders@NUMBER"),
        ("report", ["orders@9"], r"there is no such version\nThere are: 3, 2, 1"),
        ("report", ["orders@1", "orders@2"], "version 1 of it is asked for too"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    filled: Instance, selection: str, given: list[str], said: str
) -> None:
    with pytest.raises(SelectionError, match=said):
        made_with(filled, selection, given)


def test_upstreams_of_the_version_are_left(filled: Instance) -> None:
    @asset
    def source() -> int:
        return 1

    options = Options(with_versions={"orders": 2}, force=True)
    outcome = make(
        filled, source, orders, clean, largest, report, selection="report", options=options
    )
    assert "source" not in steps(outcome)
    assert "orders" not in steps(outcome)


def test_a_version_that_did_not_pass_needs_force(instance: Instance) -> None:
    days(instance, 1, 2, also=(is_long,))
    with pytest.raises(CheckFailedError, match=r"`orders@1`: its check `is_long` did not pass"):
        made_with(instance, "report", {"orders": 1})
    assert made_with(instance, "report", {"orders": 1}, force=True).success
    assert made_with(instance, "report", {"orders": 2}).success


def test_two_versions_may_be_given(filled: Instance) -> None:
    outcome = made_with(filled, "report", ["orders@1", "largest@1"])
    assert outcome.asset_value("report") == "20 of 1"
    assert steps(outcome) == ["report"]


def test_what_is_made_together_with_the_version_must_not_run(instance: Instance) -> None:
    @multi_asset(outs={"left": AssetOut(), "right": AssetOut(code_version="1")})
    def halves() -> tuple[int, int]:
        return 1, 2

    @asset
    def both(left: int, right: int) -> int:
        return left + right

    make(instance, halves, both)

    @multi_asset(outs={"left": AssetOut(), "right": AssetOut(code_version="2")})
    def halves() -> tuple[int, int]:
        return 3, 4

    with pytest.raises(SelectionError, match="`left` is made together with other assets"):
        make(
            instance,
            halves,
            both,
            selection="both",
            options=Options(with_versions={"left": 1}),
        )
