"""The row of the daemon's lease, and the changes to it, inside a transaction."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path

from msgspec import structs

from assetbook.storage.instants import instant, micros
from assetbook.storage.lease import Lease, held_by_another, lease_lost
from assetbook.storage.process_identity import ProcessIdentity
from assetbook.storage.queries import Query
from assetbook.storage.readings import Row
from assetbook.storage.state_rows import insertion, summed, whole

LEASE_COLUMNS = ("one", "holder", "token", "heartbeat", "acquired", "renewed", "sum")
_COLUMNS = ", ".join(LEASE_COLUMNS)
_PUT = insertion("INSERT OR REPLACE", "daemon_lease", LEASE_COLUMNS)
_SELECT = f"SELECT {_COLUMNS} FROM daemon_lease"


def lease() -> Query[Lease]:
    """The lease, if anybody has it."""
    return Query(_SELECT, (), lease_of)


def lease_of(row: Row, store: Path) -> Lease | None:
    """Of the row; None if it is given back. Raises CorruptStoreError if it is not as written."""
    _, holder, token, heartbeat, acquired, renewed = whole(row, store, "the daemon's lease")
    if not holder:
        return None
    at = instant(acquired), instant(renewed)
    return Lease(ProcessIdentity.from_text(holder), token, heartbeat, *at)


def acquire(
    holder: ProcessIdentity,
    unchanged: Lease | None,
    at: datetime,
    store: Path,
    connection: sqlite3.Connection,
) -> Lease:
    """See :meth:`assetbook.storage.lease.Leases.acquire_lease`."""
    now = _present(connection, store)
    if now is not None and not now.is_free_for(unchanged):
        raise held_by_another(now)
    ((last,),) = connection.execute("SELECT max(token) FROM daemon_lease").fetchall()
    taken = Lease(holder, (last or 0) + 1, 0, at, at)
    _put(connection, taken)
    return taken


def renew(held: Lease, at: datetime, store: Path, connection: sqlite3.Connection) -> Lease:
    """See :meth:`assetbook.storage.lease.Leases.renew_lease`."""
    now = hold_lease(held, store, connection)
    renewed = structs.replace(now, heartbeat=now.heartbeat + 1, renewed_at=at)
    _put(connection, renewed)
    return renewed


def release(held: Lease, store: Path, connection: sqlite3.Connection) -> None:
    """See :meth:`assetbook.storage.lease.Leases.release_lease`."""
    now = _present(connection, store)
    if now is not None and now.token == held.token:
        _put(connection, now, holder="")


def hold_lease(held: Lease, store: Path, connection: sqlite3.Connection) -> Lease:
    """The lease as it stands; raises ConflictError if its token is not that of ``held``."""
    now = _present(connection, store)
    if now is None or now.token != held.token:
        raise lease_lost(held, now)
    return now


def _present(connection: sqlite3.Connection, store: Path) -> Lease | None:
    rows = connection.execute(_SELECT).fetchall()
    return lease_of(rows[0], store) if rows else None


def _put(connection: sqlite3.Connection, lease: Lease, holder: str | None = None) -> None:
    text = lease.holder.text if holder is None else holder
    at = micros(lease.acquired_at), micros(lease.renewed_at)
    connection.execute(_PUT, summed(1, text, lease.token, lease.heartbeat, *at))
