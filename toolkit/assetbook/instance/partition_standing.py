"""How assets with partitions stand as a whole, from how each of their partitions does."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from msgspec import structs

from assetbook.definitions.partitions.known_keys import KnownKeys
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.dependencies.asset_state import AssetState, Recorded
from assetbook.dependencies.partition_graph import as_they_stand
from assetbook.dependencies.partition_summary import (
    PartitionSummary,
    state_of_all,
    summary_of,
)
from assetbook.instance.partition_columns import Judged
from assetbook.instance.standing import Standing
from assetbook.keys import AssetKey, CheckKey


def any_partitions(graph: AssetGraph) -> bool:
    """Whether any asset has partitions."""
    return any(spec.partitions_def is not None for spec in graph.specs.values())


def every_partition(
    graph: AssetGraph,
    known: KnownKeys,
    keys: Collection[AssetKey],
    ends: Collection[AssetKey] = (),
) -> AssetGraph:
    """The graph in partitions: all that there are of ``keys``, and what they are made of; not what
    ``ends`` are."""
    wanted = {}
    for key in graph.specs:
        if key in keys:
            definition = graph.specs[key].partitions_def
            wanted[key] = () if definition is None else known.keys(definition)
    return as_they_stand(graph, wanted, known, ends)


def as_wholes(
    whole: Standing,
    parts: Standing,
    keys: Collection[AssetKey],
    made: Mapping[AssetKey, Collection[str]],
) -> Standing:
    """How everything stands, with a state for each asset: for ``keys`` as ``parts`` says it for
    each partition, else as ``whole`` does. ``made`` has every key under which there is a version.
    """
    by_asset: dict[AssetKey, list[AssetState]] = {}
    for node, state in parts.states.items():
        by_asset.setdefault(node.asset, []).append(state)
    states = dict(whole.states)
    summaries: dict[AssetKey, PartitionSummary] = {}
    for key in keys:
        found = by_asset.get(key, [])
        if whole.graph.specs[key].partitions_def is None:
            states[key] = found[0] if found else states[key]
        else:
            summaries[key] = summary_of(found, made.get(key, ()))
            states[key] = state_of_all(key, found, summaries[key])
    return structs.replace(
        whole,
        states=states,
        recorded={**whole.recorded, **_newest(parts.recorded)},
        pending_checks=frozenset(
            [each for each in whole.pending_checks if each.asset_key not in keys]
            + [CheckKey(each.asset_key.asset, each.name) for each in parts.pending_checks]
        ),
        partitions=summaries,
    )


def with_judged(standing: Standing, judged: Judged) -> Standing:
    """The same with what was judged without nodes."""
    return structs.replace(
        standing,
        states={**standing.states, **judged.states},
        recorded={**standing.recorded, **judged.recorded},
        partitions={**standing.partitions, **judged.partitions},
    )


def _newest(recorded: Mapping[AssetKey, Recorded]) -> dict[AssetKey, Recorded]:
    found: dict[AssetKey, Recorded] = {}
    for node, record in recorded.items():
        if node.partition is None:
            continue
        before = found.get(node.asset)
        if before is None or before.number < record.number:
            found[node.asset] = record
    return found
