"""Which partitions of assets failed since they were made last: rows and questions."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from pathlib import Path

from assetbook.keys import AssetKey, PartitionKey
from assetbook.storage.database_names import partition_of
from assetbook.storage.queries import Query, among
from assetbook.storage.readings import Row
from assetbook.storage.state_rows import insertion, summed, whole

FAILED_COLUMNS = ("key", "partition", "event", "sum")
_COLUMNS = ", ".join(FAILED_COLUMNS)
_PUT = insertion("INSERT OR REPLACE", "failed_state", FAILED_COLUMNS)


def failed(keys: Collection[AssetKey] | None) -> Query[tuple[AssetKey, PartitionKey | None, int]]:
    """The partitions that failed, each with the event that says so."""
    texts = None if keys is None else [key.text for key in keys]
    return Query(
        f"SELECT {_COLUMNS} FROM failed_state WHERE 1{among('key', texts)}",
        tuple(texts or ()),
        failed_of,
    )


def failed_of(row: Row, store: Path) -> tuple[AssetKey, PartitionKey | None, int]:
    """Of a row; raises CorruptStoreError if it is not as it was written."""
    key, partition, event_id = whole(row, store, "the failure of a partition")
    return AssetKey.from_text(key), partition_of(partition), event_id


def note_failed(connection: sqlite3.Connection, key: str, partition: str, event_id: int) -> None:
    """Writes that a step failed which was to make it."""
    connection.execute(_PUT, summed(key, partition, event_id))


def clear_failed(connection: sqlite3.Connection, key: str, partition: str | None = None) -> None:
    """Forgets the failure of a partition, or of all of the asset's for None."""
    connection.execute(
        "DELETE FROM failed_state WHERE key = ? AND (? IS NULL OR partition = ?)",
        (key, partition, partition),
    )


def rename_failed(connection: sqlite3.Connection, store: Path, old: str, new: str) -> None:
    """Has what failed of ``old`` stand under ``new``, where that has no failure of its own."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM failed_state WHERE key = ?", (old,)
    ).fetchall()
    clear_failed(connection, old)
    for row in rows:
        _, partition, event_id = whole(row, store, "the failure of a partition")
        connection.execute(
            insertion("INSERT OR IGNORE", "failed_state", FAILED_COLUMNS),
            summed(new, partition, event_id),
        )
