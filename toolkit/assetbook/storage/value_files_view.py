"""All versions with a value file, read inside the transaction that decides about them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from assetbook.events.asset_events import AssetMaterialized
from assetbook.events.parts import UNATTENDED
from assetbook.events.run_events import RunStarted
from assetbook.events.value_file import ValueFile
from assetbook.keys import AssetKey
from assetbook.storage.bodies import EventRow, event_of
from assetbook.storage.database_names import KINDS, partition_of
from assetbook.storage.doomed_files import doom, is_doomed
from assetbook.storage.state_rows import columns_of, whole

_EVENT = columns_of(EventRow, "events")


def doom_chosen(
    choose: Callable[[Sequence[ValueFile]], Collection[str]],
    at: datetime,
    store: Path,
    connection: sqlite3.Connection,
) -> list[str]:
    """The files that ``choose`` names of all that versions have, which are doomed now."""
    paths = sorted(set(choose(value_files(connection, store))))
    doom(connection, paths, at)
    return paths


def value_files(connection: sqlite3.Connection, store: Path) -> list[ValueFile]:
    """The versions whose files are not doomed, in the order of their events.

    Raises CorruptStoreError for a row that is not as it was written: then nobody knows what may go.
    """
    started = list(_started_runs(connection, store))
    scheduled = {event.run_id for event in started if event.origin.kind in UNATTENDED}
    oldest_live = _oldest_live_run(connection)
    given = _given(connection, started)
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
        in_use = in_use or (event.key, row.number) in given
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


def _started_runs(connection: sqlite3.Connection, store: Path) -> Iterator[RunStarted]:
    for row in _rows(connection, KINDS[RunStarted]):
        event = event_of(row, store)
        if isinstance(event, RunStarted):
            yield event


def _given(
    connection: sqlite3.Connection, started: Iterable[RunStarted]
) -> frozenset[tuple[str, int]]:
    """The versions that live runs read in the place of the latest ones."""
    rows = connection.execute("SELECT id FROM runs WHERE ended IS NULL").fetchall()
    live = {run_id for (run_id,) in rows}
    runs = (event for event in started if event.run_id in live)
    return frozenset(each for event in runs for each in event.given.items())


def _oldest_live_run(connection: sqlite3.Connection) -> int | None:
    ((started,),) = connection.execute(
        "SELECT min(started) FROM runs WHERE ended IS NULL"
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
