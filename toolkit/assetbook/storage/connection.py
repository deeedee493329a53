"""Connections to a database file: those that write, and those that change nothing.

Write-ahead log with ``synchronous=FULL``: what was committed survives a power cut.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path

from assetbook.errors import StoreError

READER_WAIT = 10.0
"""Seconds that a reader waits inside SQLite."""
_FORK_WAIT = 10.0


def connect(path: Path, *, wait: float) -> sqlite3.Connection:
    """A connection as all of ours are; ``wait`` is in seconds."""
    connection = sqlite3.connect(
        path, timeout=wait, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    try:
        ((mode,),) = connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        # pages, SQLite's own number. A log that grows costs each commit a flush of the file's size
        # too, twice the time; once checkpointed it is written over from its beginning
        connection.execute("PRAGMA wal_autocheckpoint = 1000")
        # a damaged page is noticed where it is read, not where it is used
        connection.execute("PRAGMA cell_size_check = ON")
    except BaseException:
        connection.close()
        raise
    if mode != "wal":
        connection.close()
        raise StoreError(
            f"opening {path}",
            f"its file system has no write-ahead log (journal mode {mode})",
            "Keep the database on a local path by ASSETBOOK_STORE; values may stay.",
        )
    return connection


opening = threading.Lock()
"""To be held while a connection that writes is made, and as long as there is one that only reads.

Connections of one process to one database share its shared memory as the first of them opened it:
none that writes may be made while there is one that only reads. Nobody forks while it is held.
"""


def read_only(path: Path, *, in_use: bool) -> sqlite3.Connection:
    """A connection that changes nothing and makes no file, for a database that others write.

    ``in_use`` says that its shared memory is there. Else nothing that is written meanwhile is
    seen: whoever asks has to look whether something was.
    """
    how = "readonly_shm=1" if in_use else "immutable=1"
    connection = sqlite3.connect(
        f"{path.as_uri()}?mode=ro&{how}",
        uri=True,
        timeout=READER_WAIT,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        connection.execute("PRAGMA cell_size_check = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def _before_fork() -> None:
    global _held_for_fork
    _held_for_fork = opening.acquire(timeout=_FORK_WAIT)


def _after_fork() -> None:
    if _held_for_fork:
        opening.release()


_held_for_fork = False
os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork)
