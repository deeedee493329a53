"""Plans as people read them."""

from __future__ import annotations

import pytest

from assetbook.dependencies.reasons import Reason, ReasonKind
from assetbook.keys import AssetKey
from assetbook.planning.steps import Left, Plan, Step


def step(name: str, *reasons: Reason) -> Step:
    return Step(name, "asset", (AssetKey(name),), reasons=reasons)


def test_a_plan_prints_its_steps_with_reasons() -> None:
    plan = Plan(
        "+b",
        (
            step("a", Reason(ReasonKind.NEVER_MATERIALIZED)),
            step("longer", Reason(ReasonKind.INPUT_NEWER, "a"), Reason(ReasonKind.CODE_CHANGED)),
        ),
    )
    assert str(plan) == (
        "2 steps\n"
        "  1  a       never materialized\n"
        "  2  longer  `a` has a newer version; its own code changed"
    )
    assert len(plan) == 2 and [each.name for each in plan] == ["a", "longer"]
    assert not plan.all_fresh


def test_an_empty_plan_says_so() -> None:
    assert str(Plan("a", ())) == "all fresh: nothing to do"
    assert Plan("a", ()).all_fresh


def test_what_is_left_is_counted_by_option() -> None:
    left = tuple(Left(AssetKey(name), "unknown", "`conn` moves", "--unknown") for name in "abcde")
    source = Left(AssetKey("s"), "fresh", "as of 2026-11-24 09:00", "--sources")
    plan = Plan("x", (step("x"),), (*left, source, Left(AssetKey("f"), "fresh", "fresh")))
    assert plan.left_lines() == [
        "     left as they are: s (as of 2026-11-24 09:00); --sources runs them",
        "     left as they are: a, b, c and 2 more (`conn` moves); --unknown runs them",
    ]
    assert str(plan).startswith("1 step\n")


def test_a_step_is_frozen() -> None:
    with pytest.raises(AttributeError):
        step("a").name = "b"  # type: ignore[misc]
