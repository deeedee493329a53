"""Which checks run, before what, and on which version."""

from __future__ import annotations

import pytest
from tests.planning.situations import (
    CHAIN,
    CHANGED,
    MOVES,
    NEVER,
    check_of,
    failed,
    make,
    plan,
    stale_above,
    state,
    steps,
    unchecked,
)

from assetbook.keys import CheckKey


def test_a_new_version_is_checked_before_it_is_read() -> None:
    made = plan(
        [*CHAIN, check_of("a"), check_of("b", blocking=False)],
        [state(name, "missing", NEVER) for name in "abc"],
        "c",
    )
    assert [step.name for step in made] == ["a", "a:ok", "b", "b:ok", "c"]
    by_name = {step.name: step for step in made}
    assert by_name["a:ok"].after == ("a",)
    assert by_name["a:ok"].why == "it checks the new version of `a`"
    assert by_name["b"].after == ("a", "a:ok")
    assert by_name["c"].after == ("b",)
    assert by_name["a:ok"].check == CheckKey("a", "ok") and by_name["a:ok"].kind == "check"


def test_a_blocked_upstream_that_lacks_a_check_is_checked_first() -> None:
    states = [state("a", "blocked", unchecked()), state("b", "missing", NEVER)]
    made = plan([*CHAIN[:2], check_of("a")], states, "b", pending=["a:ok"])
    assert [step.name for step in made] == ["a:ok", "b"]
    assert made.steps[0].why == "its check `ok` has not run on this version"
    assert made.steps[1].after == ("a:ok",)


def test_a_blocked_upstream_that_nothing_reads_is_left() -> None:
    states = [state("a", "blocked", unchecked()), state("b")]
    assert plan([*CHAIN[:2], check_of("a")], states, "b", pending=["a:ok"]).all_fresh


def test_a_blocked_upstream_whose_check_failed_is_made_again() -> None:
    states = [state("a", "blocked", failed()), state("b", "missing", NEVER)]
    made = plan([*CHAIN[:2], check_of("a")], states, "b")
    assert list(steps(made)) == ["a", "a:ok", "b"]
    assert made.steps[0].why == "its check `ok` failed"


def test_a_blocked_target_is_checked_or_made_again() -> None:
    checked = [make("a"), check_of("a")]
    only_check = plan(checked, [state("a", "blocked", unchecked())], "a", pending=["a:ok"])
    assert list(steps(only_check)) == ["a:ok"]
    again = plan(checked, [state("a", "blocked", failed())], "a")
    assert list(steps(again)) == ["a", "a:ok"]


def test_a_check_that_the_function_answers_needs_the_function() -> None:
    from assetbook.definitions.check_spec import AssetCheckSpec

    spec = AssetCheckSpec("ok", asset="a", blocking=True)
    made = plan([make("a", check_specs=[spec])], [state("a", "blocked", unchecked())], "a")
    assert steps(made) == {"a": "its check `ok` has not run on this version"}


def test_a_pending_check_of_a_fresh_target_runs_alone() -> None:
    checked = [*CHAIN[:2], check_of("a", blocking=False)]
    states = [state("a"), state("b")]
    assert list(steps(plan(checked, states, "a", pending=["a:ok"]))) == ["a:ok"]
    assert plan(checked, states, "b", pending=["a:ok"]).all_fresh
    assert plan(checked, states, "a").all_fresh


def test_a_check_waits_for_all_that_it_reads() -> None:
    made = plan(
        [make("a"), check_of("a", "z", others=["y"]), make("z"), make("y"), make("b", "a")],
        [state(name, "missing", NEVER) for name in "azyb"],
        "a",
        "b",
        "z",
        "y",
    )
    names = [step.name for step in made]
    assert set(made.steps[names.index("a:ok")].after) == {"a", "z", "y"}
    assert names.index("a:ok") < names.index("b")


def test_what_a_check_reads_is_brought_up_first() -> None:
    definitions = [make("a"), check_of("a", "z", blocking=False), make("y"), make("z", "y")]
    missing = [state("a", "missing", NEVER), state("y", "missing", NEVER)]
    made = plan(definitions, [*missing, state("z", "missing", NEVER)], "a")
    assert [step.name for step in made] == ["a", "y", "z", "a:ok"]
    assert steps(made)["z"] == "never materialized"
    stale = plan(definitions, [*missing[:1], state("y"), state("z", "stale", CHANGED)], "a")
    assert list(steps(stale)) == ["a", "z", "a:ok"]


def test_what_a_pending_check_reads_is_brought_up_too() -> None:
    definitions = [make("a"), check_of("a", others=["z"]), make("z"), make("b", "a")]
    states = [state("a", "blocked", unchecked()), state("z", "missing", NEVER)]
    made = plan(definitions, [*states, state("b", "missing", NEVER)], "b", pending=["a:ok"])
    assert [step.name for step in made] == ["z", "a:ok", "b"]


def test_a_check_that_does_not_run_brings_nothing() -> None:
    definitions = [make("a"), check_of("a", "z"), make("z"), make("b", "a")]
    states = [state("a"), state("z", "missing", NEVER), state("b", "missing", NEVER)]
    assert list(steps(plan(definitions, states, "b"))) == ["b"]
    assert plan(definitions, [state("a"), state("z", "unknown", MOVES)], "a").left[0].why == "fresh"


@pytest.mark.parametrize("options", [{"only": True}, {"force": True}, {"unknown": True}])
def test_what_a_check_reads_obeys_the_request(options: dict[str, bool]) -> None:
    definitions = [make("a"), check_of("a", "z", "y", "x"), make("z"), make("y"), make("x")]
    states = [state("a", "missing", NEVER), state("z", "missing", NEVER)]
    states += [state("y", "unknown", MOVES), state("x")]
    made = plan(definitions, states, "a", **options)
    brought = {"only": [], "force": ["z"], "unknown": ["z", "y"]}[next(iter(options))]
    assert list(steps(made)) == ["a", *brought, "a:ok"]


def test_a_check_waits_for_the_checks_of_what_it_reads() -> None:
    definitions = [make("a"), check_of("a", "z"), make("z"), check_of("z")]
    states = [state("a", "missing", NEVER), state("z", "blocked", failed())]
    made = plan(definitions, states, "a")
    assert [step.name for step in made] == ["a", "z", "z:ok", "a:ok"]
    assert made.steps[-1].after == ("a", "z", "z:ok")


def test_what_a_check_reads_may_lie_below_its_asset() -> None:
    definitions = [make("a"), check_of("a", "b", blocking=False), make("b", "a")]
    states = [state("a", "stale", CHANGED), state("b", "stale", stale_above("a"))]
    made = plan(definitions, states, "a")
    assert [step.name for step in made] == ["a", "b", "a:ok"]
    assert steps(made)["b"] == "if the data of `a` changes"
