"""Adds and removes dynamic partitions, with the event that says so, inside a transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from assetbook.events.asset_events import DynamicPartitionsChanged
from assetbook.keys import PartitionKey
from assetbook.storage.dynamic_rows import dynamic_partitions
from assetbook.storage.fold import Folding
from assetbook.storage.process_identity import current_process


def added(
    name: str, keys: Sequence[str], at: datetime, store: Path, connection: sqlite3.Connection
) -> list[PartitionKey]:
    """Adds those of ``keys`` that are not there; gives them back."""
    there = _there(connection, store, name)
    new = [key for key in dict.fromkeys(keys) if key not in there]
    if new:
        event = DynamicPartitionsChanged(at=at, name=name, added=tuple(new))
        Folding(connection, current_process().text, store).fold([event])
    return list(map(PartitionKey, new))


def deleted(
    name: str, keys: Sequence[str], at: datetime, store: Path, connection: sqlite3.Connection
) -> list[PartitionKey]:
    """Removes those of ``keys`` that are there; gives them back."""
    there = _there(connection, store, name)
    gone = [key for key in dict.fromkeys(keys) if key in there]
    if gone:
        event = DynamicPartitionsChanged(at=at, name=name, deleted=tuple(gone))
        Folding(connection, current_process().text, store).fold([event])
    return list(map(PartitionKey, gone))


def _there(connection: sqlite3.Connection, store: Path, name: str) -> frozenset[str]:
    query = dynamic_partitions(name)
    rows = connection.execute(query.sql, query.parameters).fetchall()
    return frozenset(query.records(rows, store))
