"""The one writer of a process: requests in order, many to a transaction, each with its own result.

Whoever comes while nobody writes leads: it writes what has queued, its own request among it, in one
transaction on its own thread (a hand-over to a writer thread would cost two context switches).
Others wait; when the leader is done it wakes those it wrote for, and the first that is left leads
next. A request is acknowledged after COMMIT. Lazy requests wait for the next one that does not, or
for the flusher thread.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from contextvars import Context
from typing import Any, TypeAlias, TypeVar

from assetbook.errors import StoreError
from assetbook.storage.database import Database
from assetbook.storage.failures import explain, is_busy, unwritable_remedy
from assetbook.storage.interrupts import InterruptsDeferred
from assetbook.storage.last_event import last_event

T = TypeVar("T")
Work: TypeAlias = Callable[[sqlite3.Connection], T]
"""What a request does inside the transaction; it may be called again when that is retried."""

MOST_LAZY = 500  # records; more make their sender wait for a commit
FLUSH_EVERY = 0.1  # seconds; a lazy record is durable after twice that
_IDLE_TICKS = 10
_PATIENCE = 60.0  # seconds for which a commit is tried while others write
_BUSY_PAUSE = 0.02
_AFTER_FAILURE = 1.0

# these concern one request, not the transaction as a whole
_OWN_FAULTS = (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.ProgrammingError)


class _Request:
    """One piece of work in the queue, and what became of it."""

    __slots__ = ("awake", "error", "lazy", "result", "settled", "work")

    def __init__(self, work: Work[Any] | None, *, lazy: int = 0) -> None:
        self.work = work
        self.lazy = lazy  # records of a lazy request; 0 for one that somebody waits for
        self.settled = False
        self.result: Any = None
        self.error: Exception | None = None
        self.awake: threading.Lock | None = None


class WriteQueue:
    """The queue before one database. Any thread may call anything."""

    def __init__(self, database: Database, *, patience: float = _PATIENCE) -> None:
        self._database = database
        self._patience = patience
        self.forget()

    def forget(self) -> None:
        """Starts empty; for a forked child, whose parent will write what was queued."""
        self._mutex = threading.Lock()
        self._pending: deque[_Request] = deque()
        self._led = False
        self._lazy_records = 0
        self._refusal: Exception | None = None
        self._flusher: threading.Thread | None = None
        self._lazy_came = threading.Event()
        self._stop = threading.Event()

    def submit(self, work: Work[T] | None) -> T:
        """What ``work`` returned, once it is durable; None of ``work`` just waits for all before.

        Raises what ``work`` raised, or StoreError if nothing could be written.
        """
        request = _Request(work)
        with InterruptsDeferred():
            waiting = self._line_up(request)
            if waiting is not None:
                waiting.acquire()
            if not request.settled:
                self._lead()
        if request.error is not None:
            raise request.error
        return request.result  # type: ignore[no-any-return]

    def later(self, work: Work[Any], records: int) -> None:
        """Queues ``work``, which holds so many records, to be durable within a moment."""
        if self._stop.is_set():
            raise StoreError(self._asked, "the store is closed", "Open it again.")
        with InterruptsDeferred(), self._mutex:
            self._pending.append(_Request(work, lazy=records))
            self._lazy_records += records
            too_many = self._lazy_records >= MOST_LAZY
            if not self._lazy_came.is_set():
                self._call_flusher()
        if too_many:
            self.submit(None)

    def settle(self) -> None:
        """Returns when everything queued before is durable; raises StoreError if it is not."""
        if self._lazy_records or self._led:
            self.submit(None)

    def flush(self) -> None:
        """The same, and raises what the first refused lazy request since last time raised."""
        self.settle()
        refusal, self._refusal = self._refusal, None
        if refusal is not None:
            raise refusal

    def close(self) -> None:
        """Writes what is queued and ends the flusher."""
        self._stop.set()
        self._lazy_came.set()
        if self._flusher is not None and self._flusher is not threading.current_thread():
            self._flusher.join()
        self.settle()

    def _line_up(self, request: _Request) -> threading.Lock | None:
        """Queues the request; what to wait on, or None if the caller leads."""
        with self._mutex:
            self._pending.append(request)
            if not self._led:
                self._led = True
                return None
            request.awake = threading.Lock()
            request.awake.acquire()
            return request.awake

    def _lead(self) -> None:
        """Writes all that is queued, tells those who wait, and lets the next one lead."""
        with self._mutex:
            batch = list(self._pending)
            self._pending.clear()
            self._lazy_records = 0
        try:
            self._write(batch)
        except BaseException:
            self._fail(batch, StoreError(self._asked, "the writing thread was interrupted"))
            raise
        finally:
            self._hand_on(batch)

    def _hand_on(self, batch: list[_Request]) -> None:
        unwritten = [each for each in batch if each.lazy and not each.settled]
        with self._mutex:
            if unwritten:
                self._pending.extendleft(reversed(unwritten))
                self._lazy_records += sum(each.lazy for each in unwritten)
            heir = None
            if self._pending:
                heir = next((each for each in self._pending if not each.lazy), None)
            self._led = heir is not None
        for request in batch:
            if not request.lazy:
                request.settled = True
                if request.awake is not None:
                    request.awake.release()
        if heir is not None and heir.awake is not None:
            heir.awake.release()

    def _write(self, batch: list[_Request]) -> None:
        """Writes the batch, or gives each request the reason why not."""
        if not any(request.work for request in batch):
            return
        until = time.monotonic() + self._patience
        while True:
            try:
                with self._database.lock.held(until), self._database.writing:
                    self._transact(batch)
            except sqlite3.Error as error:
                if is_busy(error) and time.monotonic() < until:
                    time.sleep(_BUSY_PAUSE)
                    continue
                self._fail(batch, explain(error, self._database.path, "writing to"))
            except StoreError as error:
                self._fail(batch, error)
            except OSError as error:
                remedy = unwritable_remedy(self._database.path.parent)
                self._fail(batch, StoreError(self._asked, error.strerror or str(error), remedy))
            else:
                self._settle_lazy(batch)
            return

    @property
    def _asked(self) -> str:
        return f"writing to {self._database.path}"

    def _fail(self, batch: list[_Request], error: StoreError) -> None:
        for request in batch:
            request.error = error

    def _settle_lazy(self, batch: list[_Request]) -> None:
        for request in batch:
            if request.lazy:
                request.settled = True
                self._refusal = self._refusal or request.error

    def _transact(self, batch: list[_Request]) -> None:
        connection = self._database.writer()
        working = [(request, request.work) for request in batch if request.work is not None]
        try:
            connection.execute("BEGIN IMMEDIATE")
            if not _all_done(connection, working):
                connection.execute("BEGIN IMMEDIATE")
                for request, work in working:
                    _attempt(connection, request, work)
            if connection.in_transaction:
                event_id = last_event(connection)
                connection.execute("COMMIT")
                self._database.note_last(event_id)
        finally:
            # a full disk may have rolled back already; then there is nothing to roll back
            if connection.in_transaction:
                connection.execute("ROLLBACK")

    def _call_flusher(self) -> None:
        """Has lazy records written without anybody's doing. The caller holds the mutex."""
        if self._flusher is None and not self._stop.is_set():
            self._flusher = threading.Thread(
                target=self._flush_now_and_then, name="assetbook-flusher", daemon=True
            )
            Context().run(self._flusher.start)  # it is nobody's, whoever came first
        self._lazy_came.set()

    def _flush_now_and_then(self) -> None:
        """Commits lazy requests that nobody else has; sleeps for good when none come."""
        idle = 0
        while not self._stop.is_set():
            self._lazy_came.wait()
            self._stop.wait(FLUSH_EVERY)
            idle = 0 if self._lazy_records else idle + 1
            if self._lazy_records:
                self._flush_quietly()
            elif idle > _IDLE_TICKS:
                self._rest()

    def _rest(self) -> None:
        with self._mutex:
            if not self._lazy_records and not self._stop.is_set():
                self._lazy_came.clear()

    def _flush_quietly(self) -> None:
        try:
            self.settle()
        except StoreError:
            # what could not be written is still queued; the next commit tells its caller why
            self._stop.wait(_AFTER_FAILURE)


def _all_done(connection: sqlite3.Connection, working: list[tuple[_Request, Work[Any]]]) -> bool:
    """Whether all the work was done; if any was refused, everything is undone.

    Savepoints would copy each page that is changed, for what hardly ever happens.
    """
    try:
        for request, work in working:
            request.error = None
            request.result = work(connection)
    except Exception as error:
        if _concerns_all(error):
            raise
        connection.execute("ROLLBACK")
        return False
    return True


def _attempt(connection: sqlite3.Connection, request: _Request, work: Work[Any]) -> None:
    """Does the request's work; what it did is undone if it raises, the others' is not."""
    request.result = request.error = None
    connection.execute("SAVEPOINT request")
    try:
        request.result = work(connection)
    except Exception as error:
        if _concerns_all(error):
            raise
        request.error = error  # raised again in the thread that asked
        connection.execute("ROLLBACK TO request")
    connection.execute("RELEASE request")


def _concerns_all(error: Exception) -> bool:
    return isinstance(error, sqlite3.Error) and not isinstance(error, _OWN_FAULTS)
