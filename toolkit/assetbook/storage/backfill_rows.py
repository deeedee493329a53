"""The rows of backfills and their chunks: what is read and written of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from pathlib import Path

from assetbook.keys import RunId
from assetbook.storage.backfill_records import (
    Backfill,
    BackfillStatus,
    Chunk,
    ChunkChange,
    ChunkState,
    changed_meanwhile,
    known_backfill,
)
from assetbook.storage.instants import instant, micros
from assetbook.storage.queries import Query, among, limited
from assetbook.storage.readings import Row
from assetbook.storage.state_rows import insertion, summed, whole

BACKFILL_COLUMNS = (
    *("number", "id", "status", "asked", "created", "by", "policy", "plan", "bundle", "ended"),
    *("message", "sum"),
)
CHUNK_COLUMNS = ("backfill", "ordinal", "body", "state", "run_id", "sum")
_BACKFILL, _CHUNK = ", ".join(BACKFILL_COLUMNS), ", ".join(CHUNK_COLUMNS)
_NEW = insertion("INSERT", "backfills", BACKFILL_COLUMNS)
_REPLACE = insertion("INSERT OR REPLACE", "backfills", BACKFILL_COLUMNS)
_NEW_CHUNK = insertion("INSERT", "backfill_chunks", CHUNK_COLUMNS)
_REPLACE_CHUNK = insertion("INSERT OR REPLACE", "backfill_chunks", CHUNK_COLUMNS)


def backfills(
    statuses: Collection[BackfillStatus] | None, limit: int | None, backfill: str | None = None
) -> Query[Backfill]:
    """The backfills that fit, newest first."""
    return Query(
        f"SELECT {_BACKFILL} FROM backfills WHERE (? IS NULL OR id = ?)"
        f"{among('status', statuses)} ORDER BY number DESC LIMIT {limited(limit)}",
        (backfill, backfill, *(statuses or ())),
        backfill_of,
    )


def backfill_of(row: Row, store: Path) -> Backfill:
    """Of a row; raises CorruptStoreError if it is not as it was written."""
    _, name, status, asked, created, by, policy, plan, bundle, ended, message = whole(
        row, store, f"backfill {row[1]}"
    )
    at = instant(created)
    return Backfill(name, status, asked, at, by, policy, plan, bundle, instant(ended), message)


def chunks(
    backfill: str, states: Collection[ChunkState] | None, after: int, limit: int | None
) -> Query[Chunk]:
    """The chunks that fit, in the order of the plan."""
    return Query(
        f"SELECT {_CHUNK} FROM backfill_chunks WHERE backfill = ? AND ordinal > ?"
        f"{among('state', states)} ORDER BY ordinal LIMIT {limited(limit)}",
        (backfill, after, *(states or ())),
        chunk_of,
    )


def chunk_of(row: Row, store: Path) -> Chunk:
    """Of a row; raises CorruptStoreError if it is not as it was written."""
    what = f"chunk {row[1]} of backfill {row[0]}"
    backfill, ordinal, body, state, run_id = whole(row, store, what)
    return Chunk(backfill, ordinal, body, state, None if run_id is None else RunId(run_id))


def chunk_counts(backfills: Collection[str] | None) -> Query[tuple[str, ChunkState, int]]:
    """How many chunks of each backfill are in each state."""
    return Query(
        f"SELECT backfill, state, count(*) FROM backfill_chunks"
        f" WHERE 1{among('backfill', backfills)} GROUP BY backfill, state",
        tuple(backfills or ()),
        lambda row, store: (row[0], row[1], row[2]),
    )


def add(backfill: Backfill, bodies: Sequence[str], connection: sqlite3.Connection) -> None:
    """See :meth:`assetbook.storage.backfill_records.Backfills.add_backfill`."""
    ((last,),) = connection.execute("SELECT max(number) FROM backfills").fetchall()
    try:
        connection.execute(_NEW, _row((last or 0) + 1, backfill))
    except sqlite3.IntegrityError:
        raise known_backfill(backfill.id) from None
    connection.executemany(
        _NEW_CHUNK,
        (_chunk_row(Chunk(backfill.id, place, body)) for place, body in enumerate(bodies)),
    )


def change(before: Backfill, after: Backfill, store: Path, connection: sqlite3.Connection) -> None:
    """See :meth:`assetbook.storage.backfill_records.Backfills.change_backfill`."""
    rows = connection.execute(
        f"SELECT {_BACKFILL} FROM backfills WHERE id = ?", (before.id,)
    ).fetchall()
    if not rows or backfill_of(rows[0], store) != before:
        raise changed_meanwhile(before.id, "it")
    connection.execute(_REPLACE, _row(rows[0][0], after))


def change_chunks(
    changes: Sequence[ChunkChange], store: Path, connection: sqlite3.Connection
) -> None:
    """See :meth:`assetbook.storage.backfill_records.Backfills.change_chunks`."""
    for before, after in changes:
        rows = connection.execute(
            f"SELECT {_CHUNK} FROM backfill_chunks WHERE backfill = ? AND ordinal = ?",
            (before.backfill, before.ordinal),
        ).fetchall()
        if not rows or chunk_of(rows[0], store) != before:
            raise changed_meanwhile(before.backfill, f"chunk {before.ordinal}")
        connection.execute(_REPLACE_CHUNK, _chunk_row(after))


def _row(number: int, backfill: Backfill) -> tuple[object, ...]:
    key = number, backfill.id, backfill.status, backfill.asked, micros(backfill.created_at)
    how = backfill.by, backfill.policy, backfill.plan, backfill.bundle
    return summed(*key, *how, micros(backfill.ended_at), backfill.message)


def _chunk_row(chunk: Chunk) -> tuple[object, ...]:
    return summed(chunk.backfill, chunk.ordinal, chunk.body, chunk.state, chunk.run_id)
