"""The tags by which a run says which partition it is of, named as Dagster names them."""

from __future__ import annotations

from assetbook.definitions.partitions.definition import PartitionsDefinition
from assetbook.definitions.partitions.multi import MultiPartitionsDefinition

PARTITION_TAG = "dagster/partition"


def key_tags(definition: PartitionsDefinition, partition: str) -> dict[str, str]:
    """``dagster/partition``, and one for each dimension."""
    found = {PARTITION_TAG: partition}
    if isinstance(definition, MultiPartitionsDefinition):
        parts = definition.multi_key(partition).keys_by_dimension
        found |= {f"{PARTITION_TAG}/{name}": part for name, part in parts.items()}
    return found
