"""Where nodes and edges of a live lineage lie, as plain JSON; made again for another graph only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from assetbook.dependencies.layout import Layout, layout
from assetbook.surfaces.display.graph_svg import WIDTHS
from assetbook.surfaces.display.node_svg import GROUP_ROOM, HEIGHT
from assetbook.surfaces.widgets.lineage_groups import Edge, Folded

WIDE = WIDTHS[-1]
"""The width of all nodes: always the same, so that none moves because of another's name."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where everything lies, in pixels of the picture."""

    nodes: Mapping[str, list[float]]
    """The top left corner of each node's outline."""
    edges: Mapping[str, list[Any]]
    """By an id: start, end, and the points of its route as x, y, x, y and so on."""
    shape: Mapping[str, float]
    """Width and height of the whole, of a node's outline, and the room above it for its group."""


def placed(names: Sequence[str], fold: Folded) -> Places:
    """The places of these nodes."""
    head = GROUP_ROOM if fold.sizes else 0.0
    return _placed(tuple(names), tuple(fold.forward), tuple(fold.backward), WIDE, head)


@lru_cache(maxsize=16)
def _placed(
    names: tuple[str, ...],
    forward: tuple[Edge, ...],
    backward: tuple[Edge, ...],
    wide: float,
    head: float,
) -> Places:
    laid = layout(names, forward, width=wide, height=HEIGHT + head, gap_x=52, gap_y=18 - head / 4)
    routes = {
        **{edge: _flat(route, head) for edge, route in laid.routes.items()},
        **{edge: _straight_back(laid, edge, wide, head) for edge in backward},
    }
    shape = {"width": laid.width, "height": laid.height, "wide": wide, "high": HEIGHT, "head": head}
    return Places(
        {name: [place.x, place.y + head] for name, place in laid.places.items()},
        {f"{start}\n{end}": [start, end, route] for (start, end), route in routes.items()},
        shape,
    )


def _flat(route: Sequence[tuple[float, float]], head: float) -> list[float]:
    return [each for x, y in route for each in (x, round(y + head / 2, 1))]


def _straight_back(laid: Layout, edge: Edge, wide: float, head: float) -> list[float]:
    start, end = (laid.places[name] for name in edge)
    middle = head + HEIGHT / 2
    return [start.x + wide, start.y + middle, end.x, end.y + middle]
