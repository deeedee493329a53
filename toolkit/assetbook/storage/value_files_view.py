"""All versions with a value file, read inside the transaction that decides about them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from assetbook.events.records import AssetMaterialized, RunStarted
from assetbook.events.value_file import ValueFile
from assetbook.keys import AssetKey
from assetbook.storage.bodies import EventRow, event_of
from assetbook.storage.doomed_files import is_doomed
from assetbook.storage.fold import KINDS, partition_of
from assetbook.storage.state_rows import columns_of, whole

_EVENT = columns_of(EventRow, "events")


def value_files(connection: sqlite3.Connection, store: Path) -> list[ValueFile]:
    """The versions whose files are not doomed, in the order of their events.

    Raises CorruptStoreError for a row that is not as it was written: then nobody knows what may go.
    """
    scheduled = _scheduled_runs(connection, store)
    oldest_live = _oldest_live_run(connection)
    latest = _latest_events(connection)
    kept = _kept(connection, store)
    found: list[ValueFile] = []
    next_event: dict[tuple[str, str | None], int] = {}
    for row in reversed(_rows(connection, KINDS[AssetMaterialized])):
        event = event_of(row, store)
        if not isinstance(event, AssetMaterialized) or row.number is None:
            continue
        place = event.key, event.partition
        superseded = next_event.get(place)
        if not event.overridden:
            next_event[place] = row.id
        reference = event.value
        if reference is None or reference.path is None or is_doomed(connection, reference.path):
            continue
        in_use = oldest_live is not None and (superseded is None or superseded > oldest_live)
        found.append(
            ValueFile(
                AssetKey.from_text(event.key),
                row.number,
                partition_of(row.partition or ""),
                event.at,
                reference.path,
                reference.size,
                scheduled=event.run_id in scheduled,
                latest=row.id in latest,
                kept=(row.asset, row.number) in kept,
                in_use=in_use,
            )
        )
    return found[::-1]


def _rows(connection: sqlite3.Connection, kind: int) -> list[EventRow]:
    rows = connection.execute(f"SELECT {_EVENT} FROM events WHERE kind = ? ORDER BY id", (kind,))
    return [EventRow(*row) for row in rows.fetchall()]


def _scheduled_runs(connection: sqlite3.Connection, store: Path) -> frozenset[str]:
    return frozenset(_scheduled(_rows(connection, KINDS[RunStarted]), store))


def _scheduled(rows: list[EventRow], store: Path) -> Iterator[str]:
    for row in rows:
        event = event_of(row, store)
        if isinstance(event, RunStarted) and event.origin.kind == "schedule":
            yield event.run_id


def _oldest_live_run(connection: sqlite3.Connection) -> int | None:
    ((started,),) = connection.execute(
        "SELECT min(started) FROM runs WHERE status = 'started'"
    ).fetchall()
    return None if started is None else int(started)


def _kept(connection: sqlite3.Connection, store: Path) -> frozenset[tuple[int, int]]:
    rows = connection.execute("SELECT asset, number, event, sum FROM kept_versions").fetchall()
    return frozenset(whole(row, store, "a kept version")[:2] for row in rows)


def _latest_events(connection: sqlite3.Connection) -> frozenset[int]:
    rows = connection.execute(
        "SELECT latest FROM assets WHERE latest IS NOT NULL UNION ALL"
        " SELECT event FROM partition_state"
    ).fetchall()
    return frozenset(event for (event,) in rows)
