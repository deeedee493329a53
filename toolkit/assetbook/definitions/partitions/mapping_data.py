"""Partition mappings as plain data, as snapshots keep them, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from assetbook.definitions.partitions.key_mappings import (
    AllPartitionMapping,
    IdentityPartitionMapping,
    LastPartitionMapping,
    SpecificPartitionsPartitionMapping,
    StaticPartitionMapping,
)
from assetbook.definitions.partitions.mapping import PartitionMapping
from assetbook.definitions.partitions.multi_mapping import (
    DimensionPartitionMapping,
    MultiPartitionMapping,
    MultiToSingleDimensionPartitionMapping,
)
from assetbook.definitions.partitions.time_mapping import TimeWindowPartitionMapping
from assetbook.errors import CorruptStoreError


def mapping_data(mapping: PartitionMapping) -> dict[str, Any]:
    """What ``mapping_from`` makes the same mapping of; an author's own class by its name alone."""
    found: dict[str, Any] = {"kind": type(mapping).__name__}
    if isinstance(mapping, TimeWindowPartitionMapping):
        offsets = [mapping.start_offset, mapping.end_offset]
        return found | {
            "offsets": offsets,
            "lenient": mapping.allow_nonexistent_upstream_partitions,
        }
    if isinstance(mapping, SpecificPartitionsPartitionMapping):
        return found | {"keys": list(mapping.partition_keys)}
    if isinstance(mapping, StaticPartitionMapping):
        given = mapping.downstream_partition_keys_by_upstream_partition_key
        return found | {"keys": {up: list(downs) for up, downs in given.items()}}
    if isinstance(mapping, MultiToSingleDimensionPartitionMapping):
        inner = mapping_data(mapping.partition_mapping)
        return found | {"dimension": mapping.partition_dimension_name, "mapping": inner}
    if isinstance(mapping, MultiPartitionMapping):
        return found | {
            "dimensions": {
                name: [each.dimension_name, mapping_data(each.partition_mapping)]
                for name, each in mapping.downstream_mappings_by_upstream_dimension.items()
            }
        }
    return found


def mapping_from(data: Mapping[str, Any]) -> PartitionMapping:
    """The mapping of which ``mapping_data`` gave this; raises CorruptStoreError for a class that is
    not known here, and for anything else."""
    try:
        return _MAKERS[data["kind"]](data)
    except (KeyError, TypeError, ValueError) as error:
        raise CorruptStoreError(
            "a stored partition mapping",
            f"it cannot be read ({type(error).__name__}: {error})",
            "Load its location again; a mapping of your own class is known there alone.",
        ) from None


def _multi(data: Mapping[str, Any]) -> PartitionMapping:
    return MultiPartitionMapping(
        {
            name: DimensionPartitionMapping(dimension, mapping_from(inner))
            for name, (dimension, inner) in data["dimensions"].items()
        }
    )


_MAKERS: Mapping[str, Callable[[Mapping[str, Any]], PartitionMapping]] = {
    "AllPartitionMapping": lambda data: AllPartitionMapping(),
    "IdentityPartitionMapping": lambda data: IdentityPartitionMapping(),
    "LastPartitionMapping": lambda data: LastPartitionMapping(),
    "SpecificPartitionsPartitionMapping": lambda data: SpecificPartitionsPartitionMapping(
        data["keys"]
    ),
    "StaticPartitionMapping": lambda data: StaticPartitionMapping(data["keys"]),
    "TimeWindowPartitionMapping": lambda data: TimeWindowPartitionMapping(
        data["offsets"][0], data["offsets"][1], data["lenient"]
    ),
    "MultiToSingleDimensionPartitionMapping": lambda data: MultiToSingleDimensionPartitionMapping(
        data["dimension"], mapping_from(data["mapping"])
    ),
    "MultiPartitionMapping": _multi,
}
