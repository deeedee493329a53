"""What is asked of a database file, by whoever has a way to read it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from assetbook.events.records import Event
from assetbook.keys import AssetKey, CheckKey, PartitionKey, RunId
from assetbook.storage import queries, slot_rows, source_rows
from assetbook.storage.checksums import damaged_row
from assetbook.storage.sources import Pin, StoredContent, StoredSnapshot
from assetbook.storage.sqlite_partitions import SqlitePartitions
from assetbook.storage.store import (
    CheckState,
    RunRecord,
    RunStatus,
    StoredEvent,
    StoredLog,
    Version,
)
from assetbook.storage.turns import PoolSlot


class SqliteReading(SqlitePartitions):
    """All questions to the database file at ``path``; how it is read is a subclass's own."""

    def events(
        self,
        *,
        after: int = 0,
        run_id: RunId | None = None,
        key: AssetKey | None = None,
        kinds: Collection[type[Event]] | None = None,
        newest_first: bool = False,
        limit: int | None = None,
    ) -> list[StoredEvent]:
        """See :meth:`assetbook.storage.store.EventLog.events`."""
        return self._read(queries.events(after, run_id, key, kinds, newest_first, limit))

    def logs(
        self,
        run_id: RunId,
        step: str | None = None,
        after: int = 0,
        limit: int | None = None,
        *,
        newest_first: bool = False,
    ) -> list[StoredLog]:
        """See :meth:`assetbook.storage.store.EventLog.logs`."""
        return self._read(queries.logs(run_id, step, after, limit, newest_first=newest_first))

    def runs(
        self,
        *,
        statuses: Collection[RunStatus] | None = None,
        limit: int | None = None,
        beginning: str | None = None,
    ) -> list[RunRecord]:
        """See :meth:`assetbook.storage.store.StateView.runs`."""
        return self._read(queries.runs(statuses, limit, beginning))

    def slots(self) -> list[PoolSlot]:
        """See :meth:`assetbook.storage.turns.Turns.slots`."""
        return self._read(slot_rows.slots())

    def assets(self) -> list[AssetKey]:
        """See :meth:`assetbook.storage.store.StateView.assets`."""
        return self._read(queries.assets())

    def latest(
        self, keys: Collection[AssetKey] | None = None, partition: PartitionKey | None = None
    ) -> dict[AssetKey, Version]:
        """See :meth:`assetbook.storage.store.StateView.latest`."""
        found = self._read_portions(keys, lambda some: queries.latest(some, partition))
        return {version.key: version for version in found}

    def versions(self, key: AssetKey, *, newest: int | None = None) -> list[Version]:
        """See :meth:`assetbook.storage.store.StateView.versions`."""
        found = self._read(queries.versions(key, newest))
        count = found[0][0] if found else 0
        wanted = count if newest is None else min(count, max(0, newest))
        numbers = [version.number for _, version in found]
        if numbers != list(range(count, count - wanted, -1)):
            what = f"the versions of `{key}`"
            raise damaged_row(self.path, what, "a row is missing or damaged")
        return [version for _, version in found]

    def kept(self, keys: Collection[AssetKey] | None = None) -> dict[AssetKey, frozenset[int]]:
        """See :meth:`assetbook.storage.store.StateView.kept`."""
        found: dict[AssetKey, set[int]] = {}
        for key, number in self._read_portions(keys, queries.kept):
            found.setdefault(key, set()).add(number)
        return {key: frozenset(numbers) for key, numbers in found.items()}

    def checks(
        self, keys: Collection[AssetKey] | None = None, partition: PartitionKey | None = None
    ) -> dict[CheckKey, CheckState]:
        """See :meth:`assetbook.storage.store.StateView.checks`."""
        found = self._read_portions(keys, lambda some: queries.checks(some, partition))
        return {key: state for key, _, state in found}

    def observed(
        self, keys: Collection[AssetKey] | None = None, partition: PartitionKey | None = None
    ) -> dict[AssetKey, StoredEvent]:
        """See :meth:`assetbook.storage.store.StateView.observed`."""
        found = self._read_portions(keys, lambda some: queries.observed(some, partition))
        return {key: stored for key, _, stored in found}

    def texts(self, digests: Collection[str]) -> dict[str, str]:
        """See :meth:`assetbook.storage.store.Sources.texts`."""
        return dict(self._read_portions(digests, lambda some: queries.texts(some or ())))

    def snapshot(self, location: str | None = None) -> StoredSnapshot | None:
        """See :meth:`assetbook.storage.store.Sources.snapshot`."""
        found = self._read(queries.newest_snapshot(location))
        return found[0] if found else None

    def snapshots(self) -> dict[str, StoredSnapshot]:
        """See :meth:`assetbook.storage.store.Sources.snapshots`."""
        return {each.location: each for each in self._read(queries.snapshots())}

    def content(self, digest: str) -> StoredContent | None:
        """See :meth:`assetbook.storage.sources.Sources.content`."""
        found = self._read(source_rows.contents(digest))
        return found[0] if found else None

    def parts(self, digests: Collection[str]) -> dict[str, str]:
        """See :meth:`assetbook.storage.sources.Sources.parts`."""
        return dict(self._read_portions(digests, lambda some: source_rows.parts(some or ())))

    def pins(self) -> dict[str, Pin]:
        """See :meth:`assetbook.storage.sources.Sources.pins`."""
        return {each.location: each for each in self._read(source_rows.pins())}

    def doomed(self) -> dict[str, datetime]:
        """See :meth:`assetbook.storage.store.Space.doomed`."""
        return dict(self._read(queries.doomed()))
