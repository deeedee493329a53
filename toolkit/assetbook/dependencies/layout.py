"""Where the nodes and edges of a lineage picture go: columns from left to right, in pixels.

Longest paths give the columns, barycentre sweeps their order, isotonic regression the heights.
Parts that hang together are laid out by themselves and stacked in the order their first nodes
came, so that a new node moves its own part alone. Nothing is random: the same input gives the
same picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from assetbook.dependencies.layout_kept import Earlier
from assetbook.dependencies.layout_order import longest_path_layers
from assetbook.dependencies.layout_parts import Part, parts_of
from assetbook.errors import DefinitionError, did_you_mean

Edge = tuple[str, str]


class Point(NamedTuple):
    """A point of the picture: ``x`` to the right, ``y`` downwards, in pixels."""

    x: float
    y: float


class Place(NamedTuple):
    """Where a node stands: its top left corner in pixels, and its column from the left."""

    x: float
    y: float
    layer: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Places of the nodes and routes of the edges, within ``width`` times ``height`` pixels.

    A route runs from the middle of the start's right side to the middle of the end's left side.
    Where it passes a column it has two points at one height, left and right of that column.
    """

    places: Mapping[str, Place]
    routes: Mapping[Edge, tuple[Point, ...]]
    width: float
    height: float


def layout(
    nodes: Sequence[str],
    edges: Sequence[Edge],
    *,
    width: Mapping[str, float] | float = 168,
    height: float = 44,
    gap_x: float = 56,
    gap_y: float = 16,
    before: Layout | None = None,
) -> Layout:
    """Places and routes for a picture of ``nodes``, data flowing along ``edges`` to the right.

    ``width`` may differ from node to node. What is given twice counts once. Nodes without edges
    stand in a block below the rest. ``before`` is an earlier picture of nearly the same, of nodes
    of the same height: what it has stays where it is, but for what new nodes push down. Raises
    DefinitionError for a cycle, or an edge to no node.
    """
    names = list(dict.fromkeys(nodes))
    pairs = _numbered(names, edges)
    layers = longest_path_layers(len(names), pairs)
    if -1 in layers:
        raise _cycle(names, layers, pairs)
    wide = [width[name] if isinstance(width, Mapping) else width for name in names]
    earlier = None if before is None else _earlier(names, pairs, before, height)
    parts = parts_of(layers, pairs, height, gap_y, earlier)
    sides = _column_sides(parts, wide, gap_x)
    places: dict[int, Place] = {}
    routes: dict[tuple[int, int], tuple[Point, ...]] = {}
    top = 0.0
    for part in parts:
        for node, column, middle in zip(part.nodes, part.columns, part.middles, strict=True):
            places[node] = Place(sides[column][0], round(top + middle - height / 2, 1), column)
        for (start, end), bends in part.bends.items():
            passed = [(*sides[column], round(top + middle, 1)) for column, middle in bends]
            tip = Point(places[end].x, places[end].y + height / 2)
            routes[start, end] = _route(places[start], wide[start], height, passed, tip)
        top += part.height + gap_y
    return Layout(
        MappingProxyType({name: places[node] for node, name in enumerate(names)}),
        MappingProxyType({(names[a], names[b]): routes[a, b] for a, b in pairs}),
        max((places[node].x + wide[node] for node in places), default=0.0),
        round(max(top - gap_y, 0.0), 1),
    )


def _earlier(
    names: Sequence[str], edges: Sequence[tuple[int, int]], before: Layout, height: float
) -> Earlier:
    places, routes = before.places, before.routes
    tied = {name for edge in routes for name in edge}  # the others were in the block below
    nodes = {node: places[name].y + height / 2 for node, name in enumerate(names) if name in tied}
    passed = {(a, b): routes.get((names[a], names[b]), ()) for a, b in edges}
    return Earlier(nodes, {edge: [each.y for each in way[1:-1:2]] for edge, way in passed.items()})


def _numbered(names: Sequence[str], edges: Sequence[Edge]) -> list[tuple[int, int]]:
    number = {name: place for place, name in enumerate(names)}
    for edge in edges:
        for name in edge:
            if name not in number:
                raise DefinitionError(
                    f"picture of {len(names)} nodes",
                    f"the edge {edge[0]} → {edge[1]} names {name}, which is not among the nodes",
                    did_you_mean(name, names) or "Give the node, or leave the edge out.",
                )
    return list(dict.fromkeys((number[start], number[end]) for start, end in edges))


def _cycle(
    names: Sequence[str], layers: Sequence[int], edges: Sequence[tuple[int, int]]
) -> DefinitionError:
    # Each node without a column waits for another such node: going back must come round.
    before = {end: start for start, end in edges if layers[start] == layers[end] == -1}
    path = [layers.index(-1)]
    while before[path[-1]] not in path:
        path.append(before[path[-1]])
    loop = path[path.index(before[path[-1]]) :]
    drawn = " → ".join(names[node] for node in [loop[0], *reversed(loop)])
    return DefinitionError(
        f"picture of {len(names)} nodes", f"they form a cycle: {drawn}", "Break it at one edge."
    )


def _column_sides(
    parts: Sequence[Part], wide: Sequence[float], gap: float
) -> list[tuple[float, float]]:
    """The left and right side of each column, which is as wide as its widest node."""
    widest: dict[int, float] = {}
    for part in parts:
        for node, column in zip(part.nodes, part.columns, strict=True):
            widest[column] = max(widest.get(column, 0.0), wide[node])
    sides: list[tuple[float, float]] = []
    left = 0.0
    for column in range(len(widest)):
        sides.append((left, left + widest[column]))
        left += widest[column] + gap
    return sides


def _route(
    start: Place,
    wide: float,
    height: float,
    passed: Sequence[tuple[float, float, float]],
    tip: Point,
) -> tuple[Point, ...]:
    points = [Point(start.x + wide, start.y + height / 2)]
    for left, right, middle in passed:
        points += Point(left, middle), Point(right, middle)
    return (*points, tip)
