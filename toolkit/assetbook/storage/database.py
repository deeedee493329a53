"""The database file: making it, opening it, and letting go of it.

Transactions are begun by ``BEGIN IMMEDIATE`` only, by one writer under the write lock; readers
never wait for it. A file appears whole under its name: an empty one is always a damaged one.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from assetbook.errors import StoreError
from assetbook.storage.connection import READER_WAIT, connect, opening
from assetbook.storage.failures import damaged, explain, unwritable_remedy
from assetbook.storage.filesystems import refuse_shared
from assetbook.storage.last_event import note_of, refuse_lost
from assetbook.storage.schema import is_current, migrate
from assetbook.storage.write_lock import WriteLock

_OPENING = 60.0  # seconds to wait for another process that is making or migrating the file
_WRITER_WAIT = 1.0  # seconds inside SQLite for a program that does not know our write lock
_FORK_WAIT = 10.0


class Database:
    """An open database file. ``open_database`` makes one.

    ``reading`` and ``writing`` are to be held while the reader or the writer is used: by one thread
    at a time, and by nobody when connections are closed or the process forks.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = WriteLock(path)
        self.reading = threading.Lock()
        self.writing = threading.Lock()
        self._name = str(path)
        self._place = _place(self._name)
        self._reader: sqlite3.Connection | None = None
        self._writer: sqlite3.Connection | None = None
        self._still: list[threading.Lock] = []
        self._closed = False

    def reader(self) -> sqlite3.Connection:
        """The connection that reads. The caller holds ``reading``."""
        self._refuse_closed()
        if self._reader is None:
            with opening:
                self._reader = connect(self.path, wait=READER_WAIT)
            self._reader.execute("PRAGMA query_only = ON")
        return self._reader

    def writer(self) -> sqlite3.Connection:
        """The connection that writes. The caller holds ``writing`` and ``lock``.

        Raises StoreError if the file was deleted or replaced since it was opened: what is written
        to it now would be lost.
        """
        if _place(self._name) != self._place:
            raise StoreError(
                f"writing to {self.path}",
                "the file was deleted or replaced while it was open here",
                "Put it back, or restart the kernel to begin with what is there now.",
            )
        self._refuse_closed()
        if self._writer is None:
            with opening:
                self._writer = connect(self.path, wait=_WRITER_WAIT)
        return self._writer

    def note_last(self, event_id: int) -> None:
        """Notes the last event, once it is committed. The caller holds ``writing`` and ``lock``."""
        if self._place is not None:
            # a full disk takes no note; what is committed is committed all the same
            with suppress(OSError):
                self.lock.leave_note(note_of(event_id, self._place[1]))

    def close(self) -> None:
        """Closes all; the last process to do so moves the log into the file."""
        self._closed = True
        with self.reading, self.writing:
            for connection in (self._reader, self._writer):
                if connection is not None:
                    connection.close()
            self._reader = self._writer = None
            self.lock.close()

    def hold_still(self) -> None:
        """Waits until no thread is inside SQLite, whose own locks would stay taken in a fork."""
        # not for ever: a signal's handler may fork amid its own thread's reading
        self._still = [
            lock for lock in (self.reading, self.writing) if lock.acquire(timeout=_FORK_WAIT)
        ]

    def go_on(self) -> None:
        """Lets threads in again."""
        for lock in self._still:
            lock.release()
        self._still = []

    def forsake(self) -> None:
        """Drops what was inherited by a fork, without a word to SQLite.

        A connection must not cross a fork, not even to be closed: so they are kept for ever.
        """
        inherited = [each for each in (self._reader, self._writer) if each is not None]
        self._reader = self._writer = None
        self.reading, self.writing = threading.Lock(), threading.Lock()
        self._still = []
        self.lock.close()
        if inherited:
            import ctypes

            ctypes.pythonapi.Py_IncRef(ctypes.py_object(inherited))

    def _refuse_closed(self) -> None:
        if self._closed:
            raise StoreError(f"using {self.path}", "the store is closed", "Open it again.")


def open_database(path: Path) -> Database:
    """The open database at ``path``, made or brought up to date first.

    Its folder is made too, for this user alone and ignored by git. Raises StoreError on a shared
    file system, where it cannot be written, and for a newer schema; CorruptStoreError if damaged.
    """
    path = path.absolute()
    refuse_shared(path.parent)
    try:
        make_folder(path.parent)
        return _opened(path)
    except sqlite3.Error as error:
        raise explain(error, path, "opening") from error
    except UnicodeDecodeError as error:  # SQLite's own message, about a table's damaged text
        raise damaged(path, f"its schema cannot be read: {error}") from error
    except OSError as error:
        raise StoreError(
            f"opening {path}", error.strerror or str(error), unwritable_remedy(path.parent)
        ) from error


def make_folder(folder: Path) -> None:
    """Makes the store's folder if there is none: mode 0700, with a .gitignore of its own.

    It lasts, and every folder above it that was made for it, when this returns.
    """
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        with suppress(FileExistsError):
            each.mkdir(mode=0o700 if each == folder else 0o777)
        sync_path(each.parent)
    with suppress(FileExistsError), (folder / ".gitignore").open("x", encoding="utf-8") as file:
        file.write("*\n")


def _opened(path: Path) -> Database:
    if not path.exists():
        with _lock_of(path) as lock:
            if not path.exists():
                _create(path)
                with suppress(OSError):  # the note of an earlier file could be taken for its own
                    lock.leave_note(note_of(0, path.stat().st_ino))
    if path.stat().st_size == 0:
        raise damaged(path, "the file is empty")
    # whoever made the file and its folder may have been killed before they were sure to last
    sync_path(path.parent.parent)
    sync_path(path.parent)
    refuse_lost(path)
    database = Database(path)
    try:
        with database.reading:
            current = is_current(database.reader(), path)
        if not current:
            with database.lock.held(time.monotonic() + _OPENING), database.writing:
                migrate(database.writer(), path)
    except BaseException:
        database.close()
        raise
    return database


def _create(path: Path) -> None:
    """Makes the file under another name, then gives it its own."""
    if _beside(path, "-wal").exists():
        raise damaged(path, "the file is missing, but its write-ahead log is there")
    unfinished = _beside(path, ".new")
    for left in (unfinished, _beside(unfinished, "-wal"), _beside(unfinished, "-shm")):
        left.unlink(missing_ok=True)
    connection = connect(unfinished, wait=_WRITER_WAIT)
    try:
        migrate(connection, unfinished)
        # closing does this too, but without a word if the disk is full: the file that then gets its
        # name would be torn, its log left behind under another
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        connection.close()
    unfinished.rename(path)


@contextmanager
def _lock_of(path: Path) -> Iterator[WriteLock]:
    lock = WriteLock(path)
    try:
        with lock.held(time.monotonic() + _OPENING):
            yield lock
    finally:
        lock.close()


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _place(path: str) -> tuple[int, int] | None:
    """What tells this file from any other; None if there is none."""
    try:
        status = os.stat(path)  # noqa: PTH116 - once a commit, and twice as fast
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def sync_path(path: Path) -> None:
    """Returns when what is in the file or folder lasts. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
