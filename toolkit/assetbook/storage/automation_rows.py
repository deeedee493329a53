"""The rows of automations' states and ticks: what is read and written of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from assetbook.keys import RunId
from assetbook.storage.automations import (
    AutomationState,
    CursorMove,
    Tick,
    TickStatus,
    after_tick,
    changed_state,
)
from assetbook.storage.instants import instant, micros
from assetbook.storage.queries import Query, among, limited
from assetbook.storage.readings import Row
from assetbook.storage.state_rows import insertion, summed, whole

STATE_COLUMNS = ("automation", "turned", "since", "pin", "cursor", "evaluated", "sum")
TICK_COLUMNS = (
    *("automation", "at", "status", "message", "started", "ended", "zone", "logs", "run_ids"),
    "sum",
)
_STATE, _TICK = ", ".join(STATE_COLUMNS), ", ".join(TICK_COLUMNS)
_PUT_STATE = insertion("INSERT OR REPLACE", "automations", STATE_COLUMNS)
_NEW_TICK = insertion("INSERT OR IGNORE", "ticks", TICK_COLUMNS)


def states(automation: str | None = None) -> Query[AutomationState]:
    """The state of that automation, or all."""
    where = "" if automation is None else " WHERE automation = ?"
    given = () if automation is None else (automation,)
    return Query(f"SELECT {_STATE} FROM automations{where} ORDER BY automation", given, state_of)


def state_of(row: Row, store: Path) -> AutomationState:
    """Of a row; raises CorruptStoreError if it is not as it was written."""
    name, turned, since, pin, cursor, evaluated = whole(row, store, f"the state of `{row[0]}`")
    on = None if turned is None else bool(turned)
    return AutomationState(name, on, instant(since), pin, cursor, instant(evaluated))


def tick_of(row: Row, store: Path) -> Tick:
    """Of a row; raises CorruptStoreError if it is not as it was written."""
    columns = whole(row, store, f"a tick of `{row[0]}`")
    name, at, status, message, started, ended, zone, logs, run_ids = columns
    runs = tuple(map(RunId, run_ids.split()))
    return Tick(
        name, instant(at), status, message, instant(started), instant(ended), zone, logs, runs
    )


def ticks(
    automation: str | None,
    statuses: Collection[TickStatus] | None,
    older_than: Tick | None,
    limit: int | None,
) -> Query[Tick]:
    """The ticks that fit, newest first."""
    where = "1"
    given: list[str | int] = []
    if automation is not None:
        where, given = "automation = ?", [automation]
    if older_than is not None:
        where += " AND (at, automation) < (?, ?)"
        given += [micros(older_than.at), older_than.automation]
    return Query(
        f"SELECT {_TICK} FROM ticks WHERE {where}{among('status', statuses)}"
        f" ORDER BY at DESC, automation DESC LIMIT {limited(limit)}",
        (*given, *(statuses or ())),
        tick_of,
    )


def last_ticks() -> Query[Tick]:
    """The newest tick of each automation."""
    columns = ", ".join(f"tick.{each}" for each in TICK_COLUMNS)
    return Query(
        f"SELECT {columns} FROM automations AS state CROSS JOIN ticks AS tick"
        " ON tick.automation = state.automation AND tick.at ="
        " (SELECT max(at) FROM ticks WHERE automation = state.automation)",
        (),
        tick_of,
    )


def state(connection: sqlite3.Connection, store: Path, automation: str) -> AutomationState:
    """Where it stands."""
    query = states(automation)
    found = query.records(connection.execute(query.sql, query.parameters).fetchall(), store)
    return found[0] if found else AutomationState(automation)


def change_state(
    before: AutomationState, after: AutomationState, store: Path, connection: sqlite3.Connection
) -> AutomationState:
    """See :meth:`assetbook.storage.automations.Automations.change_automation`."""
    changed = changed_state(state(connection, store, before.automation), before, after)
    _put_state(connection, changed)
    return changed


def come_to(
    connection: sqlite3.Connection, store: Path, tick: Tick, cursor: CursorMove | None
) -> None:
    """Writes how far the automation came with the tick; raises ConflictError as above."""
    _put_state(connection, after_tick(state(connection, store, tick.automation), tick.at, cursor))


def add_tick(connection: sqlite3.Connection, tick: Tick) -> bool:
    """Whether the tick is new; nothing is written else."""
    moments = micros(tick.started_at), micros(tick.ended_at)
    key = tick.automation, micros(tick.at)
    rest = tick.zone, tick.logs, " ".join(tick.run_ids)
    row = summed(*key, tick.status, tick.message, *moments, *rest)
    return connection.execute(_NEW_TICK, row).rowcount == 1


def stored_tick(connection: sqlite3.Connection, store: Path, tick: Tick) -> Tick | None:
    """The tick of that automation and instant that is stored, if there is one."""
    rows = connection.execute(
        f"SELECT {_TICK} FROM ticks WHERE automation = ? AND at = ?",
        (tick.automation, micros(tick.at)),
    ).fetchall()
    return tick_of(rows[0], store) if rows else None


def drop_ticks(
    before: datetime,
    statuses: Collection[TickStatus] | None,
    automation: str | None,
    connection: sqlite3.Connection,
) -> int:
    """See :meth:`assetbook.storage.automations.Automations.drop_ticks`."""
    dropped = connection.execute(
        f"DELETE FROM ticks WHERE at < ?{among('status', statuses)}"
        " AND (? IS NULL OR automation = ?)"
        " AND at < (SELECT max(at) FROM ticks AS newer WHERE newer.automation = ticks.automation)",
        (micros(before), *(statuses or ()), automation, automation),
    ).rowcount
    if dropped:
        connection.execute(
            "DELETE FROM run_requests WHERE run_key IS NULL AND state <> 'waiting' AND NOT EXISTS"
            " (SELECT 1 FROM ticks WHERE ticks.automation = run_requests.automation"
            " AND ticks.at = run_requests.at)"
        )
    return dropped


def _put_state(connection: sqlite3.Connection, state: AutomationState) -> None:
    turned = None if state.on is None else int(state.on)
    row = state.automation, turned, micros(state.since), state.pin, state.cursor
    connection.execute(_PUT_STATE, summed(*row, micros(state.evaluated_at)))
