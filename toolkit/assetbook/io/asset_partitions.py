"""The partitions of an asset that are written or read at once."""

from __future__ import annotations

import msgspec

from assetbook.definitions.partitions import (
    MultiPartitionKey,
    MultiPartitionsDefinition,
    PartitionKeyRange,
    PartitionsDefinition,
    TimeWindow,
    TimeWindowPartitionsDefinition,
)
from assetbook.errors import UsageError
from assetbook.keys import PartitionKey


class AssetPartitions(msgspec.Struct, frozen=True):
    """Their keys, in order, and what defines them."""

    keys: tuple[PartitionKey, ...]
    definition: PartitionsDefinition | None = None
    """None where nobody knows, as in a context built for a test."""

    def key(self, asked: str) -> str:
        """The only one, a MultiPartitionKey where there are dimensions; raises UsageError, which
        begins with ``asked``, if there are several."""
        if len(self.keys) != 1:
            raise UsageError(
                asked, f"there are {len(self.keys)} partitions", "Ask for the keys of all of them."
            )
        return self.each[0]

    @property
    def each(self) -> tuple[str, ...]:
        """The keys; those of several dimensions know their parts."""
        if isinstance(self.definition, MultiPartitionsDefinition):
            return tuple(map(self.definition.multi_key, self.keys))
        return self.keys

    def multi_key(self, asked: str) -> MultiPartitionKey:
        """The only one, by dimension; raises UsageError if it has no dimensions."""
        key = self.key(asked)
        if isinstance(key, MultiPartitionKey):
            return key
        raise UsageError(asked, "its partitions have one dimension", "Ask for partition_key.")

    def key_range(self) -> PartitionKeyRange:
        """From the first to the last one."""
        return PartitionKeyRange(self.keys[0], self.keys[-1])

    def time_window(self, asked: str) -> TimeWindow:
        """From the start of the first to the end of the last; raises UsageError if their
        definition knows no time."""
        definition = self.definition
        if isinstance(definition, MultiPartitionsDefinition):
            return definition.time_window_for_keys(self.keys)
        if not isinstance(definition, TimeWindowPartitionsDefinition):
            raise UsageError(asked, "its partitions are no windows of time", "Ask for its keys.")
        first = definition.time_window_for_partition_key(self.keys[0])
        last = definition.time_window_for_partition_key(self.keys[-1])
        return TimeWindow(first.start, last.end)
