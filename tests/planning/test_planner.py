"""Which steps run, rule by rule."""

from __future__ import annotations

import pytest
from tests.planning.situations import (
    AT,
    CHAIN,
    CHANGED,
    MOVES,
    NEVER,
    make,
    plan,
    stale_above,
    state,
    steps,
)

from assetbook.definitions.spec import AssetSpec
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.dependencies.asset_state import AssetState, State
from assetbook.keys import AssetKey
from assetbook.planning.planner import Request, make_plan


def test_what_is_fresh_is_left() -> None:
    made = plan(CHAIN, [state("a"), state("b"), state("c")], "c")
    assert made.all_fresh
    assert [(str(left.key), left.option) for left in made.left] == [("c", "")]


@pytest.mark.parametrize("kind", ["missing", "stale"])
def test_what_is_needed_comes_first(kind: State) -> None:
    made = plan(CHAIN, [state("a", kind, CHANGED), state("b"), state("c", "missing", NEVER)], "c")
    assert [step.name for step in made] == ["a", "b", "c"]
    assert steps(made) == {
        "a": "its own code changed",
        "b": "if the data of `a` changes",
        "c": "never materialized",
    }
    assert made.steps[1].condition == (AssetKey("a"),) and made.steps[2].condition == ()
    assert made.steps[2].after == ("b",) and made.steps[2].inputs == (AssetKey("b"),)
    assert made.by_key[AssetKey("b")] is made.steps[1]


def test_downstream_is_not_brought() -> None:
    made = plan(CHAIN, [state(name, "missing", NEVER) for name in "abc"], "b")
    assert list(steps(made)) == ["a", "b"] and made.targets == (AssetKey("b"),)


def test_a_stale_upstream_alone_is_a_condition() -> None:
    states = [
        state("a", "stale", CHANGED),
        state("b", "stale", stale_above("a")),
        state("c", "stale", stale_above("b")),
    ]
    made = plan(CHAIN, states, "c")
    assert [step.condition for step in made] == [(), (AssetKey("a"),), (AssetKey("b"),)]


def test_a_certain_reason_goes_before_a_condition() -> None:
    states = [state("a", "stale", CHANGED), state("b", "stale", stale_above("a"), CHANGED)]
    made = plan(CHAIN, [*states, state("c")], "b")
    assert made.steps[1].condition == ()
    assert made.steps[1].why == "upstream `a` is stale; its own code changed"


def test_only_brings_nothing_else() -> None:
    states = [
        state("a", "stale", CHANGED),
        state("b", "stale", stale_above("a")),
        state("c", "missing", NEVER),
    ]
    made = plan(CHAIN, states, "b", only=True)
    assert steps(made) == {"b": "upstream `a` is stale"}
    assert made.steps[0].condition == ()


def test_force_runs_the_named_alone() -> None:
    made = plan(CHAIN, [state("a"), state("b"), state("c")], "c", force=True)
    assert steps(made) == {"c": "you forced it"}


def test_unknown_upstreams_are_left_and_counted() -> None:
    states = [state("a", "unknown", MOVES), state("b", "missing", NEVER), state("c")]
    made = plan(CHAIN, states, "b")
    assert steps(made) == {"b": "never materialized"}
    assert [(str(left.key), left.why, left.option) for left in made.left] == [
        ("a", "`conn` moves", "--unknown")
    ]


def test_unknown_upstreams_run_when_asked_for() -> None:
    states = [state("a", "unknown", MOVES), state("b"), state("c")]
    made = plan(CHAIN, states, "c", unknown=True)
    assert steps(made) == {
        "a": "you asked for what is unknown",
        "b": "if the data of `a` changes",
        "c": "if the data of `b` changes",
    }


def test_an_unknown_target_runs() -> None:
    assert steps(plan(CHAIN, [state("a", "unknown", MOVES)], "a")) == {"a": "`conn` moves"}


def test_sources_are_left_unless_named_or_asked_for() -> None:
    states = [state("a", own_as_of=True), state("b"), state("c")]
    left = plan(CHAIN, states, "c")
    assert left.all_fresh
    assert [(str(each.key), each.why, each.option) for each in left.left] == [
        ("a", "as of 2026-11-24 09:00", "--sources"),
        ("c", "fresh", ""),
    ]
    asked = plan(CHAIN, states, "c", sources=True)
    assert list(steps(asked)) == ["a", "b", "c"]
    assert asked.steps[0].why == "you asked for sources to be read again"
    named = plan(CHAIN, states, "a", named=["a"])
    assert steps(named) == {"a": "you named it, and it reads what nobody versions"}
    by_pattern = plan(CHAIN, states, "a")
    assert by_pattern.all_fresh


def test_a_named_source_and_what_reads_it() -> None:
    states = [state("a", own_as_of=True), state("b"), state("c")]
    made = plan(CHAIN, states, "a", "b", named=["a", "b"], only=True)
    assert steps(made)["b"] == "if the data of `a` changes"


def test_an_inherited_mark_names_no_source() -> None:
    fresh = AssetState(AssetKey("b"), "fresh", (), AT, False, 1, "d1")
    made = plan(CHAIN, [state("a"), fresh, state("c")], "b", named=["b"])
    assert made.all_fresh and [each.option for each in made.left] == [""]


def test_upstreams_that_nothing_reads_now_are_dropped() -> None:
    flagged = [make("flag"), make("a", deps=["flag"])]
    made = plan(flagged, [state("flag", "missing", NEVER), state("a")], "a")
    assert made.all_fresh


def test_an_order_only_dependency_comes_first() -> None:
    flagged = [make("a", deps=["flag"]), make("flag")]
    states = [state("flag", "missing", NEVER), state("a", "stale", CHANGED)]
    made = plan(flagged, states, "a")
    assert list(steps(made)) == ["flag", "a"]
    assert made.steps[1].after == ("flag",) and made.steps[1].inputs == ()


def test_what_is_not_made_here_is_no_step() -> None:
    made = plan(
        [AssetSpec("landing"), make("a", "landing")],
        [state("landing", "missing"), state("a", "missing", NEVER)],
        "landing",
        "a",
    )
    assert list(steps(made)) == ["a"] and made.targets == (AssetKey("a"),)


def test_what_only_waits_for_another_location_is_left() -> None:
    remembered = {AssetKey("a"): AssetSpec("a")}
    graph = AssetGraph.build(
        [make("b", "a"), make("c", "b"), make("d", "a")], remembered=remembered
    )
    each = [
        state("a", "stale", CHANGED), state("b", "stale", stale_above("a")),
        state("c", "stale", stale_above("b")), state("d", "stale", stale_above("a"), CHANGED),
    ]  # fmt: skip
    states = {every.key: every for every in each}
    made = make_plan(graph, states, Request("*", tuple(map(AssetKey, "bcd"))))
    assert list(steps(made)) == ["d"]
    assert "left as they are: b, c (upstream `a` is stale, which is made elsewhere)" in str(made)
    forced = make_plan(graph, states, Request("b", (AssetKey("b"),), force=True))
    assert list(steps(forced)) == ["b"]
