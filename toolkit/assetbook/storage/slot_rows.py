"""The rows of pools' slots, and the changes to them, inside a transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import structs

from assetbook.keys import RunId
from assetbook.storage.queries import Query
from assetbook.storage.state_rows import insertion, summed, whole
from assetbook.storage.turns import MayTake, PoolSlot

SLOT_COLUMNS = ("ticket", "pool", "run_id", "step", "priority", "taken", "sum")
_COLUMNS = ", ".join(SLOT_COLUMNS)
_PUT = insertion("INSERT OR REPLACE", "pool_slots", SLOT_COLUMNS)
_LIVE = "SELECT id FROM runs WHERE ended IS NULL"


def slot_of(row: Iterable[Any], store: Path) -> PoolSlot:
    """Of a row; raises CorruptStoreError if it is not as it was written."""
    _, pool, run_id, step, priority, taken = whole(row, store, "a slot of a pool")
    return PoolSlot(pool, RunId(run_id), step, priority, bool(taken))


def slots(pool: str | None = None) -> Query[PoolSlot]:
    """The slots of runs on their way, of one pool or of all."""
    return Query(
        f"SELECT {_COLUMNS} FROM pool_slots WHERE (? IS NULL OR pool = ?) AND run_id IN ({_LIVE})"
        " ORDER BY ticket",
        (pool, pool),
        slot_of,
    )


def take_slot(
    slot: PoolSlot, may_take: MayTake, store: Path, connection: sqlite3.Connection
) -> bool:
    """Whether the step has its slot now. What ended runs have left of slots is removed."""
    connection.execute(f"DELETE FROM pool_slots WHERE run_id NOT IN ({_LIVE})")
    ticket, known = _known(slot, store, connection)
    if known is not None and known.taken:
        return True
    asked = slots(slot.pool)
    found = asked.records(connection.execute(asked.sql, asked.parameters).fetchall(), store)
    put = partial(_put, connection, ticket)
    if may_take(found if known is not None else [*found, slot]):
        put(structs.replace(slot, taken=True))
        return True
    if known is None:
        put(slot)
    return False


def leave_slot(run_id: str, step: str, connection: sqlite3.Connection) -> None:
    """Removes the step's slot, if there is one."""
    connection.execute("DELETE FROM pool_slots WHERE run_id = ? AND step = ?", (run_id, step))


def _known(
    slot: PoolSlot, store: Path, connection: sqlite3.Connection
) -> tuple[int, PoolSlot | None]:
    """The ticket of the step, and its slot as it stands; a new ticket and None without one."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM pool_slots WHERE run_id = ? AND step = ?", (slot.run_id, slot.step)
    ).fetchall()
    if rows:
        return rows[0][0], slot_of(rows[0], store)
    ((last,),) = connection.execute("SELECT max(ticket) FROM pool_slots").fetchall()
    return (last or 0) + 1, None


def _put(connection: sqlite3.Connection, ticket: int, slot: PoolSlot) -> None:
    columns = ticket, slot.pool, slot.run_id, slot.step, slot.priority, int(slot.taken)
    connection.execute(_PUT, summed(*columns))
