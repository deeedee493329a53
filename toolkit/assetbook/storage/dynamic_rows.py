"""The rows of dynamic partitions, and the changes to them, inside a transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from pathlib import Path

from assetbook.events.asset_events import DynamicPartitionsChanged
from assetbook.keys import PartitionKey
from assetbook.storage.queries import Query, among
from assetbook.storage.readings import Row
from assetbook.storage.state_rows import insertion, summed, whole

DYNAMIC_COLUMNS = ("name", "key", "ordinal", "sum")
_COLUMNS = ", ".join(DYNAMIC_COLUMNS)
_ADD = insertion("INSERT OR IGNORE", "dynamic_partitions", DYNAMIC_COLUMNS)


def dynamic_partitions(name: str, keys: Collection[str] | None = None) -> Query[PartitionKey]:
    """The keys of that definition, in order; of ``keys`` those that are among them, if not None."""
    return Query(
        f"SELECT {_COLUMNS} FROM dynamic_partitions WHERE name = ?{among('key', keys)}"
        " ORDER BY ordinal",
        (name, *(keys or ())),
        dynamic_partition,
    )


def dynamic_partition(row: Row, store: Path) -> PartitionKey:
    """Of a row; raises CorruptStoreError if it is not as it was written."""
    _, key, _ = whole(row, store, f"a partition of `{row[0]}`")
    return PartitionKey(key)


def change(connection: sqlite3.Connection, event: DynamicPartitionsChanged) -> None:
    """Removes the keys that went, and adds those that came and are not there at the end."""
    connection.executemany(
        "DELETE FROM dynamic_partitions WHERE name = ? AND key = ?",
        [(event.name, key) for key in event.deleted],
    )
    ((last,),) = connection.execute(
        "SELECT max(ordinal) FROM dynamic_partitions WHERE name = ?", (event.name,)
    ).fetchall()
    first = 0 if last is None else last + 1
    connection.executemany(
        _ADD,
        [summed(event.name, key, first + place) for place, key in enumerate(event.added)],
    )
