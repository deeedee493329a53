"""The mapping that holds where nobody gave one."""

from __future__ import annotations

from assetbook.definitions.partitions.definition import PartitionsDefinition
from assetbook.definitions.partitions.key_mappings import (
    AllPartitionMapping,
    IdentityPartitionMapping,
)
from assetbook.definitions.partitions.mapping import PartitionMapping
from assetbook.definitions.partitions.multi import MultiPartitionsDefinition
from assetbook.definitions.partitions.multi_mapping import (
    DimensionPartitionMapping,
    MultiPartitionMapping,
    MultiToSingleDimensionPartitionMapping,
    dimension_alike,
)
from assetbook.definitions.partitions.time_mapping import TimeWindowPartitionMapping
from assetbook.definitions.partitions.time_windows import TimeWindowPartitionsDefinition


def default_mapping(
    upstream: PartitionsDefinition, downstream: PartitionsDefinition | None
) -> PartitionMapping:
    """How partitions are mapped unless somebody says otherwise.

    Windows of time by overlap; the same key where both are divided alike; several dimensions to one
    by the dimension that is alike, and to several by those of the same name; else all.
    """
    if isinstance(upstream, TimeWindowPartitionsDefinition) and isinstance(
        downstream, TimeWindowPartitionsDefinition
    ):
        return TimeWindowPartitionMapping()
    if downstream is None:
        return AllPartitionMapping()
    if upstream == downstream:
        return IdentityPartitionMapping()
    several = isinstance(upstream, MultiPartitionsDefinition)
    if several and isinstance(downstream, MultiPartitionsDefinition):
        return _by_name(upstream, downstream)  # type: ignore[arg-type]
    if isinstance(upstream, MultiPartitionsDefinition):
        return _to_one(upstream, downstream)
    if isinstance(downstream, MultiPartitionsDefinition):
        return _to_one(downstream, upstream)
    return AllPartitionMapping()


def _to_one(multi: MultiPartitionsDefinition, single: PartitionsDefinition) -> PartitionMapping:
    if dimension_alike(multi, single) is not None:
        return MultiToSingleDimensionPartitionMapping()
    if multi.time_dimension is not None and isinstance(single, TimeWindowPartitionsDefinition):
        overlap = TimeWindowPartitionMapping()
        return MultiToSingleDimensionPartitionMapping(multi.time_dimension, overlap)
    return AllPartitionMapping()


def _by_name(
    upstream: MultiPartitionsDefinition, downstream: MultiPartitionsDefinition
) -> PartitionMapping:
    shared = [name for name in upstream.dimensions if name in downstream.dimensions]
    if not shared:
        return AllPartitionMapping()
    return MultiPartitionMapping(
        {
            name: DimensionPartitionMapping(
                name, default_mapping(upstream.dimensions[name], downstream.dimensions[name])
            )
            for name in shared
        }
    )
