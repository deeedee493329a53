"""The line after a cell that gives a partition mapping for what has no partitions."""

from __future__ import annotations

from collections.abc import Iterator

from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.keys import AssetKey


def idle_mappings(graph: AssetGraph) -> dict[tuple[AssetKey, AssetKey], str]:
    """A line for each mapping that says nothing, by the asset that has it and what it reads."""
    found = {}
    for key in graph.makers:
        for other in _mapped(graph, key):
            if other in graph.specs and graph.specs[other].partitions_def is None:
                found[key, other] = (
                    f"`{key}` gives a partition mapping for `{other}`, which has no partitions: it "
                    "says nothing, and all of it is read"
                )
    return found


def _mapped(graph: AssetGraph, key: AssetKey) -> Iterator[AssetKey]:
    """What an asset reads or follows by a mapping that its author gave."""
    for port in graph.inputs.get(key, ()):
        if port.partition_mapping is not None:
            yield port.key
    for dep in graph.specs[key].deps:
        if dep.partition_mapping is not None:
            yield dep.asset_key
