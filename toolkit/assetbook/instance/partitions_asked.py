"""Which partitions are meant: those that were named, or those in a state."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

import msgspec

from assetbook.definitions.partitions import PartitionsDefinition
from assetbook.definitions.partitions.known_keys import KnownKeys
from assetbook.definitions.partitions.text import keys_named
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.dependencies.asset_state import AssetState
from assetbook.dependencies.partition_graph import has_partitions, in_partitions
from assetbook.errors import SelectionError
from assetbook.keys import AssetKey
from assetbook.planning.planner import Request
from assetbook.planning.steps import Left

States = Callable[[AssetGraph], Mapping[AssetKey, AssetState]]
Which = Literal["", "missing", "stale", "failed"]


class PartitionsAsked(msgspec.Struct, frozen=True):
    """What was said of partitions beside a selection."""

    keys: str = ""
    """``2026-01-01``, ``2026-01-01..2026-01-31``, several with commas, ``first``, ``last`` or
    ``all``; empty for nothing."""
    which: Which = ""
    """Of those, or of all, only the ones in this state."""
    nodes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """By asset, as ``str`` writes its key, the keys that are meant, in the place of ``keys``."""

    @property
    def said(self) -> str:
        """As it is typed behind a selection; empty for nothing."""
        named = self.keys or ",".join(dict.fromkeys(key for _, keys in self.nodes for key in keys))
        parts = [f"--partitions {named}" if named else ""]
        parts.append(f"--{self.which}" if self.which else "")
        return " ".join(filter(None, parts))


NOTHING_ASKED = PartitionsAsked()


class Meant(msgspec.Struct, frozen=True):
    """What a request means once its partitions are known."""

    graph: AssetGraph
    request: Request
    left: tuple[Left, ...] = ()
    """Assets with partitions of which nothing was said, where others were selected."""


def meant(
    graph: AssetGraph,
    request: Request,
    asked: PartitionsAsked,
    known: KnownKeys,
    states: States,
    failed: Callable[[AssetKey], frozenset[str]],
) -> Meant:
    """The graph and the request in partitions; as they are where nothing has any.

    ``states`` tells how the nodes of a graph stand, ``failed`` which partitions of an asset failed
    when they were last tried. Raises SelectionError for partitions that there are not, or where
    which ones are meant was not said.
    """
    if not has_partitions(graph, request.targets):
        if asked.said:
            raise SelectionError(
                f"{request.asked} {asked.said}",
                "nothing that it selects has partitions",
                "Leave that out.",
            )
        return Meant(graph, request)
    wanted, left = _wanted(graph, request, asked, known)
    expanded = in_partitions(graph, wanted, known)
    if asked.which:
        wanted = _in_state(asked.which, wanted, expanded, states, failed)
    nodes = [key.at(each) for key, keys in wanted.items() for each in keys or (None,)]
    named = frozenset(node for node in nodes if node.asset in request.named)
    text = f"{request.asked} {asked.said}".strip()
    targets = tuple(node for node in expanded.order if node in set(nodes))
    return Meant(expanded, replace(request, asked=text, targets=targets, named=named), left)


def _wanted(
    graph: AssetGraph, request: Request, asked: PartitionsAsked, known: KnownKeys
) -> tuple[dict[AssetKey, Sequence[str]], tuple[Left, ...]]:
    """The partitions of each target; and the targets that have some, of which none was named."""
    wanted: dict[AssetKey, Sequence[str]] = {}
    left: list[Left] = []
    given = dict(asked.nodes)
    for key in request.targets:
        definition = graph.specs[key].partitions_def
        if definition is None:
            wanted[key] = ()
        elif given:
            named = ",".join(given.get(str(key), ()))
            wanted[key] = keys_named(named, definition, known, asked=f"`{key}`")
        elif asked != NOTHING_ASKED:
            wanted[key] = keys_named(asked.keys or "all", definition, known, asked=f"`{key}`")
        elif key in request.named:
            raise not_said(key, definition)
        else:
            left.append(Left(key, "unknown", "it has partitions", "--partitions A..B"))
    return wanted, tuple(left)


def not_said(key: AssetKey, definition: PartitionsDefinition) -> SelectionError:
    """That an asset has partitions, and none was named."""
    return SelectionError(
        f"materialize {key}",
        f"it has partitions ({definition.describe()}), and none was named",
        "Say which: --partition last, --partitions A..B, --missing, --stale or --failed.",
    )


def _in_state(
    which: Which,
    wanted: Mapping[AssetKey, Sequence[str]],
    graph: AssetGraph,
    states: States,
    failed: Callable[[AssetKey], frozenset[str]],
) -> dict[AssetKey, Sequence[str]]:
    found: dict[AssetKey, Sequence[str]] = {}
    now = states(graph) if which != "failed" else {}
    for key, keys in wanted.items():
        if which == "failed":
            those = failed(key)
            chosen = [each for each in keys if each in those]
        else:
            chosen = [each for each in keys if now[key.at(each)].state == which]
        if chosen:
            found[key] = chosen
    return found
