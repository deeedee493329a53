"""How far down each vertex of a picture stands, once columns and their order are settled.

Each vertex wishes to stand level with the median of its neighbours. Within a column the wishes
meet the order and the least distances by isotonic regression: the nearest heights, in the sense
of least squares, that break neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from assetbook.dependencies.layout_order import Columns

PASSES = 4
STRAIGHT = 8.0
"""How much more a dummy's wish weighs than a node's: a long edge that wavers reads badly."""


def heights(columns: Columns, nodes: int, height: float, gap: float) -> list[float]:
    """The middle of each vertex, downwards from 0; in pixels.

    The first ``nodes`` vertices are ``height`` tall, dummies are lines; ``gap`` lies between.
    """
    count = len(columns.layer)
    half = [(height + gap) / 2] * nodes + [gap / 2] * (count - nodes)
    weight = [1.0] * nodes + [STRAIGHT] * (count - nodes)
    offsets = [_offsets(row, half) for row in columns.rows]
    middle = [0.0] * count
    for row, offset in zip(columns.rows, offsets, strict=True):
        for vertex, down in zip(row, offset, strict=True):
            middle[vertex] = down - offset[-1] / 2
    sides = (
        [_medians(near, columns.position) for near in columns.left],
        [_medians(near, columns.position) for near in columns.right],
    )
    for turn in range(PASSES):
        order = range(len(offsets)) if turn % 2 == 0 else range(len(offsets) - 1, -1, -1)
        wishes = sides[turn % 2]
        for column in order:
            _settle(columns.rows[column], offsets[column], wishes, weight, middle)
    top = min(m - h for m, h in zip(middle, half, strict=True)) + gap / 2
    return [each - top for each in middle]


def _offsets(row: Sequence[int], half: Sequence[float]) -> list[float]:
    found = [0.0]
    for above, below in pairwise(row):
        found.append(found[-1] + half[above] + half[below])
    return found


def _medians(near: Sequence[int], position: Sequence[int]) -> tuple[int, int] | None:
    """The two neighbours in the middle (one twice, when the number is odd); None without any."""
    if not near:
        return None
    ordered = sorted(near, key=position.__getitem__) if len(near) > 1 else near
    last = len(ordered) - 1
    return ordered[last // 2], ordered[(last + 1) // 2]


def _settle(
    row: Sequence[int],
    offsets: Sequence[float],
    wishes: Sequence[tuple[int, int] | None],
    weight: Sequence[float],
    middle: list[float],
) -> None:
    # Pool adjacent violators: blocks of vertices that stand as close as they may, each at the
    # weighted mean of what its members wish; a block that would pass the one above joins it.
    levels: list[float] = []
    weights: list[float] = []
    sizes: list[int] = []
    for vertex, offset in zip(row, offsets, strict=True):
        wish = wishes[vertex]
        wished = middle[vertex] if wish is None else (middle[wish[0]] + middle[wish[1]]) / 2
        level, heavy, size = wished - offset, weight[vertex], 1
        while levels and levels[-1] >= level:
            above = weights.pop()
            level = (level * heavy + levels.pop() * above) / (heavy + above)
            heavy += above
            size += sizes.pop()
        levels.append(level)
        weights.append(heavy)
        sizes.append(size)
    at = 0
    for level, size in zip(levels, sizes, strict=True):
        for place in range(at, at + size):
            middle[row[place]] = level + offsets[place]
        at += size
