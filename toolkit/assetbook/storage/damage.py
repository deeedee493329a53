"""Looks at every row and every index of a database, for what reading a few rows does not show.

A row that is read is checked each time. But a damaged index can hide a row, so that nobody reads
it: only comparing each index with its table shows that.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from assetbook.errors import CorruptStoreError
from assetbook.storage import readings, source_rows
from assetbook.storage.automation_rows import STATE_COLUMNS, TICK_COLUMNS, state_of, tick_of
from assetbook.storage.backfill_rows import (
    BACKFILL_COLUMNS,
    CHUNK_COLUMNS,
    backfill_of,
    chunk_of,
)
from assetbook.storage.bodies import EventRow, LogRow
from assetbook.storage.dynamic_rows import DYNAMIC_COLUMNS, dynamic_partition
from assetbook.storage.failed_rows import FAILED_COLUMNS, failed_of
from assetbook.storage.lease_rows import LEASE_COLUMNS, lease_of
from assetbook.storage.made_body import MADE_COLUMNS, made
from assetbook.storage.request_rows import REQUEST_COLUMNS, request_of
from assetbook.storage.slot_rows import SLOT_COLUMNS, slot_of
from assetbook.storage.state_rows import AssetRow, RunRow, whole

_MOST = 100  # findings of SQLite's own


def damage_in(connection: sqlite3.Connection, store: Path) -> Iterator[str]:
    """What is not as it was written, a sentence each; reads the whole file."""
    try:
        for (found,) in connection.execute(f"PRAGMA integrity_check({_MOST})"):
            if found != "ok":
                yield found
        for table, (columns, read) in _TABLES.items():
            yield from _damaged_rows(
                connection.execute(f"SELECT {columns} FROM {table}"), read, store
            )
    except sqlite3.Error as error:
        yield str(error)


def _damaged_rows(
    rows: sqlite3.Cursor, read: Callable[[Any, Path], object], store: Path
) -> Iterator[str]:
    for row in rows:
        try:
            read(row, store)
        except CorruptStoreError as error:
            yield f"{error.asked}: {error.found}"


def _state(row: Any, store: Path) -> object:
    return whole(row, store, "latest state")


_TABLES: dict[str, tuple[str, Callable[[Any, Path], object]]] = {
    "events": (", ".join(EventRow._fields), readings.stored_event),
    "runs": (", ".join(RunRow.COLUMNS), RunRow.read),
    "assets": (", ".join(AssetRow.COLUMNS), AssetRow.read),
    "partition_state": (", ".join(MADE_COLUMNS), made),
    "failed_state": (", ".join(FAILED_COLUMNS), failed_of),
    "check_state": ("asset, partition, name, event, sum", _state),
    "observed_state": ("asset, partition, event, sum", _state),
    "doomed": ("path, at, sum", _state),
    "kept_versions": ("asset, number, event, sum", _state),
    "automations": (", ".join(STATE_COLUMNS), state_of),
    "ticks": (", ".join(TICK_COLUMNS), tick_of),
    "run_requests": (", ".join(REQUEST_COLUMNS), request_of),
    "daemon_lease": (", ".join(LEASE_COLUMNS), lease_of),
    "backfills": (", ".join(BACKFILL_COLUMNS), backfill_of),
    "backfill_chunks": (", ".join(CHUNK_COLUMNS), chunk_of),
    "dynamic_partitions": (", ".join(DYNAMIC_COLUMNS), dynamic_partition),
    "pool_slots": (", ".join(SLOT_COLUMNS), slot_of),
    "logs": (", ".join(LogRow._fields), readings.stored_log),
    "texts": ("digest, body, sum", readings.text),
    "snapshots": ("id, location, at, body, sum", readings.snapshot),
    "contents": (source_rows.CONTENT, source_rows.stored_content),
    "parts": (source_rows.PART, source_rows.part),
    "pins": (source_rows.PIN, source_rows.stored_pin),
}
