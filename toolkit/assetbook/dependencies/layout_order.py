"""Which column each vertex of a picture stands in, and in what order down the column.

Vertices are numbers. The first ones are the nodes; a long edge adds one dummy vertex for each
column it passes, so that it takes up room there. Where things stand in pixels is not known here.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

SWEEPS = 6
FAR = 1
"""Columns that every edge of a source may pass before the source moves nearer."""
PATIENCE = 2
"""Sweeps without fewer crossings after which ordering ends."""


@dataclass(slots=True)
class Columns:
    """Vertices in columns, with their neighbours one column to the left and to the right."""

    layer: list[int]
    left: list[list[int]]
    right: list[list[int]]
    chains: list[list[int]]
    """For each edge, in the order given: its start, its dummies, its end."""
    rows: list[list[int]]
    """For each column its vertices from top to bottom."""
    position: list[int]
    """For each vertex its place in its column."""


def longest_path_layers(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """The column of each node: one right of its rightmost input; -1 on or behind a cycle.

    Nodes without inputs stand at the far left, or, when their readers are all far away, in the
    column before the nearest reader.
    """
    outgoing: list[list[int]] = [[] for _ in range(count)]
    waiting = [0] * count
    for start, end in edges:
        outgoing[start].append(end)
        waiting[end] += 1
    layer = [0] * count
    ready = [node for node in range(count) if not waiting[node]]
    for node in ready:
        for end in outgoing[node]:
            layer[end] = max(layer[end], layer[node] + 1)
            waiting[end] -= 1
            if not waiting[end]:
                ready.append(end)
    if len(ready) < count:
        return [-1 if waiting[node] else layer[node] for node in range(count)]
    has_inputs = {end for _, end in edges}
    for node in range(count):
        if node not in has_inputs and outgoing[node]:
            nearest = min([layer[end] for end in outgoing[node]]) - 1
            layer[node] = nearest if nearest > FAR else 0
    return layer


def ordered_columns(layer: Sequence[int], edges: Sequence[tuple[int, int]]) -> Columns:
    """The columns in an order with few crossings; ties keep the order in which nodes came."""
    columns = _with_dummies(layer, edges)
    _start_depth_first(columns, len(layer))
    fewest, best = crossings(columns), _copy(columns.rows)
    since_best = 0
    for sweep in range(SWEEPS):
        if not fewest or since_best == PATIENCE:
            break
        _sweep(columns, rightward=sweep % 2 == 0)
        found = crossings(columns)
        since_best += 1
        if found < fewest:
            fewest, best, since_best = found, _copy(columns.rows), 0
    columns.rows = best
    renumbered(columns)
    return columns


def renumbered(columns: Columns) -> None:
    """Takes the positions from the rows."""
    for row in columns.rows:
        _number(columns.position, row)


def _with_dummies(layer: Sequence[int], edges: Sequence[tuple[int, int]]) -> Columns:
    layers = list(layer)
    left: list[list[int]] = [[] for _ in layers]
    right: list[list[int]] = [[] for _ in layers]
    chains: list[list[int]] = []
    for start, end in edges:
        chain = [start]
        for column in range(layer[start] + 1, layer[end]):
            dummy = len(layers)
            layers.append(column)
            left.append([chain[-1]])
            right.append([])
            right[chain[-1]].append(dummy)
            chain.append(dummy)
        right[chain[-1]].append(end)
        left[end].append(chain[-1])
        chain.append(end)
        chains.append(chain)
    rows: list[list[int]] = [[] for _ in range(max(layers) + 1)]
    return Columns(layers, left, right, chains, rows, [0] * len(layers))


def _start_depth_first(columns: Columns, nodes: int) -> None:
    # Depth first keeps a chain together, which barycentres alone would have to find.
    seen = bytearray(len(columns.layer))
    stack = [node for node in range(nodes - 1, -1, -1) if not columns.left[node]]
    while stack:
        vertex = stack.pop()
        if seen[vertex]:
            continue
        seen[vertex] = 1
        columns.rows[columns.layer[vertex]].append(vertex)
        stack.extend(each for each in reversed(columns.right[vertex]) if not seen[each])
    for row in columns.rows:
        _number(columns.position, row)


def _sweep(columns: Columns, *, rightward: bool) -> None:
    rows, position = columns.rows, columns.position
    neighbours = columns.left if rightward else columns.right
    order = range(1, len(rows)) if rightward else range(len(rows) - 2, -1, -1)
    for column in order:
        row = rows[column]
        beside = rows[column - 1 if rightward else column + 1]
        # A vertex without neighbours there keeps its height, measured in the other column.
        scale = len(beside) / len(row)
        weight: dict[int, float] = {}
        for vertex in row:
            near = neighbours[vertex]
            if len(near) == 1:
                weight[vertex] = position[near[0]]
            elif near:
                weight[vertex] = sum([position[each] for each in near]) / len(near)
            else:
                weight[vertex] = position[vertex] * scale
        row.sort(key=weight.__getitem__)
        _number(position, row)


def crossings(columns: Columns) -> int:
    """How often edges cross between the columns, as they are ordered now."""
    position, found = columns.position, 0
    for row in columns.rows[:-1]:
        ends: list[int] = []
        for vertex in row:
            for end in sorted([position[each] for each in columns.right[vertex]]):
                above = bisect_right(ends, end)
                found += len(ends) - above
                ends.insert(above, end)
    return found


def _number(position: list[int], row: list[int]) -> None:
    for place, vertex in enumerate(row):
        position[vertex] = place


def _copy(rows: list[list[int]]) -> list[list[int]]:
    return [row.copy() for row in rows]
