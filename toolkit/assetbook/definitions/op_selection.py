"""Which ops of a job are meant by ``["*x", "y+", "a.b"]``: Dagster's grammar for op selection.

A name alone means itself, with a dot one inside a graph; ``*x`` is x and all that it needs, ``+x``
one layer of that, ``++x`` two; ``x*`` and ``x+`` the same downwards. ``*`` alone means all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from assetbook.definitions.graph_body import GraphBody
from assetbook.definitions.invocations import FanIn, FromInput, Invocation
from assetbook.errors import SelectionError, did_you_mean

_CLAUSE = re.compile(r"(\*|\+*)([A-Za-z0-9_.]+)(\*|\+*)")


def selected_ops(
    graph: GraphBody, paths: Iterable[str], selection: str | Sequence[str]
) -> frozenset[str]:
    """Those of ``paths``, the ops of ``graph``, that the clauses of ``selection`` mean.

    No clauses mean all. Raises SelectionError for what cannot be read, or names no op.
    """
    clauses = [selection] if isinstance(selection, str) else list(selection)
    every = list(paths)
    if not clauses:
        return frozenset(every)
    layers = _Layers(graph.composed.invocations)
    return frozenset(path for clause in clauses for path in _meant(clause, every, layers))


def _meant(clause: object, paths: Sequence[str], layers: _Layers) -> list[str]:
    if clause == "*":
        return list(paths)
    asked = f"op_selection={clause!r}"
    read = _CLAUSE.fullmatch(clause) if isinstance(clause, str) else None
    if read is None:
        raise SelectionError(
            asked,
            "it is no selection of ops",
            'Write "x", "*x" (with all it needs), "x+" (one layer down), or "graph.op".',
        )
    up, name, down = read.groups()
    if not any(_lies_in(each, name) for each in paths):
        names = {part for path in paths for part in _prefixes(path)}
        raise SelectionError(asked, "the job has no such op", did_you_mean(name, names))
    if not up and not down:
        return [each for each in paths if _lies_in(each, name)]
    if "." in name:
        raise SelectionError(
            asked,
            "`*` and `+` count ops and graphs of the job itself, not those inside a graph",
            f"Write {name!r}, or name the graph: {name.partition('.')[0]!r}.",
        )
    met = {name} | layers.reached(name, layers.above, up) | layers.reached(name, layers.below, down)
    return [each for each in paths if each.partition(".")[0] in met]


def _lies_in(path: str, name: str) -> bool:
    return path == name or path.startswith(f"{name}.")


def _prefixes(path: str) -> list[str]:
    parts = path.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts) + 1)]


class _Layers:
    """What each node of a graph needs, and what needs it."""

    def __init__(self, invocations: Iterable[Invocation]) -> None:
        self.above: dict[str, list[str]] = {each.name: needs(each) for each in invocations}
        self.below: dict[str, list[str]] = {name: [] for name in self.above}
        for name, needed in self.above.items():
            for each in needed:
                self.below[each].append(name)

    def reached(self, name: str, links: Mapping[str, list[str]], how: str) -> set[str]:
        """What lies in the direction of ``links``: ``*`` all, otherwise a layer for each ``+``."""
        depth = len(links) if how == "*" else len(how)
        layer, met = {name}, set[str]()
        while layer and depth:
            layer = {other for each in layer for other in links[each]} - met
            met |= layer
            depth -= 1
        return met


def needs(invocation: Invocation) -> list[str]:
    """The nodes of the same graph whose outputs a call takes."""
    found: dict[str, None] = {}
    for source in invocation.inputs.values():
        for each in source.sources if isinstance(source, FanIn) else (source,):
            if not isinstance(each, FromInput):
                found[each.node] = None
    return list(found)
