"""The rows of runs that ticks ask for: what is read and written of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from msgspec import structs

from assetbook.keys import RunId
from assetbook.storage.automations import (
    LaunchRequest,
    RequestState,
    StoredRequest,
    Tick,
    run_id_taken,
    settled_already,
)
from assetbook.storage.instants import instant, micros
from assetbook.storage.queries import Query, limited
from assetbook.storage.readings import Row
from assetbook.storage.state_rows import insertion, summed, whole

REQUEST_COLUMNS = (
    *("id", "automation", "at", "run_id", "run_key", "launch", "state", "message", "sum"),
)
_COLUMNS = ", ".join(REQUEST_COLUMNS)
_NEW = insertion("INSERT", "run_requests", REQUEST_COLUMNS)
_REPLACE = insertion("INSERT OR REPLACE", "run_requests", REQUEST_COLUMNS)
_STATES: dict[RequestState, str] = {
    "waiting": "waiting",
    "launched": "launched",
    "refused": "refused",
}


def requests(
    automation: str | None,
    states: Collection[RequestState] | None,
    after: int,
    since: datetime | None,
    limit: int | None,
) -> Query[StoredRequest]:
    """The requests that fit, in the order of their commits."""
    where, given = "id > ?", [after]
    if since is not None:
        where += " AND at >= ?"
        given.append(micros(since))
    if automation is not None:
        where += " AND automation = ?"
    if states is not None:
        # as text in the statement, so that the index of those that wait is used
        equal = " OR ".join(f"state = '{_STATES[each]}'" for each in sorted(states))
        where += f" AND ({equal or '0'})"
    return Query(
        f"SELECT {_COLUMNS} FROM run_requests WHERE {where} ORDER BY id LIMIT {limited(limit)}",
        (*given, *([] if automation is None else [automation])),
        request_of,
    )


def request_of(row: Row, store: Path) -> StoredRequest:
    """Of a row; raises CorruptStoreError if it is not as it was written."""
    columns = whole(row, store, f"request {row[0]}")
    number, automation, at, run_id, run_key, launch, state, message = columns
    request = LaunchRequest(RunId(run_id), launch, run_key)
    return StoredRequest(number, automation, instant(at), request, state, message)


def known_keys(
    connection: sqlite3.Connection, store: Path, automation: str, run_keys: Collection[str]
) -> dict[str, StoredRequest]:
    """What was asked for by those of the automation's ``run_keys`` that are stored."""
    found: dict[str, StoredRequest] = {}
    for run_key in run_keys:
        rows = connection.execute(
            f"SELECT {_COLUMNS} FROM run_requests WHERE automation = ? AND run_key = ?",
            (automation, run_key),
        ).fetchall()
        for row in rows:
            found[run_key] = request_of(row, store)
    return found


def add_request(connection: sqlite3.Connection, tick: Tick, request: LaunchRequest) -> None:
    """Writes a request that waits; raises ConflictError if its run id is another one's."""
    ((last,),) = connection.execute("SELECT max(id) FROM run_requests").fetchall()
    stored = StoredRequest((last or 0) + 1, tick.automation, tick.at, request)
    try:
        connection.execute(_NEW, _row(stored))
    except sqlite3.IntegrityError:
        raise run_id_taken(request.run_id) from None


def settle(
    run_id: RunId, state: RequestState, message: str, store: Path, connection: sqlite3.Connection
) -> None:
    """See :meth:`assetbook.storage.automations.Automations.settle_request`."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM run_requests WHERE run_id = ?", (run_id,)
    ).fetchall()
    found = request_of(rows[0], store) if rows else None
    if found is None or found.state != "waiting":
        raise settled_already(run_id, None if found is None else found.state)
    connection.execute(_REPLACE, _row(structs.replace(found, state=state, message=message)))


def _row(stored: StoredRequest) -> tuple[object, ...]:
    asked = stored.request
    key = stored.id, stored.automation, micros(stored.at), asked.run_id, asked.run_key
    return summed(*key, asked.launch, stored.state, stored.message)
