"""Which steps run: each rule by itself, then what must hold for any graph and any states."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.check_definition import AssetChecksDefinition, asset_check
from assetbook.definitions.collection import Definition
from assetbook.definitions.multi_asset_decorator import multi_asset
from assetbook.definitions.ports import AssetIn, AssetOut
from assetbook.definitions.spec import AssetSpec
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.dependencies.freshness import AssetState, State
from assetbook.dependencies.reasons import Reason, ReasonKind
from assetbook.keys import AssetKey, CheckKey
from assetbook.planning.planner import Request, make_plan
from assetbook.planning.steps import Plan

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def make(key: str, *inputs: str, **options: Any) -> AssetsDefinition:
    names: dict[str, Any] = {}
    exec(f"def fn({', '.join(inputs)}): return 1", names)
    return asset(key=key, **options)(names["fn"])


def check_of(
    name: str, *more: str, blocking: bool = True, others: Iterable[str] = ()
) -> AssetChecksDefinition:
    names: dict[str, Any] = {}
    exec(f"def ok({', '.join([name, *more])}): return True", names)
    ins = {each: AssetIn() for each in more}
    decorate = asset_check(
        asset=name, blocking=blocking, additional_ins=ins, additional_deps=others
    )
    return decorate(names["ok"])


def state(
    name: str, kind: State = "fresh", *reasons: Reason, own_as_of: bool = False
) -> AssetState:
    number = None if kind == "missing" else 1
    as_of = AT if own_as_of else None
    return AssetState(AssetKey(name), kind, reasons, as_of, own_as_of, number, "d1")


NEVER = Reason(ReasonKind.NEVER_MATERIALIZED)
CHANGED = Reason(ReasonKind.CODE_CHANGED)
MOVES = Reason(ReasonKind.NOT_VERSIONABLE, "conn", "`conn` moves")


def stale_above(name: str) -> Reason:
    return Reason(ReasonKind.UPSTREAM_STALE, name)


def unchecked(name: str = "ok") -> Reason:
    return Reason(ReasonKind.CHECK_NOT_RUN, name)


def failed(name: str = "ok") -> Reason:
    return Reason(ReasonKind.CHECK_FAILED, name)


def plan(
    definitions: Iterable[Definition],
    states: Iterable[AssetState],
    *targets: str,
    pending: Iterable[str] = (),
    **request: Any,
) -> Plan:
    keys = tuple(AssetKey.from_user_string(target) for target in targets)
    named = frozenset(request.pop("named", ()))
    return make_plan(
        AssetGraph.build(definitions),
        {each.key: each for each in states},
        Request(" ".join(targets), keys, frozenset(map(AssetKey, named)), **request),
        [CheckKey(*each.split(":")) for each in pending],
    )


def steps(made: Plan) -> dict[str, str]:
    return {step.name: step.why for step in made}


CHAIN = [make("a"), make("b", "a"), make("c", "b")]


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


# ---- checks


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


# ---- functions that make several assets


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


# ---- whatever the graph and the states

NAMES = "abcdefgh"
KINDS: list[State] = ["fresh", "fresh", "stale", "unknown", "missing", "blocked"]


@st.composite
def situations(draw: st.DrawFn) -> tuple[list[Definition], list[AssetState], list[str]]:
    """A graph with order-only edges, checks and a function of two assets; a state for each."""
    definitions: list[Definition] = []
    count = draw(st.integers(2, len(NAMES)))
    names = list(NAMES[:count])
    shuffled = draw(st.permutations(names))
    made_together = draw(st.sampled_from([0, 0, 2]))
    for index, name in enumerate(names):
        above = st.sets(st.sampled_from(names[:index])) if index else st.just(set[str]())
        inputs, deps = sorted(draw(above)), sorted(draw(above))
        if made_together and index < 2:
            continue
        definitions.append(make(name, *inputs, deps=deps))
        if draw(st.booleans()):
            definitions.append(check_of(name, blocking=draw(st.booleans())))
    if made_together:

        @multi_asset(
            outs={"a": AssetOut(), "b": AssetOut()},
            can_subset=draw(st.booleans()),
            internal_asset_deps=draw(st.sampled_from([None, {"b": [AssetKey("a")]}])),
        )
        def both() -> None: ...

        definitions.append(both)
    states = [_any_state(draw, name) for name in names]
    targets = draw(st.lists(st.sampled_from(shuffled), min_size=1, max_size=3, unique=True))
    return draw(st.permutations(definitions)), states, targets


def _any_state(draw: st.DrawFn, name: str) -> AssetState:
    kind = draw(st.sampled_from(KINDS))
    reasons = {
        "fresh": (),
        "missing": (NEVER,),
        "stale": (CHANGED,),
        "unknown": (MOVES,),
        "blocked": (draw(st.sampled_from([unchecked(), failed()])),),
    }[kind]
    return state(name, kind, *reasons, own_as_of=kind == "fresh" and draw(st.booleans()))


OPTIONS = st.fixed_dictionaries(
    {name: st.booleans() for name in ("force", "only", "unknown", "sources")}
)


@settings(max_examples=150, deadline=None)
@given(situations(), OPTIONS)
def test_what_holds_for_every_plan(
    situation: tuple[list[Definition], list[AssetState], list[str]], options: dict[str, bool]
) -> None:
    definitions, states, targets = situation
    graph = AssetGraph.build(definitions)
    made = plan(definitions, states, *targets, **options)
    by_key = {str(each.key): each for each in states}

    place = {step.name: index for index, step in enumerate(made)}
    assert len(place) == len(made)
    for index, step in enumerate(made):
        assert all(place[name] < index for name in step.after), "it comes after what it waits for"
        for key in step.inputs:
            if key in made.by_key:
                assert made.by_key[key].name in step.after

    mates: set[str] = set()
    for step in made:
        if step.kind == "asset":
            maker = graph.makers[step.keys[0]]
            if not maker.can_subset:
                assert set(step.keys) == set(maker.keys), "a function makes all its assets"
            if len(step.keys) > 1:
                mates.update(map(str, step.keys))

    for step in made:
        if step.kind != "asset" or step.condition:
            assert all(key in made.by_key for key in step.condition)
            continue
        for name in map(str, step.keys):
            one = by_key[name]
            forced = options["force"] and name in targets
            reread = options["sources"] and one.own_as_of
            assert one.state != "fresh" or forced or reread or name in mates

    running = {str(key) for key in made.by_key}
    if options["only"]:
        brought = {name for name in running if name not in targets}
        assert brought <= mates
    for name in targets:
        if by_key[name].state in ("missing", "stale", "unknown") or options["force"]:
            assert name in running, "what is named and not fresh runs"
    if not options["only"]:
        for step in made:
            for key in step.inputs if step.kind == "asset" else ():
                assert by_key[str(key)].state != "missing" or key in made.by_key

    read = {str(key) for step in made if step.kind == "asset" for key in step.keys}
    followed = {str(up) for name in read for up in graph.dag.parents_of(AssetKey(name))}
    assert all(name in targets or name in followed or name in mates for name in running)
