"""What is asked of a database file about partitions, all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import groupby
from operator import attrgetter
from typing import Any, TypeVar

from assetbook.keys import AssetKey, CheckKey, PartitionKey
from assetbook.storage import dynamic_rows, failed_rows, partition_queries, queries, readings
from assetbook.storage.bodies import EventRow
from assetbook.storage.made_body import made_of_all
from assetbook.storage.partition_states import PartitionCounts, PartitionMade, counts_of
from assetbook.storage.sqlite_asking import SqliteAsking
from assetbook.storage.stored_event import CheckState, StoredEvent
from assetbook.storage.version import Version

K = TypeVar("K")
P = TypeVar("P")
T = TypeVar("T")
_ASSET, _PARTITION = attrgetter("asset"), attrgetter("partition")
_NAMED = 1_000  # beside the parameters of a portion of keys


class SqlitePartitions(SqliteAsking):
    """See :class:`assetbook.storage.partition_states.PartitionStates`, and the questions about
    :class:`assetbook.storage.dynamic_partitions.DynamicPartitions`."""

    def latest_of_partitions(
        self,
        keys: Collection[AssetKey] | None = None,
        among: Collection[PartitionKey] | None = None,
    ) -> dict[AssetKey, dict[PartitionKey, Version]]:
        """See :meth:`PartitionStates.latest_of_partitions`."""
        few, wanted = _few(among), _among(among)
        rows = self._read_portions(
            keys, lambda some: partition_queries.latest_of_partitions(some, few)
        )
        assets = self._assets_by_id(keys)
        found: dict[AssetKey, dict[PartitionKey, Version]] = {}
        bodies, sums = [each[-2] for each in rows], [each[-1] for each in rows]
        for made, row in zip(made_of_all(bodies, sums, self.path), rows, strict=True):
            key = assets.get(made.asset)
            if key is not None and wanted(made.partition):
                version = readings.version_of_partition(made, key, row, self.path)
                found.setdefault(key, {})[PartitionKey(made.partition)] = version
        return found

    def made_of_partitions(
        self, keys: Collection[AssetKey] | None = None
    ) -> dict[AssetKey, dict[PartitionKey, PartitionMade]]:
        """See :meth:`PartitionStates.made_of_partitions`."""
        by_asset: dict[int, dict[PartitionKey, PartitionMade]] = {}
        rows = self._read_portions(keys, partition_queries.made_of_partitions)
        for asset, group in groupby(rows, _ASSET):  # a hundred thousand, those of each together
            some = list(group)
            by_asset.setdefault(asset, {}).update(zip(map(_PARTITION, some), some, strict=True))
        assets = self._assets_by_id(keys)
        return {key: by_asset[asset] for asset, key in assets.items() if asset in by_asset}

    def versions_made(self, made: Mapping[AssetKey, PartitionMade]) -> dict[AssetKey, Version]:
        """See :meth:`PartitionStates.versions_made`."""
        ids = [each.event_id for each in made.values()]
        rows = {row[0]: row for row in self._read_portions(ids, partition_queries.events_of_ids)}
        missing: tuple[None, ...] = (None,) * len(EventRow._fields)
        return {
            key: readings.version_of_partition(
                each, key, rows.get(each.event_id, missing), self.path
            )
            for key, each in made.items()
        }

    def partition_counts(
        self, keys: Collection[AssetKey] | None = None
    ) -> dict[AssetKey, PartitionCounts]:
        """See :meth:`PartitionStates.partition_counts`."""
        made = dict(self._read_portions(keys, partition_queries.partition_counts))
        failed = self.failed_partitions(keys)
        return counts_of(made, failed)

    def failed_partitions(
        self, keys: Collection[AssetKey] | None = None
    ) -> dict[AssetKey, dict[PartitionKey | None, int]]:
        """See :meth:`PartitionStates.failed_partitions`."""
        return _by_partition(self._read_portions(keys, failed_rows.failed))

    def checks_of_partitions(
        self,
        keys: Collection[AssetKey] | None = None,
        among: Collection[PartitionKey] | None = None,
    ) -> dict[CheckKey, dict[PartitionKey, CheckState]]:
        """See :meth:`PartitionStates.checks_of_partitions`."""
        few, wanted = _few(among), _among(among)
        found = self._read_portions(
            keys, lambda some: partition_queries.checks_of_partitions(some, few)
        )
        return _by_partition(each for each in found if wanted(each[1]))  # type: ignore[misc]

    def observed_of_partitions(
        self, keys: Collection[AssetKey] | None = None
    ) -> dict[AssetKey, dict[PartitionKey, StoredEvent]]:
        """See :meth:`PartitionStates.observed_of_partitions`."""
        found = self._read_portions(keys, partition_queries.observed_of_partitions)
        return _by_partition(found)  # type: ignore[arg-type]

    def _assets_by_id(self, keys: Collection[AssetKey] | None) -> dict[int, AssetKey]:
        assets = self._read_portions(keys, queries.asset_rows)
        return {each.id: AssetKey.from_text(each.text) for each in assets}

    def dynamic_partitions(self, name: str) -> list[PartitionKey]:
        """See :meth:`DynamicPartitions.dynamic_partitions`."""
        return self._read(dynamic_rows.dynamic_partitions(name))

    def has_dynamic_partition(self, name: str, key: str) -> bool:
        """See :meth:`DynamicPartitions.has_dynamic_partition`."""
        return bool(self._read(dynamic_rows.dynamic_partitions(name, [key])))


def _few(among: Collection[PartitionKey] | None) -> Collection[PartitionKey] | None:
    """Those, if they are so few that a query names them; else None, and all are read."""
    return among if among is not None and len(among) <= _NAMED else None


def _among(among: Collection[PartitionKey] | None) -> Callable[[Any], bool]:
    return (lambda partition: True) if among is None else among.__contains__


def _by_partition(found: Iterable[tuple[K, P, T]]) -> dict[K, dict[P, T]]:
    by_key: dict[K, dict[P, T]] = {}
    for key, partition, each in found:
        by_key.setdefault(key, {})[partition] = each
    return by_key
