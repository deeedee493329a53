"""Partitions that are added while others are made: the keys of dynamic partitions definitions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from assetbook.keys import PartitionKey


class DynamicPartitions(Protocol):
    """The keys of each dynamic partitions definition, by its name.

    They change with
    :class:`assetbook.events.asset_events.DynamicPartitionsChanged`, which may also be
    committed with other events.
    """

    def add_dynamic_partitions(self, name: str, keys: Sequence[str]) -> list[PartitionKey]:
        """Adds keys at the end; those that were not there. Says so in an event if there are any."""
        ...

    def delete_dynamic_partitions(self, name: str, keys: Sequence[str]) -> list[PartitionKey]:
        """Removes keys; those that were there. Says so in an event if there are any."""
        ...

    def dynamic_partitions(self, name: str) -> list[PartitionKey]:
        """The keys, in the order in which they were added."""
        ...

    def has_dynamic_partition(self, name: str, key: str) -> bool:
        """Whether that is one of them."""
        ...
