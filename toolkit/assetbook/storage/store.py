"""What a store is: protocols, each a role, and the records that they give back.

A store is told events and answers from what it folded them into. Every method may raise StoreError
(the place cannot be read or written) and CorruptStoreError (what is there is not what was written).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from assetbook.events.log_record import LogRecord
from assetbook.events.records import Event
from assetbook.events.value_file import ValueFile
from assetbook.keys import AssetKey, CheckKey, PartitionKey, RunId
from assetbook.storage.automations import Automations
from assetbook.storage.backfill_records import Backfills
from assetbook.storage.dynamic_partitions import DynamicPartitions
from assetbook.storage.lease import Leases
from assetbook.storage.partition_states import PartitionStates
from assetbook.storage.run_record import RunRecord, RunStatus
from assetbook.storage.sources import Sources, StoredSnapshot
from assetbook.storage.stored_event import CheckState, StoredEvent
from assetbook.storage.turns import Turns
from assetbook.storage.version import Version

__all__ = [
    "Automations",
    "Backfills",
    "CheckState",
    "DynamicPartitions",
    "EventLog",
    "Leases",
    "PartitionStates",
    "Receipt",
    "RunRecord",
    "RunStatus",
    "Sources",
    "StateView",
    "Store",
    "StoredEvent",
    "StoredLog",
    "StoredSnapshot",
    "Turns",
    "Version",
]


class Receipt(msgspec.Struct, frozen=True):
    """What a commit was given: ids of its events, in order, and numbers of its versions."""

    event_ids: tuple[int, ...]
    numbers: dict[tuple[str, str | None], int]
    """By asset key as text and partition; None stands for an asset without partitions."""
    canceling: bool = False
    """Whether the run of the fence was asked to end."""

    def number_of(self, key: AssetKey) -> int:
        """The number that the commit's version of ``key``, or of its partition, was given."""
        return self.numbers[key.text, key.partition]


class StoredLog(msgspec.Struct, frozen=True):
    """A log record with its place among all log records."""

    id: int
    record: LogRecord


class EventLog(Protocol):
    """What happened, in the order in which it was committed."""

    def commit(self, events: Sequence[Event], *, fence: RunId | None = None) -> Receipt:
        """The ids and version numbers of ``events``, which are durable when it returns.

        All of them or none. With ``fence`` they are written only if that run is still on its way.
        Raises ConflictError if it is not, if a run starts twice, ends without being started or is
        asked to end a second time, or if a key's folder differs from another key's only in case.
        An interrupt waits for the end.
        """
        ...

    def later(self, records: Sequence[Event | LogRecord]) -> None:
        """Queues ``records``: in order, before any later commit, durable within a moment.

        This process reads them at once. What is refused (ConflictError) is raised by ``flush``.
        """
        ...

    def flush(self) -> None:
        """Returns when everything queued is durable; raises the first refusal since last time."""
        ...

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
        """The events with ids above ``after`` that fit all filters, oldest first unless told.

        Ids are in the order of commits: whoever asks again after the last id misses nothing.
        """
        ...

    def logs(
        self,
        run_id: RunId,
        step: str | None = None,
        after: int = 0,
        limit: int | None = None,
        *,
        newest_first: bool = False,
    ) -> list[StoredLog]:
        """The run's (or step's) log records with ids above ``after``, oldest first unless told."""
        ...


class StateView(Protocol):
    """What the events add up to; always as of one commit."""

    def runs(
        self,
        *,
        statuses: Collection[RunStatus] | None = None,
        limit: int | None = None,
        beginning: str | None = None,
    ) -> list[RunRecord]:
        """The runs in ``statuses`` whose ids have that ``beginning``, newest first."""
        ...

    def assets(self) -> list[AssetKey]:
        """The assets of which anything was ever recorded, in the order of their first events."""
        ...

    def latest(
        self, keys: Collection[AssetKey] | None = None, partition: PartitionKey | None = None
    ) -> dict[AssetKey, Version]:
        """The latest version of each asset (None: of all) that has one.

        Of its ``partition``; None stands for assets without partitions. Overridden
        materializations never are the latest.
        """
        ...

    def versions(self, key: AssetKey, *, newest: int | None = None) -> list[Version]:
        """The asset's versions, newest first, of all partitions and overridden ones too."""
        ...

    def kept(self, keys: Collection[AssetKey] | None = None) -> dict[AssetKey, frozenset[int]]:
        """The numbers of the versions that are kept, of each asset (None: of all) with any."""
        ...

    def checks(
        self, keys: Collection[AssetKey] | None = None, partition: PartitionKey | None = None
    ) -> dict[CheckKey, CheckState]:
        """What each check of the assets (None: of all) last said about a latest version.

        Its ``version`` may be older than the asset's latest: then that one was not checked yet.
        """
        ...

    def observed(
        self, keys: Collection[AssetKey] | None = None, partition: PartitionKey | None = None
    ) -> dict[AssetKey, StoredEvent]:
        """The latest AssetObserved of each asset (None: of all) that has one."""
        ...


class Space(Protocol):
    """Value files that may go."""

    def doom(self, choose: Callable[[Sequence[ValueFile]], Collection[str]]) -> list[str]:
        """Marks the value files that ``choose`` names, of all that versions have; gives them back.

        In one transaction with what ``choose`` is shown: nobody commits meanwhile. A later commit
        that names a marked file is refused (DoomedFileError). ``choose`` must not use the store.
        """
        ...

    def expunge(self) -> None:
        """Returns when nothing that was overwritten or deleted can be found in the place any more.

        Rewrites all of it. Raises StoreError if there is no room for that, or if somebody else
        reads it without end.
        """
        ...

    def doomed(self) -> dict[str, datetime]:
        """All files that were ever marked, and when."""
        ...


class Store(
    EventLog,
    StateView,
    PartitionStates,
    DynamicPartitions,
    Sources,
    Space,
    Turns,
    Leases,
    Automations,
    Backfills,
    Protocol,
):
    """All that is remembered of a project."""

    def damage(self) -> list[str]:
        """What is not as it was written, a sentence each; reads everything.

        Reading checks each record that it meets; this also finds those that nobody can reach.
        """
        ...

    def close(self) -> None:
        """Makes what is queued durable and lets go of the place; a second call does nothing."""
        ...
