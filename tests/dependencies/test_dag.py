"""The graph of assets as such."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetbook.dependencies.dag import Dag, find_cycle
from assetbook.errors import DefinitionError, SelectionError
from assetbook.keys import AssetKey

Parents = dict[AssetKey, list[AssetKey]]


def keys(words: str) -> list[AssetKey]:
    return [AssetKey.from_user_string(word) for word in words.split()]


def parents(**above: str) -> Parents:
    return {AssetKey(name): keys(words) for name, words in above.items()}


FLIGHTS = parents(
    flights="",
    airlines="",
    weather="",
    clean="flights",
    delays="clean airlines",
    report="delays weather",
)


@st.composite
def any_parents(draw: st.DrawFn) -> Parents:
    """Any small graph, also with cycles and with parents that are no nodes."""
    names = [AssetKey(f"n{number}") for number in range(draw(st.integers(0, 8)))]
    some = st.lists(st.sampled_from(names), max_size=3) if names else st.just([])
    given_ones = draw(st.lists(st.sampled_from(names), unique=True)) if names else []
    return {name: draw(some) for name in given_ones}


def test_parents_come_before_children() -> None:
    order = Dag(parents(report="delays", delays="flights", flights="")).order
    assert list(order) == keys("flights delays report")


def test_ties_keep_the_first_mention() -> None:
    assert list(Dag(FLIGHTS).order) == keys("flights airlines weather clean delays report")
    late = parents(x="", report="z", y="", z="")
    assert list(Dag(late).order) == keys("x z report y")


def test_both_directions_are_kept_in_order() -> None:
    dag = Dag(FLIGHTS)
    assert list(dag.parents_of(AssetKey("delays"))) == keys("clean airlines")
    assert list(dag.children_of(AssetKey("weather"))) == keys("report")


def test_a_parent_given_twice_counts_once() -> None:
    dag = Dag(parents(a="", b="a a"))
    assert list(dag.parents_of(AssetKey("b"))) == keys("a")
    assert list(dag.children_of(AssetKey("a"))) == keys("b")


def test_an_unlisted_parent_becomes_a_node() -> None:
    dag = Dag(parents(orders="warehouse"))
    assert list(dag.order) == keys("warehouse orders")
    assert dag.parents_of(AssetKey("warehouse")) == ()
    assert len(dag) == 2


@pytest.mark.parametrize(
    ("depth", "above"),
    [
        (0, ""),
        (1, "delays weather"),
        (2, "delays weather clean airlines"),
        (9, "all"),
        (None, "all"),
    ],
)
def test_ancestors_stop_at_the_depth(depth: int | None, above: str) -> None:
    words = "flights airlines weather clean delays" if above == "all" else above
    assert Dag(FLIGHTS).ancestors(keys("report"), depth) == set(keys(words))


def test_descendants_go_all_the_way_down() -> None:
    dag = Dag(FLIGHTS)
    assert dag.descendants(AssetKey("flights")) == set(keys("clean delays report"))
    assert dag.descendants(AssetKey("flights"), 1) == set(keys("clean"))


def test_a_start_is_reached_only_from_another() -> None:
    dag = Dag(FLIGHTS)
    assert AssetKey("clean") in dag.ancestors(keys("clean delays"))
    assert AssetKey("clean") not in dag.ancestors(keys("clean"))


def test_ends_look_past_what_is_left_out() -> None:
    dag = Dag(FLIGHTS)
    within = set(keys("flights report weather"))
    assert dag.roots(within) == set(keys("flights weather"))
    assert dag.sinks(within) == set(keys("report"))
    assert dag.roots() == set(keys("flights airlines weather"))
    assert dag.sinks() == set(keys("report"))


@pytest.mark.parametrize(
    ("graph", "drawn"),
    [
        (parents(a="c", b="a", c="b", d="c"), r"a → b → c → a$"),
        (parents(z="", a="a"), r"a → a$"),
        (parents(below="x", x="y", y="x"), r"x → y → x$"),
    ],
    ids=["three, and one below", "itself", "mentioned below first"],
)
def test_a_cycle_is_drawn_as_a_path(graph: Parents, drawn: str) -> None:
    with pytest.raises(DefinitionError) as raised:
        Dag(graph)
    assert raised.match("each is needed by the next, in a cycle")
    assert raised.value.found.endswith(drawn.rstrip("$"))


def test_unknown_nodes_offer_the_nearest() -> None:
    with pytest.raises(SelectionError, match="not in this graph\nDid you mean `flights`"):
        Dag(FLIGHTS).parents_of(AssetKey("flight"))


def test_the_graph_cannot_be_changed() -> None:
    given_ones = parents(a="", b="a")
    dag = Dag(given_ones)
    given_ones[AssetKey("b")].clear()
    assert list(dag.parents_of(AssetKey("b"))) == keys("a")
    with pytest.raises(AttributeError):
        dag.order = ()  # type: ignore[misc]


@given(any_parents())
def test_a_graph_has_an_order_or_a_cycle(graph: Parents) -> None:
    cycle = find_cycle(graph)
    if cycle is None:
        place = {key: number for number, key in enumerate(Dag(graph).order)}
        assert all(place[above] < place[key] for key in graph for above in graph[key])
        assert place.keys() == graph.keys() | {each for above in graph.values() for each in above}
    else:
        nexts = (*cycle[1:], cycle[0])
        assert all(key in graph[after] for key, after in zip(cycle, nexts, strict=True))
        assert len(set(cycle)) == len(cycle)
        with pytest.raises(DefinitionError, match="in a cycle"):
            Dag(graph)


def test_deep_chains_need_no_recursion() -> None:
    chain = {AssetKey(f"n{n}"): [AssetKey(f"n{n + 1}")] for n in range(5_000)}
    dag = Dag(chain)
    assert len(dag.ancestors(AssetKey("n0"))) == 5_000
    closed = {**chain, AssetKey("n5000"): [AssetKey("n0")]}
    assert len(find_cycle(closed) or ()) == 5_001
