"""Functions that make several assets, as steps of a plan."""

from __future__ import annotations

from typing import Any

from tests.planning.situations import (
    CHANGED,
    NEVER,
    check_of,
    make,
    plan,
    stale_above,
    state,
    steps,
)

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.multi_asset_decorator import multi_asset
from assetbook.definitions.ports import AssetOut
from assetbook.keys import AssetKey


def pair(**options: Any) -> AssetsDefinition:
    @multi_asset(outs={"left": AssetOut(), "right": AssetOut()}, **options)
    def both(a: int) -> tuple[int, int]:
        return a, a

    return both


def test_a_function_makes_all_its_assets() -> None:
    states = [state("a"), state("left", "stale", CHANGED), state("right")]
    made = plan([make("a"), pair()], states, "left")
    assert steps(made) == {"both": "its own code changed; it is made together with `left`"}
    assert made.steps[0].keys == (AssetKey("left"), AssetKey("right"))
    assert made.by_key[AssetKey("right")] is made.steps[0]


def test_a_function_that_can_makes_a_part() -> None:
    states = [state("a"), state("left", "stale", CHANGED), state("right", "stale", CHANGED)]
    made = plan([make("a"), pair(can_subset=True)], states, "right")
    assert made.steps[0].keys == (AssetKey("right"),)


def test_assets_made_together_keep_the_condition() -> None:
    states = [state("a", "stale", CHANGED), state("left", "stale", stale_above("a"))]
    made = plan([make("a"), pair()], [*states, state("right")], "left")
    assert made.steps[1].condition == (AssetKey("a"),)
    assert made.steps[1].why == "if the data of `a` changes"


def test_a_function_waits_for_all_its_inputs() -> None:
    late = pair(internal_asset_deps={"left": [], "right": ["a"]})
    states = [state(name, "missing", NEVER) for name in ("a", "left", "right")]
    made = plan([late, make("a")], states, "left")
    assert [step.name for step in made] == ["a", "both"]
    assert made.steps[1].after == ("a",)


def test_what_reads_a_part_that_is_made_along_may_run() -> None:
    states = [state("a"), state("left", "stale", CHANGED), state("right"), state("reader")]
    made = plan([make("a"), pair(), make("reader", "right")], states, "left", "reader")
    assert steps(made)["reader"] == "if the data of `right` changes"
    assert [str(left.key) for left in made.left] == []


def test_a_part_that_is_made_along_is_checked() -> None:
    states = [state("a"), state("left", "stale", CHANGED), state("right")]
    made = plan([make("a"), pair(), check_of("right")], states, "left")
    assert [step.name for step in made] == ["both", "right:ok"]


def test_a_fresh_part_is_not_made_for_its_sibling_alone() -> None:
    states = [state("a"), state("left"), state("right", "missing", NEVER), state("reader")]
    made = plan([make("a"), pair(), make("reader", "left")], states, "reader")
    assert made.all_fresh


def apart(**options: Any) -> AssetsDefinition:
    """A function that can make ``left`` of ``a`` alone, ``right`` of ``b`` alone."""
    deps = {"left": ["a"], "right": ["b"]}

    @multi_asset(
        outs={"left": AssetOut(), "right": AssetOut(), **options.pop("more", {})},
        can_subset=True,
        internal_asset_deps=deps | options.pop("deps", {}),
    )
    def both(a: int, b: int) -> tuple[int, int]:
        return a, b

    return both


def test_a_part_needs_only_what_it_follows() -> None:
    definitions = [make("a"), make("b"), apart()]
    states = [state(name, "missing", NEVER) for name in ("a", "b", "left", "right")]
    made = plan(definitions, states, "left")
    assert [step.name for step in made] == ["a", "both"]
    assert (made.steps[1].inputs, made.steps[1].after) == ((AssetKey("a"),), ("a",))
    whole = plan(definitions, states, "left", "right")
    assert [step.name for step in whole] == ["a", "b", "both"]
    assert whole.steps[2].inputs == (AssetKey("a"), AssetKey("b"))


def test_a_part_needs_what_the_parts_need_that_it_follows() -> None:
    later = apart(more={"sum": AssetOut()}, deps={"sum": ["left"]})
    states = [state(name, "missing", NEVER) for name in ("a", "b", "right", "sum")]
    made = plan([make("a"), make("b"), later], [*states, state("left")], "sum")
    assert [step.name for step in made] == ["a", "both"]
    assert made.steps[1].inputs == (AssetKey("a"),)


def test_a_part_that_says_nothing_needs_everything() -> None:
    silent = apart(more={"third": AssetOut()})
    states = [state(name, "missing", NEVER) for name in ("a", "b", "left", "right", "third")]
    made = plan([make("a"), make("b"), silent], states, "third")
    assert [step.name for step in made] == ["a", "b", "both"]
