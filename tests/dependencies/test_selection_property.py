"""Laws that hold for any graph, any selection and any text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assetbook.dependencies.dag import Dag
from assetbook.dependencies.selection import AssetSelection, SelectionGraph
from assetbook.dependencies.selection_completion import completions
from assetbook.dependencies.selection_expression import Pattern
from assetbook.errors import SelectionError
from assetbook.keys import AssetKey


@dataclass(frozen=True)
class Facts:
    group_name: str
    tags: Mapping[str, str]
    kinds: frozenset[str]
    owners: frozenset[str]
    is_external: bool


PARTS = ["a", "b", "raw", "or", "Not", "sinks", "7", "x-y", "two words", 'q"*\\', "ü", "tag:k", "+"]
FACTS = st.builds(
    Facts,
    group_name=st.sampled_from(["g", "g1", "more"]),
    tags=st.dictionaries(st.sampled_from(["k", "dagster/k"]), st.sampled_from(["", "v", "w"])),
    kinds=st.frozensets(st.sampled_from(["sql", "python"])),
    owners=st.frozensets(st.sampled_from(["a@b.co", "team:data"])),
    is_external=st.booleans(),
)


PATHS = st.lists(st.sampled_from(PARTS), min_size=1, max_size=2).map(tuple)
NODES = st.lists(
    st.tuples(PATHS, st.lists(st.integers(0, 8), max_size=3), FACTS),
    min_size=5,
    max_size=9,
    unique_by=lambda node: "/".join(node[0]),
)


def graph_of(nodes: list[tuple[tuple[str, ...], list[int], Facts]]) -> SelectionGraph:
    names = [AssetKey(path) for path, _, _ in nodes]
    parents = {
        names[place]: [names[each] for each in above if each < place]
        for place, (_, above, _) in enumerate(nodes)
    }
    return SelectionGraph(Dag(parents), {n: node[2] for n, node in zip(names, nodes, strict=True)})


def graphs() -> st.SearchStrategy[SelectionGraph]:
    """Small graphs, whose keys need quotes more often than not."""
    return NODES.map(graph_of)


S = AssetSelection
Recipe = Callable[[SelectionGraph], AssetSelection]
"""How to make a selection for any graph: a strategy of recipes is built once, so it is quick."""


def fixed(selection: AssetSelection) -> Recipe:
    return lambda graph: selection


def of_keys(places: list[int]) -> Recipe:
    return lambda graph: S.assets(*(graph.dag.order[n % len(graph.dag)] for n in places))


def by_name(place: int) -> Recipe:
    """A bare name, quoted; whole keys, so that each fits."""

    def named(graph: SelectionGraph) -> AssetSelection:
        key = str(graph.dag.order[place % len(graph.dag)])
        return S.from_string(Pattern((key,)).quoted)

    return named


def made_by(method: Callable[..., AssetSelection], *given_ones: object) -> Callable[..., Recipe]:
    """A method of one or two selections, as a method of recipes."""
    return lambda *inner: lambda graph: method(*(each(graph) for each in inner), *given_ones)


PLACES = st.integers(0, 8)
SIMPLE = st.one_of(
    st.lists(PLACES, max_size=4).map(of_keys),
    st.lists(PLACES, min_size=2, max_size=6).map(of_keys),
    PLACES.map(by_name),
    st.sampled_from(
        [
            *(S.all(), S.all(include_sources=True), S.kind("sql"), S.kind(None), S.owner(None)),
            *(S.groups("g"), S.tag("k"), S.tag("dagster/k", "v"), S.owner("team:data")),
            *(S.key_prefixes("a"), S.key_prefixes("raw", "x-y", "ü"), S.key_prefixes('q"*\\')),
            *(S.key_substring("o"), S.key_substring("*"), S.key_substring(" ")),
            *(S.from_string(f'key:"{each}"') for each in ("*", "*a*", "*o*", "raw/*")),
            *(S.from_string(each) for each in ("group:g*", "is:external", "tag:k=*")),
        ]
    ).map(fixed),
)
LAYERS = [
    made_by(method, depth, include_self)
    for method in (S.upstream, S.downstream)
    for depth in (None, 0, 1, 2)
    for include_self in (True, False)
]
NARROWED = [made_by(method) for method in (S.sinks, S.roots, S.materializable)]
JOINED = [made_by(method) for method in (S.__or__, S.__and__, S.__sub__)]
RECIPES: st.SearchStrategy[Recipe] = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        st.builds(lambda make, a: make(a), st.sampled_from(LAYERS + NARROWED), inner),
        st.builds(lambda make, a, b: make(a, b), st.sampled_from(JOINED), inner, inner),
    ),
    max_leaves=6,
)


def cases(count: int) -> st.SearchStrategy[tuple[SelectionGraph, list[AssetSelection]]]:
    """A graph and so many selections in it."""
    return st.builds(
        lambda graph, recipes: (graph, [recipe(graph) for recipe in recipes]),
        graphs(),
        st.lists(RECIPES, min_size=count, max_size=count),
    )


def text_of(selection: AssetSelection) -> str:
    return f"({selection.to_selection_str()})"


def chosen(text: str, graph: SelectionGraph) -> frozenset[AssetKey]:
    return AssetSelection.from_string(text).resolve(graph)


def naively_above(graph: SelectionGraph, start: frozenset[AssetKey]) -> frozenset[AssetKey]:
    """What is made here above ``start``, by asking each asset's parents again and again."""
    found = set(start)
    while True:
        more = {parent for key in found for parent in graph.dag.parents_of(key)} - found
        if not more:
            return start | {key for key in found if not graph.facts[key].is_external}
        found |= more


@given(cases(1))
@settings(max_examples=200, deadline=None)
def test_the_text_reads_back_as_the_same(case: tuple[SelectionGraph, list[AssetSelection]]) -> None:
    graph, (selection,) = case
    text = selection.to_selection_str()
    assert chosen(text, graph) == selection.resolve(graph)
    assert AssetSelection.from_string(text).named(graph) == selection.named(graph)


@given(cases(2))
@settings(max_examples=100, deadline=None)
def test_de_morgan_holds(case: tuple[SelectionGraph, list[AssetSelection]]) -> None:
    graph, (a, b) = case
    x, y = text_of(a), text_of(b)
    assert chosen(f"not ({x} or {y})", graph) == chosen(f"not {x} and not {y}", graph)
    assert chosen(f"not ({x} and {y})", graph) == chosen(f"not {x} or not {y}", graph)


@given(cases(2))
@settings(max_examples=100, deadline=None)
def test_operators_are_those_of_sets(case: tuple[SelectionGraph, list[AssetSelection]]) -> None:
    graph, (a, b) = case
    x, y = a.resolve(graph), b.resolve(graph)
    assert (a | b).resolve(graph) == x | y == chosen(f"{text_of(a)} {text_of(b)}", graph)
    assert (a & b).resolve(graph) == x & y == chosen(f"{text_of(b)} and {text_of(a)}", graph)
    assert (a - b).resolve(graph) == x - y == chosen(f"not {text_of(b)} and {text_of(a)}", graph)


@given(cases(1))
@settings(max_examples=100, deadline=None)
def test_a_plus_is_the_whole_closure(case: tuple[SelectionGraph, list[AssetSelection]]) -> None:
    graph, (selection,) = case
    start = selection.resolve(graph)
    assert chosen(f"+{text_of(selection)}", graph) == naively_above(graph, start)
    bounded = chosen(f"{len(graph.dag)}+{text_of(selection)}", graph)
    assert bounded == naively_above(graph, start)


@given(cases(1), st.integers(0, 4))
@settings(max_examples=100, deadline=None)
def test_layers_add_up(case: tuple[SelectionGraph, list[AssetSelection]], depth: int) -> None:
    graph, (selection,) = case
    step_by_step = selection
    for _ in range(depth):
        step_by_step = step_by_step.downstream(1)
    assert selection.downstream(depth).resolve(graph) == step_by_step.resolve(graph)


@given(cases(1))
@settings(max_examples=100, deadline=None)
def test_every_selected_asset_lies_between_ends(
    case: tuple[SelectionGraph, list[AssetSelection]],
) -> None:
    graph, (selection,) = case
    within = selection.resolve(graph)
    roots, sinks = selection.roots().resolve(graph), selection.sinks().resolve(graph)
    assert within <= roots | graph.dag.descendants(roots)
    assert within <= sinks | graph.dag.ancestors(sinks)
    assert not graph.dag.descendants(sinks) & within


@given(cases(1))
@settings(max_examples=100, deadline=None)
def test_tips_lie_within_and_lead_back(case: tuple[SelectionGraph, list[AssetSelection]]) -> None:
    graph, (selection,) = case
    tips, whole = selection.tips().resolve(graph), selection.resolve(graph)
    assert tips <= whole <= tips | graph.dag.ancestors(tips)


WORDS = [
    *("a", "raw/*", "and", "or", "NOT", "+", "2+", "+1", "(", ")", "sinks(", "key:", "tag:k="),
    *("owner:", "<null>", '"', "\\", ",", " ", "@41", "*", ":", "=", "is:external", "²", "\n"),
]
ANY_TEXT = st.text(max_size=40) | st.lists(st.sampled_from(WORDS), max_size=14).map("".join)


@given(ANY_TEXT)
@settings(max_examples=600, deadline=None)
@example("²+a")
@example("a\ud800=")
@example("\u2028")
def test_reading_ends_well_or_points_into_the_text(text: str) -> None:
    try:
        AssetSelection.from_string(text)
    except SelectionError as error:
        pointer = error.found.split("\n")[-1]
        position = pointer.index("^") - 2
        assert pointer.endswith("^")
        assert 0 <= position <= len(text)


@given(ANY_TEXT)
@settings(max_examples=300, deadline=None)
def test_what_can_be_read_can_be_written(text: str) -> None:
    try:
        selection = AssetSelection.from_string(text)
    except SelectionError:
        return
    again = AssetSelection.from_string(selection.to_selection_str())
    assert again.to_selection_str() == selection.to_selection_str()


@given(graphs(), st.data())
@settings(max_examples=100, deadline=None)
def test_completed_keys_select_something(graph: SelectionGraph, data: st.DataObject) -> None:
    offered = [each for each in completions("", 0, graph) if each[-1] not in ":("]
    assert offered
    assert chosen(data.draw(st.sampled_from(offered)), graph)


def test_random_texts_are_often_readable() -> None:
    """The control: a parser that refused everything would pass the laws about texts."""
    readable = 0

    @given(ANY_TEXT)
    @settings(max_examples=300, deadline=None, database=None, derandomize=True)
    def count(text: str) -> None:
        nonlocal readable
        try:
            AssetSelection.from_string(text)
            readable += 1
        except SelectionError:
            pass

    count()
    assert readable > 15


def test_random_selections_are_often_not_empty() -> None:
    """The control: laws about empty sets would hold whatever the code does."""
    sizes: list[int] = []

    @given(cases(1))
    @settings(max_examples=200, deadline=None, database=None, derandomize=True)
    def count(case: tuple[SelectionGraph, list[AssetSelection]]) -> None:
        graph, (selection,) = case
        sizes.append(len(selection.resolve(graph)))

    count()
    assert sum(size > 1 for size in sizes) > 20


def test_a_broken_closure_would_be_noticed() -> None:
    key = [AssetKey(name) for name in "abc"]
    facts = Facts("g", {}, frozenset(), frozenset(), False)
    graph = SelectionGraph(Dag({key[2]: [key[1]], key[1]: [key[0]]}), dict.fromkeys(key, facts))
    assert naively_above(graph, frozenset(key[2:])) == set(key)
    with pytest.raises(SelectionError):
        chosen("d", graph)
