"""The parts of a picture: nodes that hang together, each part ordered and placed by itself.

A new node so moves its own part alone. Nodes without any edge make up one last part, a block.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, inf, sqrt

from assetbook.dependencies.layout_kept import Earlier, as_before, kept_heights
from assetbook.dependencies.layout_order import ordered_columns
from assetbook.dependencies.layout_placement import heights

Pair = tuple[int, int]

BLOCK_COLUMNS = 8
"""The most columns of a block of nodes without edges, unless the picture is wider anyway."""


@dataclass(frozen=True, slots=True)
class Part:
    """Nodes with their columns and middles; heights count from the part's own top."""

    nodes: Sequence[int]
    columns: Sequence[int]
    middles: Sequence[float]
    bends: dict[Pair, list[tuple[int, float]]]
    """For each edge the columns that it passes, and the height at which it does."""
    height: float


def parts_of(
    layers: Sequence[int],
    edges: Sequence[Pair],
    height: float,
    gap: float,
    earlier: Earlier | None = None,
) -> list[Part]:
    """The parts, in the order of an earlier picture, or in which their first nodes came; nodes
    without edges last."""
    groups = _connected(len(layers), edges)
    number = [0] * len(layers)
    inside: list[list[Pair]] = [[] for _ in groups]
    for place, group in enumerate(groups):
        for node in group:
            number[node] = place
    for edge in edges:
        inside[number[edge[0]]].append(edge)
    parts = [
        _part(group, [layers[node] for node in group], own, height, gap, earlier)
        for group, own in zip(groups, inside, strict=True)
        if len(group) > 1
    ]
    if earlier is not None:
        were = earlier.nodes
        parts.sort(key=lambda part: min(were.get(node, inf) for node in part.nodes))
    alone = [group[0] for group in groups if len(group) == 1]
    if alone:
        parts.append(_block(alone, 1 + max(layers), height, gap))
    return parts


def _connected(count: int, edges: Sequence[Pair]) -> list[list[int]]:
    near: list[list[int]] = [[] for _ in range(count)]
    for start, end in edges:
        near[start].append(end)
        near[end].append(start)
    seen = bytearray(count)
    groups: list[list[int]] = []
    for first in range(count):
        if seen[first]:
            continue
        seen[first] = 1
        group = [first]
        for node in group:
            for each in near[node]:
                if not seen[each]:
                    seen[each] = 1
                    group.append(each)
        groups.append(sorted(group))
    return groups


def _part(
    nodes: list[int],
    layers: list[int],
    edges: list[Pair],
    height: float,
    gap: float,
    earlier: Earlier | None,
) -> Part:
    local = {node: place for place, node in enumerate(nodes)}
    columns = ordered_columns(layers, [(local[a], local[b]) for a, b in edges])
    wishes = None if earlier is None else as_before(columns, nodes, edges, earlier, height)
    if wishes is None:
        middles = heights(columns, len(nodes), height, gap)
    else:
        middles = kept_heights(columns, wishes, len(nodes), height, gap)
    bends = {
        edge: [
            (columns.layer[dummy], _straightened(middles, dummy, chain, gap / 3))
            for dummy in chain[1:-1]
        ]
        for edge, chain in zip(edges, columns.chains, strict=True)
    }
    lowest = max(middles[: len(nodes)]) + height / 2
    return Part(nodes, layers, middles[: len(nodes)], bends, max(lowest, *middles))


def _straightened(middles: Sequence[float], dummy: int, chain: Sequence[int], near: float) -> float:
    """The height of a bend, level with an end of its edge if that is hardly another height.

    Lines keep a whole gap from whatever is above and below, so a third of it can be given.
    """
    own, ends = middles[dummy], (middles[chain[-1]], middles[chain[0]])
    return next((end for end in ends if abs(end - own) <= near), own)


def _block(nodes: list[int], layers: int, height: float, gap: float) -> Part:
    columns = max(layers, min(BLOCK_COLUMNS, ceil(sqrt(len(nodes) / 3))))
    places = range(len(nodes))
    middles = [height / 2 + place // columns * (height + gap) for place in places]
    return Part(nodes, [place % columns for place in places], middles, {}, middles[-1] + height / 2)
