"""What a store in a file does for the daemon: its lease, automations, backfills, partitions."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar

from assetbook.clock import Clock
from assetbook.events.records import Event
from assetbook.keys import PartitionKey, RunId
from assetbook.storage import automation_rows, backfill_rows, lease_rows, request_rows, tick_commit
from assetbook.storage.automations import (
    AutomationState,
    CursorMove,
    LaunchRequest,
    RequestState,
    StoredRequest,
    Tick,
    TickReceipt,
    TickStatus,
)
from assetbook.storage.backfill_records import (
    Backfill,
    BackfillStatus,
    Chunk,
    ChunkChange,
    ChunkState,
    refuse_other_chunks,
)
from assetbook.storage.dynamic_commit import added, deleted
from assetbook.storage.lease import Lease
from assetbook.storage.process_identity import ProcessIdentity
from assetbook.storage.sqlite_reading import SqliteReading
from assetbook.storage.write_queue import Work

T = TypeVar("T")


class SqliteAutomation(SqliteReading):
    """The roles of a store that the daemon uses, in the database file at ``path``."""

    def __init__(self, path: Path, clock: Clock) -> None:
        super().__init__(path)
        self._clock = clock

    @abstractmethod
    def _write(self, work: Work[T]) -> T:
        """What ``work`` returned, once it is durable."""

    def lease(self) -> Lease | None:
        """See :meth:`assetbook.storage.lease.Leases.lease`."""
        found = self._read(lease_rows.lease())
        return found[0] if found else None

    def acquire_lease(self, holder: ProcessIdentity, *, unchanged: Lease | None = None) -> Lease:
        """See :meth:`assetbook.storage.lease.Leases.acquire_lease`."""
        return self._write(
            partial(lease_rows.acquire, holder, unchanged, self._clock.now(), self.path)
        )

    def renew_lease(self, lease: Lease) -> Lease:
        """See :meth:`assetbook.storage.lease.Leases.renew_lease`."""
        return self._write(partial(lease_rows.renew, lease, self._clock.now(), self.path))

    def release_lease(self, lease: Lease) -> None:
        """See :meth:`assetbook.storage.lease.Leases.release_lease`."""
        self._write(partial(lease_rows.release, lease, self.path))

    def automation(self, automation: str) -> AutomationState:
        """See :meth:`assetbook.storage.automations.Automations.automation`."""
        found = self._read(automation_rows.states(automation))
        return found[0] if found else AutomationState(automation)

    def automations(self) -> dict[str, AutomationState]:
        """See :meth:`assetbook.storage.automations.Automations.automations`."""
        return {each.automation: each for each in self._read(automation_rows.states())}

    def change_automation(self, before: AutomationState, after: AutomationState) -> AutomationState:
        """See :meth:`assetbook.storage.automations.Automations.change_automation`."""
        return self._write(partial(automation_rows.change_state, before, after, self.path))

    def commit_tick(
        self,
        lease: Lease,
        tick: Tick,
        requests: Sequence[LaunchRequest] = (),
        cursor: CursorMove | None = None,
        events: Sequence[Event] = (),
    ) -> TickReceipt:
        """See :meth:`assetbook.storage.automations.Automations.commit_tick`."""
        work = tick_commit.TickCommit(lease, tick, tuple(requests), cursor, tuple(events))
        return self._write(partial(tick_commit.commit_tick, work, self.path))

    def record_ticks(self, lease: Lease, ticks: Sequence[Tick]) -> int:
        """See :meth:`assetbook.storage.automations.Automations.record_ticks`."""
        return self._write(partial(tick_commit.record_ticks, lease, tuple(ticks), self.path))

    def ticks(
        self,
        automation: str | None = None,
        *,
        statuses: Collection[TickStatus] | None = None,
        older_than: Tick | None = None,
        limit: int | None = None,
    ) -> list[Tick]:
        """See :meth:`assetbook.storage.automations.Automations.ticks`."""
        return self._read(automation_rows.ticks(automation, statuses, older_than, limit))

    def last_ticks(self) -> dict[str, Tick]:
        """See :meth:`assetbook.storage.automations.Automations.last_ticks`."""
        return {each.automation: each for each in self._read(automation_rows.last_ticks())}

    def drop_ticks(
        self,
        before: datetime,
        *,
        statuses: Collection[TickStatus] | None = None,
        automation: str | None = None,
    ) -> int:
        """See :meth:`assetbook.storage.automations.Automations.drop_ticks`."""
        return self._write(partial(automation_rows.drop_ticks, before, statuses, automation))

    def requests(
        self,
        automation: str | None = None,
        *,
        states: Collection[RequestState] | None = None,
        after: int = 0,
        since: datetime | None = None,
        limit: int | None = None,
    ) -> list[StoredRequest]:
        """See :meth:`assetbook.storage.automations.Automations.requests`."""
        return self._read(request_rows.requests(automation, states, after, since, limit))

    def settle_request(
        self, run_id: RunId, state: Literal["launched", "refused"], message: str = ""
    ) -> None:
        """See :meth:`assetbook.storage.automations.Automations.settle_request`."""
        self._write(partial(request_rows.settle, run_id, state, message, self.path))

    def add_backfill(self, backfill: Backfill, chunks: Sequence[str]) -> None:
        """See :meth:`assetbook.storage.backfill_records.Backfills.add_backfill`."""
        self._write(partial(backfill_rows.add, backfill, tuple(chunks)))

    def backfill(self, backfill: str) -> Backfill | None:
        """See :meth:`assetbook.storage.backfill_records.Backfills.backfill`."""
        found = self._read(backfill_rows.backfills(None, 1, backfill))
        return found[0] if found else None

    def backfills(
        self, *, statuses: Collection[BackfillStatus] | None = None, limit: int | None = None
    ) -> list[Backfill]:
        """See :meth:`assetbook.storage.backfill_records.Backfills.backfills`."""
        return self._read(backfill_rows.backfills(statuses, limit))

    def change_backfill(self, before: Backfill, after: Backfill) -> None:
        """See :meth:`assetbook.storage.backfill_records.Backfills.change_backfill`."""
        self._write(partial(backfill_rows.change, before, after, self.path))

    def chunks(
        self,
        backfill: str,
        *,
        states: Collection[ChunkState] | None = None,
        after: int = -1,
        limit: int | None = None,
    ) -> list[Chunk]:
        """See :meth:`assetbook.storage.backfill_records.Backfills.chunks`."""
        return self._read(backfill_rows.chunks(backfill, states, after, limit))

    def change_chunks(self, changes: Sequence[ChunkChange]) -> None:
        """See :meth:`assetbook.storage.backfill_records.Backfills.change_chunks`."""
        refuse_other_chunks(changes)
        self._write(partial(backfill_rows.change_chunks, tuple(changes), self.path))

    def chunk_counts(
        self, backfills: Collection[str] | None = None
    ) -> dict[str, dict[ChunkState, int]]:
        """See :meth:`assetbook.storage.backfill_records.Backfills.chunk_counts`."""
        counts: dict[str, dict[ChunkState, int]] = {}
        for backfill, state, count in self._read_portions(backfills, backfill_rows.chunk_counts):
            counts.setdefault(backfill, {})[state] = count
        return counts

    def add_dynamic_partitions(self, name: str, keys: Sequence[str]) -> list[PartitionKey]:
        """See :meth:`assetbook.storage.dynamic_partitions.DynamicPartitions`."""
        return self._write(partial(added, name, tuple(keys), self._clock.now(), self.path))

    def delete_dynamic_partitions(self, name: str, keys: Sequence[str]) -> list[PartitionKey]:
        """See :meth:`assetbook.storage.dynamic_partitions.DynamicPartitions`."""
        return self._write(partial(deleted, name, tuple(keys), self._clock.now(), self.path))
