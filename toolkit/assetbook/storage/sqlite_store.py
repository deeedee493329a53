"""The project's store: one SQLite file. See :mod:`assetbook.storage.store` for what it promises."""

from __future__ import annotations

import atexit
import os
import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack, suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from msgspec import structs

from assetbook.clock import Clock, SystemClock
from assetbook.errors import StoreError
from assetbook.events.log_record import LogRecord
from assetbook.events.records import Event
from assetbook.events.run_events import RunCanceling, RunEnded, RunStarted
from assetbook.events.value_file import ValueFile
from assetbook.keys import RunId
from assetbook.storage import slot_rows, source_rows
from assetbook.storage.checksums import row_sum
from assetbook.storage.damage import damage_in
from assetbook.storage.database import open_database
from assetbook.storage.doorbell import Doorbell
from assetbook.storage.expunging import expunge
from assetbook.storage.failures import explain, unwritable_remedy
from assetbook.storage.fold import Folding, add_log, hold_fence, next_id
from assetbook.storage.process_identity import current_process
from assetbook.storage.queries import Query
from assetbook.storage.run_turns import start_in_turn
from assetbook.storage.sources import Content, Pin, SourcesGoing, SourceUse
from assetbook.storage.sqlite_automation import SqliteAutomation
from assetbook.storage.state_rows import summed
from assetbook.storage.store import Receipt
from assetbook.storage.turns import Bell, MayStart, MayTake, PoolSlot
from assetbook.storage.value_files_view import doom_chosen
from assetbook.storage.write_queue import Work, WriteQueue

T = TypeVar("T")
_STORED_ANEW = timedelta(hours=1)  # a content is collected a day after it was stored, or later

_open_stores: set[SqliteStore] = set()
_still: list[SqliteStore] = []  # held still for a fork


class SqliteStore(SqliteAutomation):
    """The store in the database file at ``path``, which is made if there is none.

    Any thread may use it, and a forked child too (it gets connections of its own). It is closed at
    the process's end at the latest, and what is queued is written then.
    """

    def __init__(self, path: Path, *, clock: Clock | None = None) -> None:
        super().__init__(path, clock or SystemClock())
        self._database = open_database(path)
        self._queue = WriteQueue(self._database)
        self._doorbell = Doorbell(self._database.path)
        self._known_texts: set[str] = set()
        self._known_contents: dict[str, datetime] = {}
        _open_stores.add(self)

    def commit(self, events: Sequence[Event], *, fence: RunId | None = None) -> Receipt:
        """See :meth:`assetbook.storage.store.EventLog.commit`."""
        receipt = self._queue.submit(partial(_commit, tuple(events), fence, self.path))
        if any(type(event) in (RunCanceling, RunEnded) for event in events):
            self._doorbell.ring()
        return receipt

    def later(self, records: Sequence[Event | LogRecord]) -> None:
        """See :meth:`assetbook.storage.store.EventLog.later`."""
        if records:
            self._queue.later(partial(_record, tuple(records), self.path), len(records))

    def flush(self) -> None:
        """See :meth:`assetbook.storage.store.EventLog.flush`."""
        self._queue.flush()

    def put_texts(self, texts: Mapping[str, str]) -> None:
        """See :meth:`assetbook.storage.store.Sources.put_texts`."""
        new = {digest: texts[digest] for digest in texts.keys() - self._known_texts}
        if new:
            self._queue.later(partial(_put_texts, tuple(new.items())), len(new))
            self._known_texts.update(new)

    def put_snapshot(self, location: str, body: bytes) -> int:
        """See :meth:`assetbook.storage.store.Sources.put_snapshot`."""
        at = self._clock.now().timestamp()
        return self._queue.submit(partial(_put_snapshot, location, at, body))

    def put_content(self, content: Content, parts: Mapping[str, str]) -> None:
        """See :meth:`assetbook.storage.sources.Sources.put_content`."""
        at = self._clock.now()
        stored = self._known_contents.get(content.digest)
        if stored is None or not stored <= at < stored + _STORED_ANEW:
            put = partial(source_rows.put_content, content, dict(parts), at.timestamp())
            self._queue.later(put, 1 + len(parts))
            self._known_contents[content.digest] = at

    def put_pin(self, pin: Pin) -> None:
        """See :meth:`assetbook.storage.sources.Sources.put_pin`."""
        self._queue.submit(partial(source_rows.put_pin, pin))

    def drop_sources(self, choose: Callable[[SourceUse], SourcesGoing]) -> SourcesGoing:
        """See :meth:`assetbook.storage.sources.Sources.drop_sources`."""
        self._known_contents = {}
        return self._queue.submit(partial(source_rows.drop_sources, choose, self.path))

    def doom(self, choose: Callable[[Sequence[ValueFile]], Collection[str]]) -> list[str]:
        """See :meth:`assetbook.storage.store.Space.doom`."""
        return self._queue.submit(partial(doom_chosen, choose, self._clock.now(), self.path))

    def expunge(self) -> None:
        """See :meth:`assetbook.storage.store.Space.expunge`."""
        self._queue.flush()
        expunge(self._database)

    def start_in_turn(self, run: RunStarted, may_start: MayStart) -> bool:
        """See :meth:`assetbook.storage.turns.Turns.start_in_turn`."""
        return self._queue.submit(partial(start_in_turn, run, may_start, self.path))

    def take_slot(self, slot: PoolSlot, may_take: MayTake) -> bool:
        """See :meth:`assetbook.storage.turns.Turns.take_slot`."""
        return self._queue.submit(partial(_take_slot, slot, may_take, self.path))

    def leave_slot(self, run_id: RunId, step: str) -> None:
        """See :meth:`assetbook.storage.turns.Turns.leave_slot`."""
        self._queue.submit(partial(slot_rows.leave_slot, run_id, step))
        self._doorbell.ring()

    def bell(self) -> Bell:
        """See :meth:`assetbook.storage.turns.Turns.bell`."""
        try:
            return self._doorbell.listen()
        except OSError as error:
            remedy = unwritable_remedy(self.path.parent)
            asked = f"waiting at {self.path}"
            raise StoreError(asked, error.strerror or str(error), remedy) from error

    def damage(self) -> list[str]:
        """See :meth:`assetbook.storage.store.Store.damage`."""
        with self._database.reading:
            return list(damage_in(self._database.reader(), self.path))

    def close(self) -> None:
        """See :meth:`assetbook.storage.store.Store.close`."""
        if self in _open_stores:
            _open_stores.discard(self)
            try:
                self._queue.close()
            finally:
                self._database.close()

    def _write(self, work: Work[T]) -> T:
        return self._queue.submit(work)

    def _read(self, query: Query[T]) -> list[T]:
        # what cannot be written is no reason not to read; the next commit or flush will tell
        with suppress(StoreError):
            self._queue.settle()
        try:
            with self._database.reading:
                reader = self._database.reader()
                cursor = reader.execute(query.sql, query.parameters)
                if query.read_page is not None:
                    return query.pages(cursor, self.path)
                rows = cursor.fetchall()
        except sqlite3.Error as error:
            raise explain(error, self.path, "reading") from error
        return query.records(rows, self.path)

    def _start_over(self) -> None:
        """Gives a forked child its own connections and an empty queue."""
        self._database.forsake()
        self._queue.forget()
        self._known_texts = set()
        self._known_contents = {}


def _commit(
    events: tuple[Event, ...], fence: RunId | None, store: Path, connection: sqlite3.Connection
) -> Receipt:
    canceling = fence is not None and hold_fence(connection, fence, store)
    receipt = Folding(connection, current_process().text, store).fold(events)
    return structs.replace(receipt, canceling=True) if canceling else receipt


def _take_slot(
    slot: PoolSlot, may_take: MayTake, store: Path, connection: sqlite3.Connection
) -> bool:
    hold_fence(connection, slot.run_id, store)
    return slot_rows.take_slot(slot, may_take, store, connection)


def _record(
    records: tuple[Event | LogRecord, ...], store: Path, connection: sqlite3.Connection
) -> None:
    folding = Folding(connection, current_process().text, store)
    for record in records:
        if isinstance(record, LogRecord):
            add_log(connection, record)
        else:
            folding.fold([record])


def _put_texts(texts: tuple[tuple[str, str], ...], connection: sqlite3.Connection) -> None:
    connection.executemany(
        "INSERT OR IGNORE INTO texts (digest, body, sum) VALUES (?, ?, ?)",
        [summed(*text) for text in texts],
    )


def _put_snapshot(location: str, at: float, body: bytes, connection: sqlite3.Connection) -> int:
    row = next_id(connection, "snapshots"), location, at
    connection.execute(
        "INSERT INTO snapshots (id, location, at, body, sum) VALUES (?, ?, ?, ?, ?)",
        (*row, body, row_sum(body, *row)),
    )
    return row[0]


def _close_all() -> None:
    with ExitStack() as closing:
        for store in list(_open_stores):
            closing.callback(store.close)


def _before_fork() -> None:
    _still[:] = list(_open_stores)
    for store in _still:
        store._database.hold_still()


def _after_fork_in_parent() -> None:
    for store in _still:
        store._database.go_on()


def _after_fork_in_child() -> None:
    for store in _still:
        store._start_over()


atexit.register(_close_all)
os.register_at_fork(
    before=_before_fork,
    after_in_parent=_after_fork_in_parent,
    after_in_child=_after_fork_in_child,
)
