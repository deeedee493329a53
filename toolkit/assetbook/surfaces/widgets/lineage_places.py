"""Where nodes and edges of a live lineage lie, as plain JSON: as before, as far as may be."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from assetbook.dependencies.layout import Layout, layout
from assetbook.surfaces.desk import Desk
from assetbook.surfaces.display.graph_svg import WIDTHS
from assetbook.surfaces.display.node_svg import GROUP_ROOM, HEIGHT
from assetbook.surfaces.widgets.lineage_groups import Edge, Folded

WIDE = WIDTHS[-1]
"""The width of all nodes: always the same, so that none moves because of another's name."""
MOST_SEEN = 8
"""Pictures that are remembered."""
FEW, ONE_IN = 3, 20
"""So many nodes, or one in so many, may be others, for a picture to stay near an earlier one."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where everything lies, in pixels of the picture."""

    nodes: Mapping[str, list[float]]
    """The top left corner of each node's outline."""
    edges: Mapping[str, list[Any]]
    """By an id: start, end, and the points of its route as x, y, x, y and so on."""
    shape: Mapping[str, float]
    """Width and height of the whole, of a node's outline, and the room above it for its group."""


def placed(names: Sequence[str], fold: Folded, memory: Memory | None = None) -> Places:
    """The places of these nodes; ``memory`` has those of before, near which they stay."""
    graph = _Graph(
        tuple(names),
        tuple(fold.forward),
        tuple(fold.backward),
        GROUP_ROOM if fold.sizes else 0.0,
    )
    return (memory or Memory()).places_of(graph)


class _Graph(NamedTuple):
    """What is to be placed."""

    names: tuple[str, ...]
    forward: tuple[Edge, ...]
    backward: tuple[Edge, ...]
    head: float


class Memory:
    """The pictures that somebody was shown: the same graph lies in them where it lay, and one that
    has a few other nodes lies near."""

    def __init__(self) -> None:
        self._seen: deque[tuple[_Graph, Layout, Places]] = deque(maxlen=MOST_SEEN)

    def places_of(self, graph: _Graph) -> Places:
        """Where all of it lies."""
        seen = list(self._seen)[::-1]  # the last one first
        for known, _, places in seen:
            if known == graph:
                return places
        before = next((laid for known, laid, _ in seen if _is_near(known, graph)), None)
        names, forward, _, head = graph
        laid = layout(
            names,
            forward,
            width=WIDE,
            height=HEIGHT + head,
            gap_x=52,
            gap_y=18 - head / 4,
            before=before,
        )
        places = _places(graph, laid)
        self._seen.append((graph, laid, places))
        return places


def _is_near(known: _Graph, graph: _Graph) -> bool:
    others = set(known.names) ^ set(graph.names)
    return known.head == graph.head and len(others) <= max(FEW, len(graph.names) // ONE_IN)


_MEMORIES: WeakKeyDictionary[Desk, Memory] = WeakKeyDictionary()


def memory_of(desk: Desk) -> Memory:
    """What those who look at this desk were shown."""
    return _MEMORIES.setdefault(desk, Memory())


def _places(graph: _Graph, laid: Layout) -> Places:
    head = graph.head
    routes = {
        **{edge: _flat(route, head) for edge, route in laid.routes.items()},
        **{edge: _straight_back(laid, edge, WIDE, head) for edge in graph.backward},
    }
    shape = {"width": laid.width, "height": laid.height, "wide": WIDE, "high": HEIGHT, "head": head}
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
