"""Folds events into the tables, inside the transaction that stores them.

Every change of a status is a compare-and-set: an event that comes too late is refused whole.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from assetbook.errors import ConflictError
from assetbook.events.records import (
    AssetForgotten,
    AssetMaterialized,
    AssetObserved,
    CheckEvaluated,
    Event,
    LogRecord,
    RunEnded,
    RunStarted,
    StepEnded,
    StepStarted,
    encode,
)
from assetbook.keys import AssetKey, PartitionKey
from assetbook.storage import refusals
from assetbook.storage.store import Receipt

KINDS: dict[type[Any], int] = {
    RunStarted: 1,
    RunEnded: 2,
    StepStarted: 3,
    StepEnded: 4,
    AssetMaterialized: 5,
    AssetObserved: 6,
    CheckEvaluated: 7,
    AssetForgotten: 8,
}
"""How each kind of event is named in the database; never give a number away twice."""


def partition_text(partition: PartitionKey | str | None) -> str:
    """A partition as the tables hold it: none is the empty text, which no partition becomes."""
    return "" if partition is None else f"={partition}"


def partition_of(text: str) -> PartitionKey | None:
    """The partition that ``partition_text`` wrote."""
    return PartitionKey(text[1:]) if text else None


def folded_folder(key: str) -> str:
    """The folder of the key with that text, as a file system without cases sees it."""
    return AssetKey.from_text(key).folder.lower()


def hold_fence(connection: sqlite3.Connection, run_id: str) -> None:
    """Raises ConflictError unless the run is started."""
    status = _status(connection, run_id)
    if status != "started":
        raise refusals.fenced(run_id, status)


def add_log(connection: sqlite3.Connection, record: LogRecord) -> None:
    """Stores one log record."""
    connection.execute(
        "INSERT INTO logs (run_id, step, body) VALUES (?, ?, ?)",
        (record.run_id, record.step, encode(record)),
    )


class Folding:
    """One commit: its events one after the other, and what they are given."""

    def __init__(self, connection: sqlite3.Connection, owner: str) -> None:
        self._connection = connection
        self._owner = owner
        self._ids: list[int] = []
        self._versions: dict[str, int] = {}
        self._given: dict[tuple[str, str | None], int] = {}

    def fold(self, events: Sequence[Event]) -> Receipt:
        """Stores the events and what follows from them."""
        for event in events:
            _FOLDS[type(event)](self, event)
        return Receipt(tuple(self._ids), self._versions)

    def run_started(self, event: RunStarted) -> None:
        """A new run, owned by this process."""
        try:
            self._connection.execute(
                "INSERT INTO runs (started, id, status, owner) VALUES (?, ?, 'started', ?)",
                (self._append(event), event.run_id, self._owner),
            )
        except sqlite3.IntegrityError:
            raise refusals.started_twice(event.run_id) from None

    def run_ended(self, event: RunEnded) -> None:
        """The run's end, if it is still started."""
        changed = self._connection.execute(
            "UPDATE runs SET status = ?, ended = ? WHERE id = ? AND status = 'started'",
            (event.status, self._append(event), event.run_id),
        )
        if changed.rowcount != 1:
            raise refusals.ended_already(event.run_id, _status(self._connection, event.run_id))

    def asset_materialized(self, event: AssetMaterialized) -> None:
        """The asset's next version, and unless it was overridden, its latest state."""
        asset, number = self._next_number(event.key)
        partition = partition_text(event.partition)
        event_id = self._append(event, asset)
        self._connection.execute(
            "INSERT INTO versions (asset, number, partition, event) VALUES (?, ?, ?, ?)",
            (asset, number, partition, event_id),
        )
        if not event.overridden:
            self._connection.execute(
                "INSERT OR REPLACE INTO asset_state (asset, partition, number, event)"
                " VALUES (?, ?, ?, ?)",
                (asset, partition, number, event_id),
            )
        self._versions[event.key] = self._given[event.key, event.partition] = number

    def check_evaluated(self, event: CheckEvaluated) -> None:
        """What the check says of the version it names; kept as state if that is the latest."""
        asset = self._asset(event.key)
        partition = partition_text(event.partition)
        latest = self._latest(asset, partition)
        if event.version is None:
            version = self._given.get((event.key, event.partition), latest)
            event = msgspec.structs.replace(event, version=version)
        event_id = self._append(event, asset)
        if event.version == latest:
            self._connection.execute(
                "INSERT OR REPLACE INTO check_state (asset, partition, name, event)"
                " VALUES (?, ?, ?, ?)",
                (asset, partition, event.check, event_id),
            )

    def asset_observed(self, event: AssetObserved) -> None:
        """The latest observation."""
        asset = self._asset(event.key)
        self._connection.execute(
            "INSERT OR REPLACE INTO observed_state (asset, partition, event) VALUES (?, ?, ?)",
            (asset, partition_text(event.partition), self._append(event, asset)),
        )

    def asset_forgotten(self, event: AssetForgotten) -> None:
        """The event alone: versions remain."""
        self._append(event, self._asset(event.key))

    def step_event(self, event: StepStarted | StepEnded) -> None:
        """The event alone."""
        self._append(event)

    def _append(self, event: Event, asset: int | None = None) -> int:
        """The id that the event got."""
        cursor = self._connection.execute(
            "INSERT INTO events (kind, run_id, asset, body) VALUES (?, ?, ?, ?)",
            (KINDS[type(event)], event.run_id or None, asset, encode(event)),
        )
        event_id = cursor.lastrowid or 0
        self._ids.append(event_id)
        return event_id

    def _next_number(self, key: str) -> tuple[int, int]:
        """The asset's id and the number of its next version."""
        # read whole: a statement that is still open would hinder COMMIT
        rows: list[tuple[int, int]] = self._connection.execute(
            "UPDATE assets SET versions = versions + 1 WHERE text = ? RETURNING id, versions",
            (key,),
        ).fetchall()
        return rows[0] if rows else (self._new_asset(key, 1), 1)

    def _asset(self, key: str) -> int:
        """The asset's id."""
        rows: list[tuple[int]] = self._connection.execute(
            "SELECT id FROM assets WHERE text = ?", (key,)
        ).fetchall()
        return rows[0][0] if rows else self._new_asset(key, 0)

    def _new_asset(self, key: str, versions: int) -> int:
        try:
            return (
                self._connection.execute(
                    "INSERT INTO assets (text, folded, versions) VALUES (?, ?, ?)",
                    (key, folded_folder(key), versions),
                ).lastrowid
                or 0
            )
        except sqlite3.IntegrityError:
            raise self._clash(key) from None

    def _clash(self, key: str) -> ConflictError:
        ((other,),) = self._connection.execute(
            "SELECT text FROM assets WHERE folded = ?", (folded_folder(key),)
        )
        return refusals.same_folder(key, other)

    def _latest(self, asset: int, partition: str) -> int | None:
        rows = self._connection.execute(
            "SELECT number FROM asset_state WHERE asset = ? AND partition = ?", (asset, partition)
        ).fetchall()
        return rows[0][0] if rows else None


_FOLDS: dict[type[Any], Callable[[Folding, Any], None]] = {
    RunStarted: Folding.run_started,
    RunEnded: Folding.run_ended,
    StepStarted: Folding.step_event,
    StepEnded: Folding.step_event,
    AssetMaterialized: Folding.asset_materialized,
    AssetObserved: Folding.asset_observed,
    CheckEvaluated: Folding.check_evaluated,
    AssetForgotten: Folding.asset_forgotten,
}


def _status(connection: sqlite3.Connection, run_id: str) -> str | None:
    rows = connection.execute("SELECT status FROM runs WHERE id = ?", (run_id,)).fetchall()
    return rows[0][0] if rows else None
