"""Lets a run start if it may, or has it wait: decided and written down in one transaction."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from assetbook.events.run_events import RunStarted
from assetbook.keys import RunId
from assetbook.storage import queries, refusals
from assetbook.storage.fold import Folding
from assetbook.storage.process_identity import current_process
from assetbook.storage.queries import Query
from assetbook.storage.run_record import ON_THEIR_WAY, RunRecord
from assetbook.storage.turns import MayStart, queued, queued_record


def start_in_turn(
    run: RunStarted, may_start: MayStart, store: Path, connection: sqlite3.Connection
) -> bool:
    """See :meth:`assetbook.storage.turns.Turns.start_in_turn`."""

    def found(query: Query[RunRecord]) -> list[RunRecord]:
        rows = connection.execute(query.sql, query.parameters).fetchall()
        return query.records(rows, store)

    owner = current_process()
    on_their_way = found(queries.runs(ON_THEIR_WAY, None, None))[::-1]
    waits = any(each.id == run.run_id for each in on_their_way)
    if not waits:
        for ended in found(queries.runs(None, 1, RunId(run.run_id))):
            raise refusals.fenced(run.run_id, ended.status)
        on_their_way.append(queued_record(run, owner))
    folding = Folding(connection, owner.text, store)
    if may_start(on_their_way):
        folding.fold([run])
        return True
    if not waits:
        folding.fold([queued(run)])
    return False
