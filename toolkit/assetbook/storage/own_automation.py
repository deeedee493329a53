"""What a store that reads through to another one leaves to its own one: all of the daemon's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Literal

from assetbook.events.records import Event
from assetbook.keys import PartitionKey, RunId
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
)
from assetbook.storage.lease import Lease
from assetbook.storage.process_identity import ProcessIdentity
from assetbook.storage.store import Store


class OwnAutomation:
    """The roles of a store that the daemon uses: those of ``own``, for only that is written."""

    def __init__(self, own: Store) -> None:
        self.own = own

    def lease(self) -> Lease | None:
        """See :meth:`assetbook.storage.lease.Leases.lease`."""
        return self.own.lease()

    def acquire_lease(self, holder: ProcessIdentity, *, unchanged: Lease | None = None) -> Lease:
        """See :meth:`assetbook.storage.lease.Leases.acquire_lease`."""
        return self.own.acquire_lease(holder, unchanged=unchanged)

    def renew_lease(self, lease: Lease) -> Lease:
        """See :meth:`assetbook.storage.lease.Leases.renew_lease`."""
        return self.own.renew_lease(lease)

    def release_lease(self, lease: Lease) -> None:
        """See :meth:`assetbook.storage.lease.Leases.release_lease`."""
        self.own.release_lease(lease)

    def automation(self, automation: str) -> AutomationState:
        """See :meth:`assetbook.storage.automations.Automations.automation`."""
        return self.own.automation(automation)

    def automations(self) -> dict[str, AutomationState]:
        """See :meth:`assetbook.storage.automations.Automations.automations`."""
        return self.own.automations()

    def change_automation(self, before: AutomationState, after: AutomationState) -> AutomationState:
        """See :meth:`assetbook.storage.automations.Automations.change_automation`."""
        return self.own.change_automation(before, after)

    def commit_tick(
        self,
        lease: Lease,
        tick: Tick,
        requests: Sequence[LaunchRequest] = (),
        cursor: CursorMove | None = None,
        events: Sequence[Event] = (),
    ) -> TickReceipt:
        """See :meth:`assetbook.storage.automations.Automations.commit_tick`."""
        return self.own.commit_tick(lease, tick, requests, cursor, events)

    def record_ticks(self, lease: Lease, ticks: Sequence[Tick]) -> int:
        """See :meth:`assetbook.storage.automations.Automations.record_ticks`."""
        return self.own.record_ticks(lease, ticks)

    def ticks(
        self,
        automation: str | None = None,
        *,
        statuses: Collection[TickStatus] | None = None,
        older_than: Tick | None = None,
        limit: int | None = None,
    ) -> list[Tick]:
        """See :meth:`assetbook.storage.automations.Automations.ticks`."""
        return self.own.ticks(automation, statuses=statuses, older_than=older_than, limit=limit)

    def last_ticks(self) -> dict[str, Tick]:
        """See :meth:`assetbook.storage.automations.Automations.last_ticks`."""
        return self.own.last_ticks()

    def drop_ticks(
        self,
        before: datetime,
        *,
        statuses: Collection[TickStatus] | None = None,
        automation: str | None = None,
    ) -> int:
        """See :meth:`assetbook.storage.automations.Automations.drop_ticks`."""
        return self.own.drop_ticks(before, statuses=statuses, automation=automation)

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
        return self.own.requests(automation, states=states, after=after, since=since, limit=limit)

    def settle_request(
        self, run_id: RunId, state: Literal["launched", "refused"], message: str = ""
    ) -> None:
        """See :meth:`assetbook.storage.automations.Automations.settle_request`."""
        self.own.settle_request(run_id, state, message)

    def add_backfill(self, backfill: Backfill, chunks: Sequence[str]) -> None:
        """See :meth:`assetbook.storage.backfill_records.Backfills.add_backfill`."""
        self.own.add_backfill(backfill, chunks)

    def backfill(self, backfill: str) -> Backfill | None:
        """See :meth:`assetbook.storage.backfill_records.Backfills.backfill`."""
        return self.own.backfill(backfill)

    def backfills(
        self, *, statuses: Collection[BackfillStatus] | None = None, limit: int | None = None
    ) -> list[Backfill]:
        """See :meth:`assetbook.storage.backfill_records.Backfills.backfills`."""
        return self.own.backfills(statuses=statuses, limit=limit)

    def change_backfill(self, before: Backfill, after: Backfill) -> None:
        """See :meth:`assetbook.storage.backfill_records.Backfills.change_backfill`."""
        self.own.change_backfill(before, after)

    def chunks(
        self,
        backfill: str,
        *,
        states: Collection[ChunkState] | None = None,
        after: int = -1,
        limit: int | None = None,
    ) -> list[Chunk]:
        """See :meth:`assetbook.storage.backfill_records.Backfills.chunks`."""
        return self.own.chunks(backfill, states=states, after=after, limit=limit)

    def change_chunks(self, changes: Sequence[ChunkChange]) -> None:
        """See :meth:`assetbook.storage.backfill_records.Backfills.change_chunks`."""
        self.own.change_chunks(changes)

    def chunk_counts(
        self, backfills: Collection[str] | None = None
    ) -> dict[str, dict[ChunkState, int]]:
        """See :meth:`assetbook.storage.backfill_records.Backfills.chunk_counts`."""
        return self.own.chunk_counts(backfills)

    def add_dynamic_partitions(self, name: str, keys: Sequence[str]) -> list[PartitionKey]:
        """See :meth:`assetbook.storage.dynamic_partitions.DynamicPartitions`."""
        return self.own.add_dynamic_partitions(name, keys)

    def delete_dynamic_partitions(self, name: str, keys: Sequence[str]) -> list[PartitionKey]:
        """See :meth:`assetbook.storage.dynamic_partitions.DynamicPartitions`."""
        return self.own.delete_dynamic_partitions(name, keys)
