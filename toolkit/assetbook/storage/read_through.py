"""A store that has what another one has, as long as it has none of its own: asset by asset."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from assetbook.events.log_record import LogRecord
from assetbook.events.records import Event
from assetbook.events.run_events import RunStarted
from assetbook.events.value_file import ValueFile
from assetbook.keys import AssetKey, CheckKey, PartitionKey, RunId
from assetbook.storage.partitions_through import PartitionsThrough
from assetbook.storage.sources import (
    Content,
    Pin,
    SourcesGoing,
    SourceUse,
    StoredContent,
    StoredSnapshot,
)
from assetbook.storage.sqlite_reading import SqliteReading
from assetbook.storage.store import (
    CheckState,
    Receipt,
    RunRecord,
    RunStatus,
    Store,
    StoredEvent,
    StoredLog,
    Version,
)
from assetbook.storage.turns import Bell, MayStart, MayTake, PoolSlot

T = TypeVar("T")


class ReadThroughStore(PartitionsThrough):
    """``own``, and for the assets of which it has no latest version what ``other`` has.

    Only ``own`` is ever written. Versions that are read from the other one name it. Events and runs
    are the own ones, but for a run that is asked for by its id.
    """

    def commit(self, events: Sequence[Event], *, fence: RunId | None = None) -> Receipt:
        """See :meth:`assetbook.storage.store.EventLog.commit`."""
        return self.own.commit(events, fence=fence)

    def later(self, records: Sequence[Event | LogRecord]) -> None:
        """See :meth:`assetbook.storage.store.EventLog.later`."""
        self.own.later(records)

    def flush(self) -> None:
        """See :meth:`assetbook.storage.store.EventLog.flush`."""
        self.own.flush()

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
        where = self.own if run_id is None else self._where(run_id)
        return where.events(
            after=after, run_id=run_id, key=key, kinds=kinds, newest_first=newest_first, limit=limit
        )

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
        where = self._where(run_id)
        return where.logs(run_id, step, after, limit, newest_first=newest_first)

    def runs(
        self,
        *,
        statuses: Collection[RunStatus] | None = None,
        limit: int | None = None,
        beginning: str | None = None,
    ) -> list[RunRecord]:
        """See :meth:`assetbook.storage.store.StateView.runs`."""
        found = self.own.runs(statuses=statuses, limit=limit, beginning=beginning)
        if found or beginning is None:
            return found
        return self.other.runs(statuses=statuses, limit=limit, beginning=beginning)

    def assets(self) -> list[AssetKey]:
        """See :meth:`assetbook.storage.store.StateView.assets`."""
        return list(dict.fromkeys([*self.own.assets(), *self.other.assets()]))

    def latest(
        self, keys: Collection[AssetKey] | None = None, partition: PartitionKey | None = None
    ) -> dict[AssetKey, Version]:
        """See :meth:`assetbook.storage.store.StateView.latest`."""
        return self._own_first(lambda store, some: store.latest(some, partition), keys)

    def versions(self, key: AssetKey, *, newest: int | None = None) -> list[Version]:
        """See :meth:`assetbook.storage.store.StateView.versions`; of one store alone."""
        if key not in self._made_here([key]):
            found = self.other.versions(key, newest=newest)
            if found:
                return found
        return self.own.versions(key, newest=newest)

    def kept(self, keys: Collection[AssetKey] | None = None) -> dict[AssetKey, frozenset[int]]:
        """See :meth:`assetbook.storage.store.StateView.kept`."""
        own, here = self.own.kept(keys), self._made_here(keys)
        other = self.other.kept(_without(keys, here))
        return {**own, **{key: numbers for key, numbers in other.items() if key not in here}}

    def checks(
        self, keys: Collection[AssetKey] | None = None, partition: PartitionKey | None = None
    ) -> dict[CheckKey, CheckState]:
        """See :meth:`assetbook.storage.store.StateView.checks`.

        A version of the other store may have been checked here since it was there.
        """
        here = self.own.latest(keys, partition).keys()
        found = {
            key: state
            for key, state in self.other.checks(_without(keys, here), partition).items()
            if key.asset_key not in here
        }
        for key, state in self.own.checks(keys, partition).items():
            there = found.get(key)
            if key.asset_key in here or there is None or there.event.at <= state.event.at:
                found[key] = state
        return found

    def observed(
        self, keys: Collection[AssetKey] | None = None, partition: PartitionKey | None = None
    ) -> dict[AssetKey, StoredEvent]:
        """See :meth:`assetbook.storage.store.StateView.observed`."""
        return self._own_first(lambda store, some: store.observed(some, partition), keys)

    def start_in_turn(self, run: RunStarted, may_start: MayStart) -> bool:
        """See :meth:`assetbook.storage.turns.Turns.start_in_turn`."""
        return self.own.start_in_turn(run, may_start)

    def take_slot(self, slot: PoolSlot, may_take: MayTake) -> bool:
        """See :meth:`assetbook.storage.turns.Turns.take_slot`."""
        return self.own.take_slot(slot, may_take)

    def leave_slot(self, run_id: RunId, step: str) -> None:
        """See :meth:`assetbook.storage.turns.Turns.leave_slot`."""
        self.own.leave_slot(run_id, step)

    def slots(self) -> list[PoolSlot]:
        """See :meth:`assetbook.storage.turns.Turns.slots`."""
        return self.own.slots()

    def bell(self) -> Bell:
        """See :meth:`assetbook.storage.turns.Turns.bell`."""
        return self.own.bell()

    def put_texts(self, texts: Mapping[str, str]) -> None:
        """See :meth:`assetbook.storage.store.Sources.put_texts`."""
        self.own.put_texts(texts)

    def texts(self, digests: Collection[str]) -> dict[str, str]:
        """See :meth:`assetbook.storage.store.Sources.texts`."""
        found = self.own.texts(digests)
        missing = [digest for digest in digests if digest not in found]
        return {**found, **self.other.texts(missing)} if missing else found

    def expunge(self) -> None:
        """See :meth:`assetbook.storage.store.Space.expunge`."""
        self.own.expunge()

    def put_snapshot(self, location: str, body: bytes) -> int:
        """See :meth:`assetbook.storage.store.Sources.put_snapshot`."""
        return self.own.put_snapshot(location, body)

    def snapshot(self, location: str | None = None) -> StoredSnapshot | None:
        """See :meth:`assetbook.storage.store.Sources.snapshot`."""
        return self.own.snapshot(location) or self.other.snapshot(location)

    def snapshots(self) -> dict[str, StoredSnapshot]:
        """See :meth:`assetbook.storage.store.Sources.snapshots`; the own ones count as newer."""
        own = self.own.snapshots()
        other = self.other.snapshots()
        return {**{at: each for at, each in other.items() if at not in own}, **own}

    def put_content(self, content: Content, parts: Mapping[str, str]) -> None:
        """See :meth:`assetbook.storage.sources.Sources.put_content`."""
        self.own.put_content(content, parts)

    def content(self, digest: str) -> StoredContent | None:
        """See :meth:`assetbook.storage.sources.Sources.content`."""
        return self.own.content(digest) or self.other.content(digest)

    def parts(self, digests: Collection[str]) -> dict[str, str]:
        """See :meth:`assetbook.storage.sources.Sources.parts`."""
        found = self.own.parts(digests)
        missing = [digest for digest in digests if digest not in found]
        return {**found, **self.other.parts(missing)} if missing else found

    def put_pin(self, pin: Pin) -> None:
        """See :meth:`assetbook.storage.sources.Sources.put_pin`."""
        self.own.put_pin(pin)

    def pins(self) -> dict[str, Pin]:
        """See :meth:`assetbook.storage.sources.Sources.pins`; of the own one."""
        return self.own.pins()

    def drop_sources(self, choose: Callable[[SourceUse], SourcesGoing]) -> SourcesGoing:
        """See :meth:`assetbook.storage.sources.Sources.drop_sources`."""
        return self.own.drop_sources(choose)

    def doom(self, choose: Callable[[Sequence[ValueFile]], Collection[str]]) -> list[str]:
        """See :meth:`assetbook.storage.store.Space.doom`."""
        return self.own.doom(choose)

    def doomed(self) -> dict[str, datetime]:
        """See :meth:`assetbook.storage.store.Space.doomed`."""
        return self.own.doomed()

    def damage(self) -> list[str]:
        """See :meth:`assetbook.storage.store.Store.damage`; of the own one."""
        return self.own.damage()

    def close(self) -> None:
        """See :meth:`assetbook.storage.store.Store.close`."""
        self.own.close()

    def _made_here(self, keys: Collection[AssetKey] | None) -> frozenset[AssetKey]:
        """The assets of which the own store has a latest version, or one of a partition."""
        return frozenset([*self.own.latest(keys), *self.own.made_of_partitions(keys)])

    def _where(self, run_id: RunId) -> Store | SqliteReading:
        """The other store if the run was one of its own."""
        if self.own.runs(beginning=run_id, limit=1):
            return self.own
        return self.other if self.other.runs(beginning=run_id, limit=1) else self.own

    def _own_first(
        self,
        ask: Callable[[Store | SqliteReading, Collection[AssetKey] | None], dict[AssetKey, T]],
        keys: Collection[AssetKey] | None,
    ) -> dict[AssetKey, T]:
        own = ask(self.own, keys)
        if keys is not None and all(key in own for key in keys):
            return own
        return {**ask(self.other, _without(keys, own)), **own}


def _without(
    keys: Collection[AssetKey] | None, here: Collection[AssetKey]
) -> Collection[AssetKey] | None:
    return None if keys is None else [key for key in keys if key not in here]
