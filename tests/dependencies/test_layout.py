"""Places and routes of a lineage picture."""

from __future__ import annotations

from itertools import combinations, pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetbook.dependencies.layout import Layout, Point, layout
from assetbook.dependencies.layout_order import longest_path_layers, ordered_columns
from assetbook.errors import DefinitionError

Edges = list[tuple[str, str]]

FLIGHTS = ["flights", "airlines", "weather", "flights_clean", "weather_clean", "delays", "report"]
FLIGHT_EDGES = [
    ("flights", "flights_clean"),
    ("weather", "weather_clean"),
    ("flights_clean", "delays"),
    ("airlines", "delays"),
    ("weather_clean", "delays"),
    ("delays", "report"),
]


def random_graph(count: int, seed: int = 7) -> tuple[list[str], Edges]:
    """A layered graph of about 1.5 edges a node, each spanning up to three layers."""
    random = Random(seed)
    per_layer = max(2, round(2 * count**0.5))
    edges: set[tuple[str, str]] = set()
    for node in range(per_layer, count):
        for _ in range(random.choice((1, 2))):
            layer = max(0, node // per_layer - random.randint(1, 3))
            start = layer * per_layer + random.randrange(per_layer)
            edges.add((f"n{start}", f"n{node}"))
    return [f"n{node}" for node in range(count)], sorted(edges)


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[str], Edges]:
    """Any small graph without cycles, its nodes in any order."""
    count = draw(st.integers(0, 14))
    pairs = [(f"n{a}", f"n{b}") for a, b in combinations(range(count), 2)]
    edges = draw(st.lists(st.sampled_from(pairs), max_size=30)) if pairs else []
    return draw(st.permutations([f"n{node}" for node in range(count)])), edges


def bends(laid: Layout, edge: tuple[str, str]) -> list[tuple[Point, Point]]:
    """The level pieces of a route, one for each column that it passes."""
    inner = laid.routes[edge][1:-1]
    return list(zip(inner[::2], inner[1::2], strict=True))


@given(graphs())
@settings(max_examples=150, deadline=None)
def test_no_two_nodes_overlap(graph: tuple[list[str], Edges]) -> None:
    places = layout(*graph, width=100, height=40, gap_x=50, gap_y=10).places.values()
    for one, other in combinations(places, 2):
        assert abs(one.x - other.x) >= 150 or abs(one.y - other.y) >= 50 - 0.2


@given(graphs())
@settings(max_examples=150, deadline=None)
def test_no_route_crosses_a_node(graph: tuple[list[str], Edges]) -> None:
    laid = layout(*graph, height=40, gap_y=12)
    for edge in laid.routes:
        for left, right in bends(laid, edge):
            passed = [place for place in laid.places.values() if place.x == left.x]
            assert passed
            assert left.y == right.y
            assert all(not place.y - 7 < left.y < place.y + 47 for place in passed)


@given(graphs())
@settings(max_examples=100, deadline=None)
def test_routes_run_rightwards_from_box_to_box(graph: tuple[list[str], Edges]) -> None:
    laid = layout(*graph, width=100, height=40)
    assert set(laid.routes) == set(graph[1])
    for (start, end), route in laid.routes.items():
        a, b = laid.places[start], laid.places[end]
        assert (route[0], route[-1]) == ((a.x + 100, a.y + 20), (b.x, b.y + 20))
        assert all(one.x < other.x for one, other in pairwise(route))


@given(graphs())
@settings(max_examples=100, deadline=None)
def test_everything_lies_within_the_size(graph: tuple[list[str], Edges]) -> None:
    laid = layout(*graph, width=100, height=40)
    assert set(laid.places) == set(graph[0])
    points = [point for route in laid.routes.values() for point in route]
    corners = [Point(place.x + 100, place.y + 40) for place in laid.places.values()]
    assert all(-0.2 <= each.y <= laid.height + 0.2 for each in [*points, *corners])
    assert all(0 <= each.x <= laid.width for each in [*points, *corners])


def test_an_edge_points_to_a_later_column() -> None:
    laid = layout(FLIGHTS, FLIGHT_EDGES)
    columns = [laid.places[name].layer for name in FLIGHTS]
    assert columns == [0, 0, 0, 1, 1, 2, 3]


def test_a_source_far_from_readers_moves_near() -> None:
    nodes = ["a", "b", "c", "d", "holidays"]
    laid = layout(nodes, [("a", "b"), ("b", "c"), ("c", "d"), ("holidays", "d")])
    assert laid.places["holidays"].layer == 2


def test_a_chain_is_a_straight_line() -> None:
    laid = layout(["a", "b", "c"], [("a", "b"), ("b", "c")])
    assert {place.y for place in laid.places.values()} == {0}


def test_a_fan_centres_on_its_source() -> None:
    laid = layout(["a", "x", "y", "z"], [("a", "x"), ("a", "y"), ("a", "z")])
    assert laid.places["a"].y == laid.places["y"].y
    assert laid.places["x"].y < laid.places["y"].y < laid.places["z"].y


def test_sweeps_untangle_crossed_edges() -> None:
    edges = [(0, 2), (0, 3), (1, 2)]
    columns = ordered_columns(longest_path_layers(4, edges), edges)
    assert columns.rows == [[0, 1], [3, 2]]


def test_parts_stand_apart_in_input_order() -> None:
    laid = layout(["b", "a", "b2", "a2"], [("a", "a2"), ("b", "b2")], height=40, gap_y=10)
    assert [laid.places[name].y for name in ("b", "b2", "a", "a2")] == [0, 0, 50, 50]


def test_nodes_without_edges_form_a_block_below() -> None:
    laid = layout(["lone", "a", "b", "alone"], [("a", "b")], height=40, gap_y=10)
    assert laid.places["a"].y == 0
    assert (laid.places["lone"].y, laid.places["alone"].y) == (50, 50)
    assert laid.places["lone"].x < laid.places["alone"].x


def test_a_column_is_as_wide_as_its_widest_node() -> None:
    widths = {"a": 50.0, "b": 200.0, "c": 70.0}
    laid = layout(list(widths), [("a", "c"), ("b", "c")], width=widths, gap_x=30)
    assert laid.places["c"].x == 230
    assert laid.width == 300
    assert laid.routes["a", "c"][0].x == 50


def test_a_new_leaf_keeps_columns_and_order() -> None:
    before = layout(FLIGHTS, FLIGHT_EDGES).places
    after = layout([*FLIGHTS, "new"], [*FLIGHT_EDGES, ("delays", "new")]).places
    for one, other in combinations(FLIGHTS, 2):
        assert before[one].x == after[one].x
        if before[one].layer == before[other].layer:
            assert (before[one].y < before[other].y) == (after[one].y < after[other].y)


def test_a_new_part_leaves_others_in_place() -> None:
    before = layout(FLIGHTS, FLIGHT_EDGES).places
    after = layout([*FLIGHTS, "x", "y"], [*FLIGHT_EDGES, ("x", "y")]).places
    assert {name: after[name] for name in FLIGHTS} == before


@pytest.mark.parametrize("count", [30, 1_000])
def test_a_new_leaf_moves_few_and_those_by_a_node_at_most(count: int) -> None:
    nodes, edges = random_graph(count)
    before = layout(nodes, edges, height=40, gap_y=16)

    after = layout(
        [*nodes, "new"],
        [*edges, (nodes[count // 2], "new")],
        height=40,
        gap_y=16,
        before=before,
    )

    moves = [abs(before.places[each].y - after.places[each].y) for each in nodes]
    assert max(moves) <= 40 + 16
    assert sum(each > 0 for each in moves) <= count // 20
    assert all(before.places[each].x == after.places[each].x for each in nodes)


def test_what_stays_moves_not_where_a_node_goes() -> None:
    nodes, edges = random_graph(300)
    [*others, last] = nodes
    before = layout(nodes, edges)

    after = layout(others, [each for each in edges if last not in each], before=before)

    assert {name: place.y for name, place in after.places.items()} == {
        name: before.places[name].y for name in others
    }


@given(graphs(), graphs())
@settings(max_examples=150, deadline=None)
def test_near_an_earlier_picture_no_node_lies_on_another_or_on_a_route(
    was: tuple[list[str], Edges], graph: tuple[list[str], Edges]
) -> None:
    before = layout(*was, width=100, height=40, gap_x=50, gap_y=12)
    laid = layout(*graph, width=100, height=40, gap_x=50, gap_y=12, before=before)
    for one, other in combinations(laid.places.values(), 2):
        assert abs(one.x - other.x) >= 150 or abs(one.y - other.y) >= 52 - 0.2
    for edge in laid.routes:
        for left, _ in bends(laid, edge):
            passed = [place for place in laid.places.values() if place.x == left.x]
            assert all(not place.y - 3 < left.y < place.y + 43 for place in passed)


def test_the_same_graph_gives_the_same_picture() -> None:
    nodes, edges = random_graph(200)
    assert layout(nodes, edges) == layout(nodes, [*edges, edges[0]])


def test_an_empty_graph_has_no_size() -> None:
    laid = layout([], [])
    assert (dict(laid.places), laid.width, laid.height) == ({}, 0, 0)


def test_a_cycle_is_drawn_in_the_error() -> None:
    with pytest.raises(DefinitionError, match=r"cycle: (b → c → b|c → b → c)"):
        layout(["a", "b", "c", "d"], [("a", "b"), ("b", "c"), ("c", "b"), ("c", "d")])


def test_an_edge_to_nowhere_offers_the_nearest() -> None:
    with pytest.raises(DefinitionError, match="Did you mean `orders`"):
        layout(["orders"], [("orders", "order")])
