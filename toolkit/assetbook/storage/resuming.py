"""That each run is gone on with once: two that did would make the same assets twice."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from assetbook.events.records import Event
from assetbook.events.run_events import RunStarted
from assetbook.storage import refusals
from assetbook.storage.bodies import EventRow, event_of
from assetbook.storage.state_rows import RunRow, columns_of


def resumes(event: Event, run_id: str) -> bool:
    """Whether it is the start of a run that goes on with that one."""
    again = event.reexecution if isinstance(event, RunStarted) else None
    return again is not None and again.kind == "resume" and again.parent_run_id == run_id


def refuse_second_resume(connection: sqlite3.Connection, event: RunStarted, store: Path) -> None:
    """Raises ConflictError if another run goes on with the one that this is to go on with, or if
    that has not ended; inside the transaction that starts it."""
    again = event.reexecution
    if again is None or again.kind != "resume":
        return
    rows = connection.execute(
        f"SELECT {columns_of(RunRow, 'runs')} FROM runs WHERE id = ?", (again.parent_run_id,)
    ).fetchall()
    if not rows:
        return
    parent = RunRow.read(rows[0], store)
    if parent.ended is None:
        raise refusals.lives_still(parent.id)
    # a run that goes on with it started later
    later = connection.execute(
        f"SELECT {columns_of(EventRow, 'first')} FROM runs"
        " JOIN events AS first ON first.id = runs.started WHERE runs.started > ?",
        (parent.started,),
    ).fetchall()
    for row in later:
        started = event_of(EventRow(*row), store)
        if resumes(started, parent.id):
            raise refusals.resumed_already(parent.id, started.run_id)
