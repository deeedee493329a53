"""What of an earlier run is done again, and why: from how its steps ended and the states now."""

from __future__ import annotations

from typing import Any

import pytest
from tests.planning.situations import CHANGED, NEVER, check_of, make, stale_above, state, unchecked

from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.dependencies.asset_state import AssetState
from assetbook.dependencies.reasons import Reason, ReasonKind
from assetbook.keys import AssetKey, CheckKey
from assetbook.planning.re_execution import Again, FormerStep, HowEnded, Kind, plan_again
from assetbook.planning.steps import Plan

CHAIN = (make("a"), make("b", "a"), make("c", "b"))
A, B, C = (AssetKey(name) for name in "abc")
FAILED_CHECK = Reason(ReasonKind.CHECK_FAILED, "ok")


def step(name: str, ended: HowEnded, check: str = "") -> FormerStep:
    own = f"{name}:{check}" if check else name
    key = AssetKey(name)
    return FormerStep(
        own, (key,), ended, "9f2", "was interrupted", CheckKey(key, check) if check else None
    )


def planned(
    kind: Kind, ends: list[FormerStep], *states: AssetState, checks: Any = (), **more: Any
) -> Plan:
    graph = AssetGraph.build([*CHAIN, *checks])
    now = {AssetKey(name): state(name) for name in "abc"} | {each.key: each for each in states}
    pending = more.pop("pending", ())
    return plan_again(graph, now, Again("*", kind, ends, "9f2", **more), pending)


def told(plan: Plan) -> dict[str, str]:
    return {each.name: each.why for each in plan}


BROKEN = [step("a", "done"), step("b", "begun"), step("c", "unreached")]
FAILED = [step("a", "done"), step("b", "failed"), step("c", "upstream_failed")]


def test_resume_does_what_is_left() -> None:
    plan = planned("resume", BROKEN, state("b", "missing", NEVER), state("c", "missing", NEVER))
    assert told(plan) == {
        "b": "on its way when run 9f2 was interrupted",
        "c": "not reached when run 9f2 was interrupted",
    }


def test_resume_makes_again_what_no_longer_counts_and_follows_it() -> None:
    ends = [step("a", "done"), step("b", "done"), step("c", "unreached")]
    found = planned(
        "resume",
        ends,
        state("a", "stale", CHANGED),
        state("b", "stale", stale_above("a")),
        state("c", "missing", NEVER),
    )
    assert told(found) == {
        "a": "its own code changed",
        "b": "if the data of `a` changes",
        "c": "not reached when run 9f2 was interrupted",
    }
    assert found.steps[1].condition == (A,)


def test_what_only_follows_is_resumed_on_condition() -> None:
    ends = [step("a", "begun"), step("b", "unreached"), step("c", "unreached")]
    states = state("a", "stale", CHANGED), state("b", "stale", stale_above("a"))
    found = planned("resume", ends, *states, state("c", "stale", stale_above("b")))
    assert told(found)["b"] == "if the data of `a` changes"
    forced = planned("resume", ends, *states, forced=True)
    assert told(forced)["b"] == "not reached when run 9f2 was interrupted"


def test_what_is_fresh_by_now_is_left_unless_the_run_was_forced() -> None:
    ends = [step("a", "done"), step("b", "done"), step("c", "unreached")]
    assert told(planned("resume", ends)) == {}
    assert [left.key for left in planned("resume", ends).left] == [C]
    assert list(told(planned("resume", ends, forced=True))) == ["c"]


def test_what_reads_the_world_is_read_all_the_same() -> None:
    ends = [step("a", "unreached")]
    assert list(told(planned("resume", ends, state("a", own_as_of=True)))) == ["a"]


def test_from_failure_uses_the_stale_and_says_so() -> None:
    found = planned(
        "from_failure", FAILED, state("a", "stale", CHANGED), state("c", "missing", NEVER)
    )
    assert told(found) == {
        "b": "failed in run 9f2",
        "c": "what it needs failed in run 9f2",
    }
    [left] = found.left
    assert (left.key, left.state) == (A, "stale")
    assert "left as they are: a (its own code changed); `%materialize` runs them" in str(found)


@pytest.mark.parametrize("kind", ["resume", "from_failure"])
@pytest.mark.parametrize(
    ("gone", "why"),
    [
        (state("a", "missing", Reason(ReasonKind.WIPED, "today")), "its value was wiped today"),
        (state("a", "blocked", FAILED_CHECK), "its check `ok` failed"),
    ],
)
def test_what_cannot_be_read_is_made_first(kind: Kind, gone: AssetState, why: str) -> None:
    ends = [step("a", "done"), step("b", "failed")]
    assert list(told(planned(kind, ends, gone)).items()) == [
        ("a", why),
        ("b", "failed in run 9f2"),
    ]


def test_what_is_needed_is_made_though_it_was_no_step() -> None:
    found = planned("selection", [step("c", "done")], state("b", "missing", NEVER), chosen={C})
    assert told(found) == {"b": "never materialized", "c": "you retry run 9f2"}


def test_all_runs_what_was_skipped_on_condition() -> None:
    ends = [step("a", "done"), step("b", "skipped"), step("c", "failed")]
    assert told(planned("all", ends)) == {
        "a": "you retry run 9f2",
        "b": "if the data of `a` changes",
        "c": "you retry run 9f2",
    }


def test_changed_code_is_told() -> None:
    found = planned("all", FAILED, state("a", "stale", CHANGED), changed={A, B})
    assert told(found)["a"] == "you retry run 9f2; its own code changed"
    assert told(found)["b"] == "you retry run 9f2; its code changed since run 9f2"


def test_a_check_that_was_not_reached_runs_on_the_version_that_is_there() -> None:
    ok = CheckKey(A, "ok")
    ends = [step("a", "done"), step("a", "unreached", "ok"), step("b", "unreached")]
    found = planned(
        "resume",
        ends,
        state("a", "blocked", unchecked()),
        state("b", "missing", NEVER),
        checks=[check_of("a")],
        pending=[ok],
    )
    assert list(told(found)) == ["a:ok", "b"]
    assert told(found)["a:ok"].startswith("not reached when run 9f2 was interrupted")
    assert found.steps[1].after == ("a:ok",)


def test_checks_of_what_is_made_again_run_too() -> None:
    found = planned("all", [step("a", "done")], checks=[check_of("a")])
    assert list(told(found)) == ["a", "a:ok"]


def test_a_check_that_failed_is_retried_alone_if_it_blocks_nothing() -> None:
    ends = [step("a", "done"), step("a", "failed", "ok")]
    found = planned("from_failure", ends, checks=[check_of("a", blocking=False)])
    assert told(found) == {"a:ok": "failed in run 9f2"}


def test_a_chosen_asset_brings_its_checks_and_no_others() -> None:
    ends = [step("a", "done"), step("a", "done", "ok"), step("b", "done")]
    found = planned("selection", ends, checks=[check_of("a")], chosen={A})
    assert list(told(found)) == ["a", "a:ok"]


def test_given_versions_are_never_made() -> None:
    found = planned(
        "from_failure", [step("b", "failed")], state("a", "missing", NEVER), given={A: "3"}
    )
    assert list(told(found)) == ["b"]
    assert found.given == {A: 3}
