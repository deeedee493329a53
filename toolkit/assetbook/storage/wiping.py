"""Takes the data of versions out of the tables, inside the transaction that records the wipe.

Their files are doomed there, and removed after it. What is overwritten here may still stand in free
space of the database until :meth:`assetbook.storage.store.Space.expunge` has gone over it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from msgspec import structs

from assetbook.events.asset_events import AssetMaterialized, AssetWiped, CheckEvaluated
from assetbook.events.encoding import encode
from assetbook.events.records import Event
from assetbook.events.run_events import RunEnded, RunQueued, RunStarted, StepEnded, StepSucceeded
from assetbook.events.wiping import Wiping
from assetbook.storage import refusals
from assetbook.storage.bodies import EventRow, event_of
from assetbook.storage.database_names import KINDS
from assetbook.storage.doomed_files import doom
from assetbook.storage.made_body import made_row
from assetbook.storage.state_rows import columns_of

_SELECT = f"SELECT {columns_of(EventRow, 'events')} FROM events"
_LIVE = "JOIN runs ON runs.started = events.id WHERE runs.ended IS NULL"


def refuse_reader(connection: sqlite3.Connection, store: Path, event: AssetWiped) -> None:
    """Raises ConflictError, naming it, while a run is on its way that makes or reads the asset."""
    for _, run in _events(connection, store, _LIVE):
        if not isinstance(run, RunQueued | RunStarted) or run.run_id == event.run_id:
            continue
        if event.key in run.keys or not run.keys:
            raise refusals.wiped_in_run(event.key, run.run_id)


def wipe(connection: sqlite3.Connection, store: Path, event: AssetWiped, asset: int) -> AssetWiped:
    """The event with what went; versions that share a value with one of its own go with it.

    Doing it again takes nothing more.
    """
    own = list(_events(connection, store, "WHERE asset = ?", asset))
    wiping = Wiping.of(
        event,
        {row.number: made for row, made in own if isinstance(made, AssetMaterialized)},  # type: ignore[misc]
        [each for _, each in own if isinstance(each, CheckEvaluated)],
        list(_runs(connection, store)) if event.whole else (),
    )
    ends = list(_ends(connection, store, {run_id for run_id, _ in wiping.steps}))
    wiping = wiping.with_ops(each for _, each in ends)
    _rewrite(connection, wiping, [*own, *ends])
    doom(connection, wiping.paths, event.at)
    logs = connection.executemany(
        "DELETE FROM logs WHERE run_id = ? AND step = ?", sorted(wiping.steps)
    ).rowcount
    connection.executemany(
        "DELETE FROM kept_versions WHERE asset = ? AND number = ?",
        [(asset, number) for number in wiping.numbers],
    )
    numbers = tuple(sorted(wiping.numbers))
    return structs.replace(event, versions=numbers, size=wiping.size, logs=max(logs, 0))


def path_of_version(
    connection: sqlite3.Connection, asset: int, number: int, store: Path
) -> str | None:
    """The value file of that version; None if it has none, or is not there."""
    where = f"WHERE asset = ? AND kind = {KINDS[AssetMaterialized]} AND number = ?"
    for _, made in _events(connection, store, where, asset, number):
        if isinstance(made, AssetMaterialized) and made.value is not None:
            return made.value.path
    return None


def _rewrite(
    connection: sqlite3.Connection, wiping: Wiping, found: list[tuple[EventRow, Event]]
) -> None:
    changed, states = [], []
    for row, event in found:
        if wiping.takes(event, row.number):
            bare = wiping.without_data(event)
            new = EventRow.of(*row[:6], encode(bare))
            changed.append((new.body, new.sum, new.id))
            if isinstance(bare, AssetMaterialized) and row.partition:
                states.append(_state(row, bare))
    connection.executemany("UPDATE events SET body = ?, sum = ? WHERE id = ?", changed)
    connection.executemany(
        "UPDATE partition_state SET body = ?, sum = ?"
        " WHERE asset = ? AND partition = ? AND event = ?",
        states,
    )


def _state(row: EventRow, event: AssetMaterialized) -> tuple[bytes, int, int, str, int]:
    """What says how the partition stands, should that be its latest version."""
    assert row.asset is not None and row.partition is not None and row.number is not None
    asset, partition, event_id, body, checksum = made_row(
        row.asset, row.partition, row.id, row.number, event
    )
    return body, checksum, asset, partition, event_id


def _runs(connection: sqlite3.Connection, store: Path) -> Iterator[RunStarted]:
    for _, run in _events(connection, store, "WHERE kind = ?", KINDS[RunStarted]):
        if isinstance(run, RunStarted):
            yield run


def _ends(
    connection: sqlite3.Connection, store: Path, runs: set[str]
) -> Iterator[tuple[EventRow, Event]]:
    """How those runs, and steps of theirs, ended."""
    kinds = ", ".join(str(KINDS[each]) for each in (StepSucceeded, StepEnded, RunEnded))
    where = f"WHERE run_id = ? AND kind IN ({kinds})"
    for run_id in runs:
        yield from _events(connection, store, where, run_id)


def _events(
    connection: sqlite3.Connection, store: Path, where: str, *parameters: int | str
) -> Iterator[tuple[EventRow, Event]]:
    # read whole: a statement that is still open would hinder COMMIT
    for columns in connection.execute(f"{_SELECT} {where}", parameters).fetchall():
        row = EventRow(*columns)
        yield row, event_of(row, store)
