"""Where partitions stand in a store and, as long as it has none of its own, in another one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from msgspec import structs

from assetbook.keys import AssetKey, CheckKey, PartitionKey
from assetbook.storage.own_automation import OwnAutomation
from assetbook.storage.partition_states import PartitionCounts, PartitionMade, counts_of
from assetbook.storage.sqlite_reading import SqliteReading
from assetbook.storage.store import Store
from assetbook.storage.stored_event import CheckState, StoredEvent
from assetbook.storage.version import Version

K = TypeVar("K")
P = TypeVar("P")
T = TypeVar("T")


class PartitionsThrough(OwnAutomation):
    """The latest of each partition: that of ``own``, or else that of ``other``."""

    def __init__(self, own: Store, other: SqliteReading, name: str) -> None:
        super().__init__(own)
        self.other = other
        self.name = name
        """The other one's name."""

    def latest_of_partitions(
        self,
        keys: Collection[AssetKey] | None = None,
        among: Collection[PartitionKey] | None = None,
    ) -> dict[AssetKey, dict[PartitionKey, Version]]:
        """See :meth:`PartitionStates.latest_of_partitions`."""
        return self._over(lambda store: store.latest_of_partitions(keys, among))

    def made_of_partitions(
        self, keys: Collection[AssetKey] | None = None
    ) -> dict[AssetKey, dict[PartitionKey, PartitionMade]]:
        """See :meth:`PartitionStates.made_of_partitions`; those of the other store name it, and
        only their events tell how they stand here."""
        there = {
            key: {
                each: structs.replace(made, kind=None, store=self.name)
                for each, made in some.items()
            }
            for key, some in self.other.made_of_partitions(keys).items()
        }
        return _over(there, self.own.made_of_partitions(keys))

    def versions_made(self, made: Mapping[AssetKey, PartitionMade]) -> dict[AssetKey, Version]:
        """See :meth:`PartitionStates.versions_made`."""
        here = {key: each for key, each in made.items() if each.store is None}
        there = {key: each for key, each in made.items() if each.store is not None}
        of_other = self.other.versions_made(there)
        seen = {key: each.seen_in(self.name) for key, each in of_other.items()}
        return {**self.own.versions_made(here), **seen}

    def partition_counts(
        self, keys: Collection[AssetKey] | None = None
    ) -> dict[AssetKey, PartitionCounts]:
        """See :meth:`PartitionStates.partition_counts`."""
        made = {key: len(some) for key, some in self.made_of_partitions(keys).items()}
        return counts_of(made, self.failed_partitions(keys))

    def failed_partitions(
        self, keys: Collection[AssetKey] | None = None
    ) -> dict[AssetKey, dict[PartitionKey | None, int]]:
        """See :meth:`PartitionStates.failed_partitions`; of the own one, whose events they are."""
        return self.own.failed_partitions(keys)

    def checks_of_partitions(
        self,
        keys: Collection[AssetKey] | None = None,
        among: Collection[PartitionKey] | None = None,
    ) -> dict[CheckKey, dict[PartitionKey, CheckState]]:
        """See :meth:`PartitionStates.checks_of_partitions`; as ``checks`` for each partition."""
        here = self.own.made_of_partitions(keys)
        found = {
            key: {of: state for of, state in some.items() if of not in here.get(key.asset_key, ())}
            for key, some in self.other.checks_of_partitions(keys, among).items()
        }
        for key, some in self.own.checks_of_partitions(keys, among).items():
            there = found.setdefault(key, {})
            for of, state in some.items():
                before = there.get(of)
                if before is None or before.event.at <= state.event.at:
                    there[of] = state
        return {key: some for key, some in found.items() if some}

    def observed_of_partitions(
        self, keys: Collection[AssetKey] | None = None
    ) -> dict[AssetKey, dict[PartitionKey, StoredEvent]]:
        """See :meth:`PartitionStates.observed_of_partitions`."""
        return self._over(lambda store: store.observed_of_partitions(keys))

    def dynamic_partitions(self, name: str) -> list[PartitionKey]:
        """See :meth:`DynamicPartitions.dynamic_partitions`; the other store's, then the own ones
        that it has not."""
        both = [*self.other.dynamic_partitions(name), *self.own.dynamic_partitions(name)]
        return list(dict.fromkeys(both))

    def has_dynamic_partition(self, name: str, key: str) -> bool:
        """See :meth:`DynamicPartitions.has_dynamic_partition`; of either store."""
        return self.own.has_dynamic_partition(name, key) or self.other.has_dynamic_partition(
            name, key
        )

    def _over(
        self, ask: Callable[[Store | SqliteReading], dict[K, dict[P, T]]]
    ) -> dict[K, dict[P, T]]:
        return _over(ask(self.other), ask(self.own))


def _over(there: dict[K, dict[P, T]], here: dict[K, dict[P, T]]) -> dict[K, dict[P, T]]:
    return {key: {**there.get(key, {}), **here.get(key, {})} for key in {**there, **here}}
