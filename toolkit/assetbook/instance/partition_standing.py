"""How assets with partitions stand as a whole, from how each of their partitions does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from assetbook.definitions.partitions.known_keys import KnownKeys
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.dependencies.asset_state import AssetState, Recorded
from assetbook.dependencies.partition_graph import in_partitions
from assetbook.dependencies.partition_summary import (
    PartitionSummary,
    state_of_all,
    summary_of,
)
from assetbook.instance.standing import Standing
from assetbook.keys import AssetKey, CheckKey


def every_partition(graph: AssetGraph, known: KnownKeys) -> AssetGraph | None:
    """The graph in partitions, all that there are; None if nothing has any."""
    wanted = {
        key: () if spec.partitions_def is None else known.keys(spec.partitions_def)
        for key, spec in graph.specs.items()
    }
    if all(spec.partitions_def is None for spec in graph.specs.values()):
        return None
    return in_partitions(graph, wanted, known)


def as_wholes(whole: Standing, parts: Standing) -> Standing:
    """How everything stands, with a state for each asset: ``parts`` says it for each partition,
    ``whole`` what is defined."""
    by_asset: dict[AssetKey, list[AssetState]] = {}
    for node, state in parts.states.items():
        by_asset.setdefault(node.asset, []).append(state)
    states: dict[AssetKey, AssetState] = {}
    summaries: dict[AssetKey, PartitionSummary] = {}
    for key in whole.graph.order:
        found = by_asset.get(key, [])
        if whole.graph.specs[key].partitions_def is None:
            states[key] = found[0] if found else whole.states[key]
        else:
            states[key], summaries[key] = state_of_all(key, found), summary_of(found)
    return replace(
        whole,
        states=states,
        recorded={**whole.recorded, **_newest(parts.recorded)},
        pending_checks=frozenset(
            CheckKey(each.asset_key.asset, each.name) for each in parts.pending_checks
        ),
        partitions=summaries,
        of_partitions=parts,
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
