"""Which event was committed last, noted in the file of the write lock.

SQLite takes the first damaged frame of its log for the log's end. After a crash, whatever was
committed from there on would be missing without a word. So each commit leaves the id of the last
event in a file that SQLite does not know, and whoever opens a database that has a log compares.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from assetbook.errors import CorruptStoreError
from assetbook.storage.checksums import row_sum
from assetbook.storage.failures import copies_beside
from assetbook.storage.write_lock import note_in

_LENGTH = 80  # bytes, so that a shorter note covers a longer one


def last_event(connection: sqlite3.Connection) -> int:
    """The id of the last event; 0 if there is none."""
    ((found,),) = connection.execute("SELECT max(id) FROM events")
    return found or 0


def note_of(event_id: int, inode: int) -> bytes:
    """The note that says so of the database file with that inode."""
    return f"{event_id} {inode} {row_sum(b'', event_id, inode)}".ljust(_LENGTH).encode("ascii")


def refuse_lost(path: Path) -> None:
    """Raises CorruptStoreError if events are missing that were committed.

    Looks only where there is a log: a database without one was closed, or put back from a backup.
    """
    noted = _noted(note_in(path), path.stat().st_ino)
    if noted is None or not path.with_name(f"{path.name}-wal").exists():
        return
    # read only: else closing would put what is left of the log into the file and delete the log
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        found = last_event(connection)
    if found < noted:
        pen = path.with_name(f"{path.name}-pen")
        raise CorruptStoreError(
            f"opening {path}",
            f"its write-ahead log was changed or damaged: {noted - found:,} of {noted:,} events, "
            "the latest ones, were committed and are gone",
            f"Restore the store from a backup{copies_beside(path)}; or delete {pen} to go on "
            "without these events, and materialize again what they made.",
        )


def _noted(note: bytes, inode: int) -> int | None:
    """The event that the note names; None if it is none, damaged, or of another file."""
    try:
        event_id, of, found = map(int, note.split())
    except ValueError:
        return None
    return event_id if of == inode and found == row_sum(b"", event_id, inode) else None
