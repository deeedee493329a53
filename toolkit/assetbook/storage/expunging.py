"""Goes over a whole database so that nothing of what was deleted is left in its files.

Deleted rows leave their bytes in free pages, in free space of pages that were split since, and in
the write-ahead log. Only writing the file anew and emptying the log is sure to remove them.
"""

from __future__ import annotations

import sqlite3
import time

from assetbook.errors import StoreError
from assetbook.storage.database import Database
from assetbook.storage.failures import explain

_PATIENCE = 60.0  # seconds
_PAUSE = 0.05


def expunge(database: Database) -> None:
    """Writes the database anew and empties its log.

    Others may read meanwhile, and write before and after. Raises StoreError if the disk is full
    (nothing has changed then), or if somebody reads for longer than a minute.
    """
    until = time.monotonic() + _PATIENCE
    try:
        with database.lock.held(until), database.writing:
            connection = database.writer()
            _rewrite(connection)
            _empty_log(connection, until, database)
    except sqlite3.Error as error:
        raise explain(error, database.path, "writing anew") from error


def _rewrite(connection: sqlite3.Connection) -> None:
    connection.execute("VACUUM")


def _empty_log(connection: sqlite3.Connection, until: float, database: Database) -> None:
    while True:
        ((busy, _, _),) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        if not busy:
            return
        if time.monotonic() > until:
            raise StoreError(
                f"emptying the log of {database.path}",
                "another program has been reading the database all the time",
                "End that program; then do this again.",
            )
        time.sleep(_PAUSE)
