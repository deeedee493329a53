"""Partitions of a store in memory: where all of them stand, and those that are dynamic."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from assetbook.events.asset_events import DynamicPartitionsChanged
from assetbook.keys import AssetKey, CheckKey, PartitionKey
from assetbook.storage.made_kind import facts_of
from assetbook.storage.memory_turns import MemoryTurns
from assetbook.storage.partition_states import PartitionCounts, PartitionMade, counts_of
from assetbook.storage.stored_event import CheckState, StoredEvent
from assetbook.storage.version import Version

K = TypeVar("K")
T = TypeVar("T")


class MemoryPartitions(MemoryTurns):
    """See :class:`assetbook.storage.partition_states.PartitionStates` and
    :class:`assetbook.storage.dynamic_partitions.DynamicPartitions`."""

    def latest_of_partitions(
        self,
        keys: Collection[AssetKey] | None = None,
        among: Collection[PartitionKey] | None = None,
    ) -> dict[AssetKey, dict[PartitionKey, Version]]:
        """See :meth:`PartitionStates.latest_of_partitions`."""
        wanted, meant = asked(keys), _asked_partition(among)
        every = self._copy(self._tables.latest.values())
        return _by_partition(
            (each.key, each.partition, each)
            for each in every
            if wanted(each.key.text) and meant(each.partition)
        )

    def made_of_partitions(
        self, keys: Collection[AssetKey] | None = None
    ) -> dict[AssetKey, dict[PartitionKey, PartitionMade]]:
        """See :meth:`PartitionStates.made_of_partitions`."""
        return {
            key: {partition: _made(partition, version) for partition, version in some.items()}
            for key, some in self.latest_of_partitions(keys).items()
        }

    def versions_made(self, made: Mapping[AssetKey, PartitionMade]) -> dict[AssetKey, Version]:
        """See :meth:`PartitionStates.versions_made`."""
        by_event = {each.event_id: each for each in self._copy(self._tables.latest.values())}
        return {key: by_event[each.event_id] for key, each in made.items()}

    def partition_counts(
        self, keys: Collection[AssetKey] | None = None
    ) -> dict[AssetKey, PartitionCounts]:
        """See :meth:`PartitionStates.partition_counts`."""
        made = {key: len(some) for key, some in self.latest_of_partitions(keys).items()}
        return counts_of(made, self.failed_partitions(keys))

    def failed_partitions(
        self, keys: Collection[AssetKey] | None = None
    ) -> dict[AssetKey, dict[PartitionKey | None, int]]:
        """See :meth:`PartitionStates.failed_partitions`."""
        wanted = asked(keys)
        found: dict[AssetKey, dict[PartitionKey | None, int]] = {}
        for (text, of), event_id in self._copy(self._tables.failed.items()):
            if wanted(text):
                partition = None if of is None else PartitionKey(of)
                found.setdefault(AssetKey.from_text(text), {})[partition] = event_id
        return found

    def checks_of_partitions(
        self,
        keys: Collection[AssetKey] | None = None,
        among: Collection[PartitionKey] | None = None,
    ) -> dict[CheckKey, dict[PartitionKey, CheckState]]:
        """See :meth:`PartitionStates.checks_of_partitions`."""
        wanted, meant = asked(keys), _asked_partition(among)
        return _by_partition(
            (CheckKey(AssetKey.from_text(text), name), of, state)
            for (text, of, name), state in self._copy(self._tables.checks.items())
            if wanted(text) and meant(of)
        )

    def observed_of_partitions(
        self, keys: Collection[AssetKey] | None = None
    ) -> dict[AssetKey, dict[PartitionKey, StoredEvent]]:
        """See :meth:`PartitionStates.observed_of_partitions`."""
        wanted = asked(keys)
        return _by_partition(
            (AssetKey.from_text(text), of, stored)
            for (text, of), stored in self._copy(self._tables.observed.items())
            if wanted(text)
        )

    def add_dynamic_partitions(self, name: str, keys: Sequence[str]) -> list[PartitionKey]:
        """See :meth:`assetbook.storage.dynamic_partitions.DynamicPartitions`."""
        with self._mutex:
            there = self._tables.dynamic.get(name, {})
            new = [key for key in dict.fromkeys(keys) if key not in there]
            self._change_partitions(name, added=tuple(new))
            return list(map(PartitionKey, new))

    def delete_dynamic_partitions(self, name: str, keys: Sequence[str]) -> list[PartitionKey]:
        """See :meth:`assetbook.storage.dynamic_partitions.DynamicPartitions`."""
        with self._mutex:
            there = self._tables.dynamic.get(name, {})
            gone = [key for key in dict.fromkeys(keys) if key in there]
            self._change_partitions(name, deleted=tuple(gone))
            return list(map(PartitionKey, gone))

    def dynamic_partitions(self, name: str) -> list[PartitionKey]:
        """See :meth:`assetbook.storage.dynamic_partitions.DynamicPartitions`."""
        return [PartitionKey(key) for key in self._copy(self._tables.dynamic.get(name, {}))]

    def has_dynamic_partition(self, name: str, key: str) -> bool:
        """See :meth:`assetbook.storage.dynamic_partitions.DynamicPartitions`."""
        return key in self.dynamic_partitions(name)

    def _change_partitions(
        self, name: str, added: tuple[str, ...] = (), deleted: tuple[str, ...] = ()
    ) -> None:
        self._refuse_closed()
        if added or deleted:
            at = self._clock.now()
            event = DynamicPartitionsChanged(at=at, name=name, added=added, deleted=deleted)
            self._tables.fold([event])


def asked(keys: Collection[AssetKey] | None) -> Callable[[str], Any]:
    """Whether the asset with that text is among ``keys``; None is all."""
    return (lambda text: True) if keys is None else {key.text for key in keys}.__contains__


def _asked_partition(among: Collection[PartitionKey] | None) -> Callable[[Any], bool]:
    return (lambda partition: True) if among is None else among.__contains__


def _made(partition: PartitionKey, version: Version) -> PartitionMade:
    event = version.event
    return PartitionMade(
        0,
        partition,
        version.event_id,
        version.number,
        event.at.timestamp(),
        event.data_version,
        event.code.digest,
        event.code.authored,
        event.config,
        *facts_of(event),
    )


def _by_partition(
    found: Iterable[tuple[K, str | None, T]],
) -> dict[K, dict[PartitionKey, T]]:
    by_key: dict[K, dict[PartitionKey, T]] = {}
    for key, partition, each in found:
        if partition is not None:
            by_key.setdefault(key, {})[PartitionKey(partition)] = each
    return by_key
