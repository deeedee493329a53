"""What a step's code may ask for of partitions: the members that its contexts have in common."""

from __future__ import annotations

from collections.abc import Mapping

from assetbook.definitions.partitions import (
    MultiPartitionKey,
    PartitionKeyRange,
    PartitionsDefinition,
    TimeWindow,
)
from assetbook.errors import UsageError, did_you_mean
from assetbook.io.asset_partitions import AssetPartitions


class PartitionMembers:
    """The partitions that a step makes, and those that it reads, by input.

    Every member but the two that begin with ``has`` raises UsageError where there are none, or
    where one is asked for and there are several.
    """

    _partitions: AssetPartitions | None
    _partitions_read: Mapping[str, AssetPartitions]

    @property
    def has_partition_key(self) -> bool:
        """Whether the step makes one partition of an asset."""
        return self._partitions is not None and len(self._partitions.keys) == 1

    @property
    def has_partition_key_range(self) -> bool:
        """Whether it makes partitions, one or several in one call."""
        return self._partitions is not None

    @property
    def partition_key(self) -> str:
        """The key of the partition being made; of several dimensions a MultiPartitionKey."""
        return self._made("partition_key").key("context.partition_key")

    @property
    def partition_keys(self) -> tuple[str, ...]:
        """The keys of the partitions being made, in their definition's order."""
        return self._made("partition_keys").each

    @property
    def partition_key_range(self) -> PartitionKeyRange:
        """From the first to the last partition being made."""
        return self._made("partition_key_range").key_range()

    @property
    def partition_time_window(self) -> TimeWindow:
        """From the start of the first to the end of the last partition being made; in its zone."""
        return self._made("partition_time_window").time_window("context.partition_time_window")

    @property
    def multi_partition_key(self) -> MultiPartitionKey:
        """The partition being made, by dimension."""
        return self._made("multi_partition_key").multi_key("context.multi_partition_key")

    @property
    def asset_partition_key_range(self) -> PartitionKeyRange:
        """The same as ``partition_key_range`` (Dagster's older name)."""
        return self.partition_key_range

    def asset_partition_key_for_output(self, output_name: str = "result") -> str:
        """The same as ``partition_key``: all outputs of a step have the same partitions."""
        return self.partition_key

    def asset_partition_keys_for_output(self, output_name: str = "result") -> tuple[str, ...]:
        """The same as ``partition_keys``."""
        return self.partition_keys

    def asset_partition_key_range_for_output(
        self, output_name: str = "result"
    ) -> PartitionKeyRange:
        """The same as ``partition_key_range``."""
        return self.partition_key_range

    def asset_partitions_time_window_for_output(self, output_name: str = "result") -> TimeWindow:
        """The same as ``partition_time_window``."""
        return self.partition_time_window

    def asset_partitions_def_for_output(
        self, output_name: str = "result"
    ) -> PartitionsDefinition | None:
        """The definition of the partitions being made."""
        return self._made("asset_partitions_def_for_output").definition

    def asset_partition_key_for_input(self, input_name: str) -> str:
        """The key of the only partition that an input takes."""
        return self._read(input_name).key(f"the partition of the input `{input_name}`")

    def asset_partition_keys_for_input(self, input_name: str) -> tuple[str, ...]:
        """The keys of the partitions that an input takes."""
        return self._read(input_name).keys

    def asset_partition_key_range_for_input(self, input_name: str) -> PartitionKeyRange:
        """From the first to the last partition that an input takes."""
        return self._read(input_name).key_range()

    def asset_partitions_time_window_for_input(self, input_name: str) -> TimeWindow:
        """From the start of the first to the end of the last partition that an input takes."""
        return self._read(input_name).time_window(f"the window of the input `{input_name}`")

    def asset_partitions_def_for_input(self, input_name: str) -> PartitionsDefinition | None:
        """The definition of the partitions of an input."""
        return self._read(input_name).definition

    def _made(self, member: str) -> AssetPartitions:
        if self._partitions is None:
            raise UsageError(
                f"context.{member}",
                "what is being made has no partitions",
                "Ask `context.has_partition_key` first, or give the asset or job a partitions_def "
                "and name a partition.",
            )
        return self._partitions

    def _read(self, name: str) -> AssetPartitions:
        found = self._partitions_read.get(name)
        if found is None:
            raise UsageError(
                f"the partitions of the input `{name}`",
                "no input of that name has partitions",
                did_you_mean(name, self._partitions_read)
                or f"Those that have: {', '.join(self._partitions_read) or 'none'}.",
            )
        return found
