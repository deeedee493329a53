"""A store in memory, for tests and ephemeral work: the same protocols in dicts, nothing on disk.

Events are kept as they came, undecoded and unencoded; an event's id is its place in a list.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import TypeVar

from assetbook.clock import Clock, SystemClock
from assetbook.errors import ConflictError
from assetbook.events.log_record import LogRecord
from assetbook.events.records import Event
from assetbook.events.run_events import RunCanceling, RunEnded
from assetbook.events.value_file import ValueFile
from assetbook.keys import AssetKey, CheckKey, PartitionKey, RunId
from assetbook.storage import refusals
from assetbook.storage.memory_automation import MemoryAutomation
from assetbook.storage.memory_partitions import asked
from assetbook.storage.memory_value_files import value_files
from assetbook.storage.run_record import RUNNING
from assetbook.storage.store import (
    CheckState,
    Receipt,
    RunRecord,
    RunStatus,
    StoredEvent,
    StoredLog,
    Version,
)

T = TypeVar("T")


class MemoryStore(MemoryAutomation):
    """A store that lasts as long as the object. Any thread may use it."""

    def __init__(self, *, clock: Clock | None = None) -> None:
        super().__init__(clock or SystemClock())
        self._refusal: ConflictError | None = None

    def commit(self, events: Sequence[Event], *, fence: RunId | None = None) -> Receipt:
        """See :meth:`assetbook.storage.store.EventLog.commit`."""
        with self._mutex:
            self._refuse_closed()
            status = None if fence is None else self._tables.status(fence)
            if fence is not None and status not in RUNNING:
                raise refusals.fenced(fence, status)
            self._tables.refuse(events)
            before = len(self._tables.events)
            given = self._tables.fold(events)
            if any(type(event) in (RunCanceling, RunEnded) for event in events):
                self._ring()
            ids = tuple(range(before + 1, before + 1 + len(events)))
            return Receipt(ids, given, status == "canceling")

    def later(self, records: Sequence[Event | LogRecord]) -> None:
        """See :meth:`assetbook.storage.store.EventLog.later`."""
        with self._mutex:
            self._refuse_closed()
            try:
                self._tables.refuse(records)
            except ConflictError as refusal:
                self._refusal = self._refusal or refusal
            else:
                self._tables.fold(records)

    def flush(self) -> None:
        """See :meth:`assetbook.storage.store.EventLog.flush`."""
        refusal, self._refusal = self._refusal, None
        if refusal is not None:
            raise refusal

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
        kept = None if kinds is None else frozenset(kinds)
        text = None if key is None else key.text

        def fits(event: Event) -> bool:
            return (
                (run_id is None or event.run_id == run_id)
                and (text is None or getattr(event, "key", None) == text)
                and (kept is None or type(event) in kept)
            )

        found = [
            StoredEvent(number, event)
            for number, event in enumerate(self._copy(self._tables.events[after:]), after + 1)
            if fits(event)
        ]
        return _first(reversed(found) if newest_first else found, limit)

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
        found = (
            StoredLog(number, record)
            for number, record in enumerate(self._copy(self._tables.logs[after:]), after + 1)
            if record.run_id == run_id and (step is None or record.step == step)
        )
        return _first(reversed(list(found)) if newest_first else found, limit)

    def runs(
        self,
        *,
        statuses: Collection[RunStatus] | None = None,
        limit: int | None = None,
        beginning: str | None = None,
    ) -> list[RunRecord]:
        """See :meth:`assetbook.storage.store.StateView.runs`."""
        found = (
            run.record()
            for run in reversed(self._copy(self._tables.runs.values()))
            if (statuses is None or run.status in statuses)
            and run.started.run_id.startswith(beginning or "")
        )
        return _first(found, limit)

    def latest(
        self, keys: Collection[AssetKey] | None = None, partition: PartitionKey | None = None
    ) -> dict[AssetKey, Version]:
        """See :meth:`assetbook.storage.store.StateView.latest`."""
        if keys is None:
            every = self._copy(self._tables.latest.values())
            return {each.key: each for each in every if each.partition == partition}
        self._refuse_closed()
        found = ((key, self._tables.latest.get((key.text, partition))) for key in keys)
        return {key: version for key, version in found if version is not None}

    def versions(self, key: AssetKey, *, newest: int | None = None) -> list[Version]:
        """See :meth:`assetbook.storage.store.StateView.versions`."""
        return _first(reversed(self._copy(self._tables.versions(key))), newest)

    def kept(self, keys: Collection[AssetKey] | None = None) -> dict[AssetKey, frozenset[int]]:
        """See :meth:`assetbook.storage.store.StateView.kept`."""
        wanted = asked(keys)
        return {
            AssetKey.from_text(text): frozenset(numbers)
            for text, numbers in self._copy(self._tables.kept.items())
            if numbers and wanted(text)
        }

    def checks(
        self, keys: Collection[AssetKey] | None = None, partition: PartitionKey | None = None
    ) -> dict[CheckKey, CheckState]:
        """See :meth:`assetbook.storage.store.StateView.checks`."""
        wanted = asked(keys)
        return {
            CheckKey(AssetKey.from_text(text), name): state
            for (text, of, name), state in self._copy(self._tables.checks.items())
            if of == partition and wanted(text)
        }

    def assets(self) -> list[AssetKey]:
        """See :meth:`assetbook.storage.store.StateView.assets`."""
        return self._copy(self._tables.assets)

    def doom(self, choose: Callable[[Sequence[ValueFile]], Collection[str]]) -> list[str]:
        """See :meth:`assetbook.storage.store.Space.doom`."""
        with self._mutex:
            self._refuse_closed()
            paths = sorted(set(choose(value_files(self._tables))))
            at = self._clock.now()
            self._tables.doomed.update(dict.fromkeys(paths, at))
            return paths

    def expunge(self) -> None:
        """See :meth:`assetbook.storage.store.Space.expunge`."""

    def doomed(self) -> dict[str, datetime]:
        """See :meth:`assetbook.storage.store.Space.doomed`."""
        return dict(self._copy(self._tables.doomed.items()))

    def damage(self) -> list[str]:
        """See :meth:`assetbook.storage.store.Store.damage`."""
        return []

    def observed(
        self, keys: Collection[AssetKey] | None = None, partition: PartitionKey | None = None
    ) -> dict[AssetKey, StoredEvent]:
        """See :meth:`assetbook.storage.store.StateView.observed`."""
        wanted = asked(keys)
        return {
            AssetKey.from_text(text): stored
            for (text, of), stored in self._copy(self._tables.observed.items())
            if of == partition and wanted(text)
        }

    def close(self) -> None:
        """See :meth:`assetbook.storage.store.Store.close`."""
        self._closed = True


def _first(records: Iterable[T], limit: int | None) -> list[T]:
    return list(records if limit is None else islice(records, max(0, limit)))
