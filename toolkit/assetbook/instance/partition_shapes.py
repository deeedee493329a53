"""Which assets read what they read partition by partition: each the one of the same key."""

from __future__ import annotations

from assetbook.definitions.partitions import (
    IdentityPartitionMapping,
    PartitionMapping,
    TimeWindowPartitionMapping,
    default_mapping,
)
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.keys import AssetKey


def reads_alike(graph: AssetGraph, key: AssetKey) -> bool:
    """Whether each partition is made alone, without checks or an age, and of nothing but what has
    no partitions and the partitions of the same key."""
    maker = graph.makers.get(key)
    if maker is None or len(maker.outputs) > 1 or maker.max_age is not None:
        return False
    if graph.check_nodes(key) or key in graph.dag.parents_of(key):
        return False
    given = {dep.asset_key: dep.partition_mapping for dep in graph.specs[key].deps}
    given |= {port.key: port.partition_mapping for port in graph.inputs.get(key, ())}
    ports = [(port.key, port.partition_mapping) for port in graph.inputs.get(key, ())]
    parents = ((each, given.get(each)) for each in graph.dag.parents_of(key))
    return all(_is_alike(graph, key, each, mapping) for each, mapping in [*ports, *parents])


def _is_alike(
    graph: AssetGraph, key: AssetKey, other: AssetKey, given: PartitionMapping | None
) -> bool:
    own, upstream = graph.specs[key].partitions_def, graph.specs[other].partitions_def
    if upstream is None:
        return True
    if other is key or own != upstream:
        return False
    mapping = given if given is not None else default_mapping(upstream, own)
    return type(mapping) is IdentityPartitionMapping or (
        type(mapping) is TimeWindowPartitionMapping
        and mapping.start_offset == mapping.end_offset == 0
    )
