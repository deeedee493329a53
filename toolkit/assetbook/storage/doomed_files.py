"""Value files that are doomed: marked in one transaction, removed after it, never named again.

The mark is the commit of a collection. A version that would name such a file later, written by a
process that stood still for a day, is refused; its value is written anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path

from assetbook.storage.state_rows import summed, whole


def is_doomed(connection: sqlite3.Connection, path: str) -> bool:
    """Whether the file was marked."""
    return bool(connection.execute("SELECT 1 FROM doomed WHERE path = ?", (path,)).fetchall())


def doom(connection: sqlite3.Connection, paths: Collection[str], at: datetime) -> None:
    """Marks files, inside the transaction that has found that nobody needs them."""
    connection.executemany(
        "INSERT OR IGNORE INTO doomed (path, at, sum) VALUES (?, ?, ?)",
        [summed(path, at.timestamp()) for path in paths],
    )


def doomed_file(row: tuple[object, ...], store: Path) -> tuple[str, datetime]:
    """Of a row: the path, and when it was marked."""
    path, at = whole(row, store, "a file that was collected")
    return path, datetime.fromtimestamp(at, UTC)
