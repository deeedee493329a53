"""A picture that stays as it was where few nodes come or go: the order and heights of before.

Who is known from the earlier picture keeps its height, or goes down as far as what is new above it
needs; who is new stands level with its neighbours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assetbook.dependencies.layout_order import Columns, crossings, renumbered

Pair = tuple[int, int]
TANGLED = 1.5
"""How many times the crossings of a picture made anew are too many."""
FEW = 5
"""Crossings that are no matter."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """Middles in an earlier picture, in pixels from its top."""

    nodes: Mapping[int, float]
    bends: Mapping[Pair, Sequence[float]]
    """For an edge, where it passed its columns."""


def as_before(
    columns: Columns, nodes: Sequence[int], edges: Sequence[Pair], earlier: Earlier, height: float
) -> list[float] | None:
    """The middle that each vertex wishes, with ``columns`` in the order of these.

    They count from the top of what was there: of the highest node, ``height`` tall, or line. None
    where nothing is known, or where it would be a tangle: then ``columns`` stay as they are.
    """
    known: list[float | None] = [earlier.nodes.get(node) for node in nodes]
    tops = [each - height / 2 for each in known if each is not None]
    if not tops:
        return None
    known += [None] * (len(columns.layer) - len(nodes))
    for edge, chain in zip(edges, columns.chains, strict=True):
        passed = earlier.bends.get(edge, ())
        if len(passed) == len(chain) - 2:
            for dummy, middle in zip(chain[1:-1], passed, strict=True):
                known[dummy] = middle
                tops.append(middle)
    top = min(tops)
    wishes = _level_with_neighbours(columns, known, top + height / 2)
    anew, fewest = columns.rows, crossings(columns)
    columns.rows = [sorted(row, key=wishes.__getitem__) for row in anew]
    renumbered(columns)
    if crossings(columns) > fewest * TANGLED + FEW:
        columns.rows = anew
        renumbered(columns)
        return None
    return [each - top for each in wishes]


def _level_with_neighbours(
    columns: Columns, known: list[float | None], least: float
) -> list[float]:
    for rows, beside in (
        (columns.rows, columns.left),
        (columns.rows[::-1], columns.right),
        (columns.rows, columns.left),
    ):
        for row in rows:
            for vertex in row:
                near = [known[each] for each in beside[vertex]]
                found = [each for each in near if each is not None]
                if known[vertex] is None and found:
                    known[vertex] = sum(found) / len(found)
    return [least if each is None else each for each in known]


def kept_heights(
    columns: Columns, wishes: Sequence[float], nodes: int, height: float, gap: float
) -> list[float]:
    """The middle of each vertex, as high as it wishes or as those above it let it."""
    half = [(height + gap) / 2] * nodes + [gap / 2] * (len(columns.layer) - nodes)
    middle = list(wishes)
    for row in columns.rows:
        for above, below in pairwise(row):
            room = half[above] + half[below]
            if (above < nodes) != (below < nodes):
                room -= gap / 3  # which a line may have given to be level with its end
            middle[below] = max(middle[below], middle[above] + room)
    return middle
