"""Laying out the lineage picture, in CPU time."""

from __future__ import annotations

import random
import sys
from statistics import median

from measuring import PACKAGE
from table import Row, run_alone
from task import Stopwatch

AIMS = {1_000: "≤ 0.1 s", 10_000: "≤ 0.6 s"}
Graph = tuple[list[str], list[tuple[str, str]]]


def measure(assets: int, rounds: int) -> list[Row]:
    """One row: a layered graph, as broad as it is deep."""
    return [_row(f"lay out a lineage of {assets:,} nodes", layered(assets), rounds)]


def measure_deep(assets: int, rounds: int) -> list[Row]:
    """One row: a graph that is hundreds of layers deep, with long edges."""
    return [_row(f"the same, {assets:,} nodes, deep and narrow", deep(assets), rounds)]


def _row(work: str, graph: Graph, rounds: int) -> Row:
    sys.path.insert(0, str(PACKAGE))
    from assetbook.dependencies.layout import layout

    spent = []
    for _ in range(rounds):
        with Stopwatch() as watch:
            layout(*graph)
        spent.append(watch.cpu)
    return Row(work, {"assetbook": median(spent)}, "s", AIMS.get(len(graph[0]), ""))


def layered(count: int) -> Graph:
    """One or two edges a node, each up to three layers long; seeded."""
    chance = random.Random(7)
    breadth = max(2, round(2 * count**0.5))
    edges = set()
    for node in range(breadth, count):
        for _ in range(chance.choice((1, 2))):
            layer = max(0, node // breadth - chance.randint(1, 3))
            edges.add((f"n{layer * breadth + chance.randrange(breadth)}", f"n{node}"))
    return [f"n{node}" for node in range(count)], sorted(edges)


def deep(count: int) -> Graph:
    """Up to three edges a node, each from one of the fifty nodes before it; seeded."""
    chance = random.Random(20130101)
    edges = set()
    for node in range(1, count):
        for _ in range(chance.randint(0, 3)):
            edges.add((f"n{chance.randrange(max(0, node - 50), node)}", f"n{node}"))
    return [f"n{node}" for node in range(count)], sorted(edges)


if __name__ == "__main__":
    run_alone(measure, assets=1_000, rounds=5)
