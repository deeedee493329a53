"""Groups of a lineage that are closed: one node stands for all their assets.

What hangs together in a closed group and what lies between may then form a cycle, which no layout
takes: the edges that close one are told apart, to be drawn backwards.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

Edge = tuple[str, str]
_MARK = "//"
"""Begins the ids of groups: no asset's id does."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A graph with some of its groups closed."""

    members: Mapping[str, Sequence[str]]
    """The assets of each node, in their order: of an asset itself alone."""
    closed: Mapping[str, str]
    """The names of the closed groups, by node."""
    sizes: Mapping[str, int]
    """How many assets each group has, whether it is closed or not."""
    forward: Sequence[Edge]
    """The edges, each once; they form no cycle."""
    backward: Sequence[Edge]
    """Those that would form one."""


def folded(groups: Mapping[str, str], edges: Sequence[Edge], closed: Collection[str]) -> Folded:
    """The graph of assets, whose ``groups`` are given in their order (empty: in none), with those
    named by ``closed`` as one node each."""
    node_of = {
        asset: f"{_MARK}{group}" if group and group in closed else asset
        for asset, group in groups.items()
    }
    members: dict[str, list[str]] = {}
    sizes: dict[str, int] = {}
    for asset, group in groups.items():
        members.setdefault(node_of[asset], []).append(asset)
        if group:
            sizes[group] = sizes.get(group, 0) + 1
    pairs = dict.fromkeys((node_of[start], node_of[end]) for start, end in edges)
    drawn = [(start, end) for start, end in pairs if start != end]
    forward, backward = without_cycles(list(members), drawn)
    names = {name: groups[within[0]] for name, within in members.items() if name.startswith(_MARK)}
    return Folded(members, names, sizes, forward, backward)


def without_cycles(nodes: Sequence[str], edges: Sequence[Edge]) -> tuple[list[Edge], list[Edge]]:
    """The edges without those that close a cycle, and these.

    Where nothing is left without inputs, the first node in order loses those that it has left.
    """
    inputs: dict[str, set[str]] = {name: set() for name in nodes}
    outputs: dict[str, list[str]] = {name: [] for name in nodes}
    for start, end in edges:
        inputs[end].add(start)
        outputs[start].append(end)
    ready = [name for name in nodes if not inputs[name]]
    waiting = dict.fromkeys(name for name in nodes if inputs[name])
    back: set[Edge] = set()
    while ready or waiting:
        if not ready:
            first = next(iter(waiting))
            del waiting[first]
            back.update((each, first) for each in inputs[first])
            ready.append(first)
        done = ready.pop()
        for end in outputs[done]:
            if end not in waiting:
                continue
            inputs[end].discard(done)
            if not inputs[end]:
                del waiting[end]
                ready.append(end)
    return [each for each in edges if each not in back], [each for each in edges if each in back]
