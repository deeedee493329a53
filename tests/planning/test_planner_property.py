"""What holds for every plan, whatever the graph, the states and the request."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.planning.situations import (
    CHANGED,
    MOVES,
    NEVER,
    check_of,
    failed,
    make,
    plan,
    state,
    unchecked,
)

from assetbook.definitions.collection import Definition
from assetbook.definitions.multi_asset_decorator import multi_asset
from assetbook.definitions.ports import AssetOut
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.dependencies.asset_state import AssetState, State
from assetbook.keys import AssetKey

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
            others = sorted(draw(above))
            blocking = draw(st.booleans())
            definitions.append(check_of(name, blocking=blocking, others=others))
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

    nodes = [node for key in graph.checks for node in graph.check_nodes(key)]
    checked = {node.key.to_user_string(): node for node in nodes}
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
            for key in step.inputs if step.kind == "asset" else checked[step.name].others:
                assert by_key[str(key)].state != "missing" or key in made.by_key

    read = {str(key) for step in made if step.kind == "asset" for key in step.keys}
    followed = {str(up) for name in read for up in graph.dag.parents_of(AssetKey(name))}
    followed |= {
        str(key) for step in made if step.kind == "check" for key in checked[step.name].others
    }
    assert all(name in targets or name in followed or name in mates for name in running)
