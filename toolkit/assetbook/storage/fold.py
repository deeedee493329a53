"""Folds events into the tables, inside the transaction that stores them.

Every change of a status is a compare-and-set: an event that comes too late is refused whole.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import structs

from assetbook.events.asset_events import (
    AssetForgotten,
    AssetMaterialized,
    AssetObserved,
    AssetReadThrough,
    AssetRenamed,
    AssetWiped,
    CheckEvaluated,
    DynamicPartitionsChanged,
    VersionKept,
)
from assetbook.events.canceling import ended_by
from assetbook.events.encoding import encode
from assetbook.events.log_record import LogRecord
from assetbook.events.numbering import in_this_commit
from assetbook.events.records import Event
from assetbook.events.run_events import (
    HookEnded,
    KernelUsed,
    RunCanceling,
    RunEnded,
    RunQueued,
    RunStarted,
    StepEnded,
    StepStarted,
    StepSucceeded,
    StepUpForRetry,
)
from assetbook.storage import dynamic_rows, refusals
from assetbook.storage.bodies import EventRow, LogRow, checked, missing_event
from assetbook.storage.database_names import KINDS, folded_folder, partition_text
from assetbook.storage.doomed_files import is_doomed
from assetbook.storage.failed_rows import clear_failed, note_failed
from assetbook.storage.made_body import MADE, MADE_COLUMNS, made, made_row
from assetbook.storage.renaming import Tables, refuse_live_run
from assetbook.storage.resuming import refuse_second_resume
from assetbook.storage.run_record import ON_THEIR_WAY, RUNNING
from assetbook.storage.state_rows import AssetRow, RunRow, columns_of, insertion, summed
from assetbook.storage.store import Receipt
from assetbook.storage.wiping import path_of_version, refuse_reader, wipe

_NEW_EVENT = insertion("INSERT", "events", EventRow._fields)
_NEW_LOG = insertion("INSERT", "logs", LogRow._fields)
_NEW_RUN = insertion("INSERT", "runs", RunRow.COLUMNS)
_RUN = insertion("INSERT OR REPLACE", "runs", RunRow.COLUMNS)
_ASSET = insertion("INSERT OR REPLACE", "assets", AssetRow.COLUMNS)
_MADE = insertion("INSERT OR REPLACE", "partition_state", MADE_COLUMNS)


def hold_fence(connection: sqlite3.Connection, run_id: str, store: Path) -> bool:
    """Whether the run was asked to end; raises ConflictError unless it is on its way."""
    run = _run(connection, run_id, store)
    if run is None or run.status not in RUNNING:
        raise refusals.fenced(run_id, None if run is None else run.status)
    return run.status == "canceling"


def add_log(connection: sqlite3.Connection, record: LogRecord) -> None:
    """Stores one log record."""
    row = LogRow.of(next_id(connection, "logs"), record.run_id, record.step, encode(record))
    connection.execute(_NEW_LOG, row)


def next_id(connection: sqlite3.Connection, table: Literal["events", "logs", "snapshots"]) -> int:
    """The id of the next row of the table, for whom its checksum has to know it before."""
    # read whole: a statement that is still open would hinder COMMIT
    ((newest,),) = connection.execute(f"SELECT max(id) FROM {table}").fetchall()
    return (newest or 0) + 1


class Folding:
    """One commit: its events one after the other, and what they are given."""

    def __init__(self, connection: sqlite3.Connection, owner: str, store: Path) -> None:
        self._connection = connection
        self._owner = owner
        self._store = store
        self._next_id = next_id(connection, "events")
        self._ids: list[int] = []
        self._given: dict[tuple[str, str | None], int] = {}

    def fold(self, events: Sequence[Event]) -> Receipt:
        """Stores the events and what follows from them."""
        for event in events:
            _FOLDS[type(event)](self, event)
        return Receipt(tuple(self._ids), self._given)

    def run_queued(self, event: RunQueued) -> None:
        """A new run that waits, owned by this process."""
        run = RunRow(self._append(event), event.run_id, "queued", self._owner)
        self._begin(run)

    def run_started(self, event: RunStarted) -> None:
        """A new run, or one that waited, owned by this process; what it was given to read must
        still be there."""
        for key, number in event.given.items():
            path = path_of_version(self._connection, self._asset(key).id, number, self._store)
            if path is not None and is_doomed(self._connection, path):
                raise refusals.given_is_gone(key, number)
        refuse_second_resume(self._connection, event, self._store)
        self._begin(RunRow(self._append(event), event.run_id, "started", self._owner))

    def _begin(self, run: RunRow) -> None:
        try:
            self._connection.execute(_NEW_RUN, run.row)
        except sqlite3.IntegrityError:
            before = _run(self._connection, run.id, self._store)
            if run.status == "queued" or before is None or before.status != "queued":
                raise refusals.started_twice(run.id) from None
            # in the order of their starts from now on
            self._connection.execute("DELETE FROM runs WHERE started = ?", (before.started,))
            self._connection.execute(_NEW_RUN, run.row)

    def run_canceling(self, event: RunCanceling) -> None:
        """The run is to end, if it is on its way and nobody asked for that before; one that waits
        for its turn has ended."""
        run = _run(self._connection, event.run_id, self._store)
        if run is None or run.status not in ON_THEIR_WAY:
            raise refusals.ended_already(event.run_id, None if run is None else run.status)
        if run.status == "canceling":
            raise refusals.canceling_already(event.run_id)
        self._append(event)
        if run.status == "queued":
            self.run_ended(ended_by(event))
        else:
            self._connection.execute(_RUN, structs.replace(run, status="canceling").row)

    def run_ended(self, event: RunEnded) -> None:
        """The run's end, if it is still on its way."""
        run = _run(self._connection, event.run_id, self._store)
        if run is None or run.status not in ON_THEIR_WAY:
            raise refusals.ended_already(event.run_id, None if run is None else run.status)
        ended = structs.replace(run, status=event.status, ended=self._append(event))
        self._connection.execute(_RUN, ended.row)

    def asset_materialized(self, event: AssetMaterialized) -> None:
        """The asset's next version, and unless it was overridden, its latest state."""
        event = in_this_commit(event, self._given)
        path = event.value.path if event.value is not None else None
        if path is not None and is_doomed(self._connection, path):
            raise refusals.doomed(event.key, path)
        asset = self._asset(event.key)
        asset.versions += 1
        partition = partition_text(event.partition)
        event_id = self._append(event, asset.id, partition, asset.versions)
        if not event.overridden:
            if partition:
                row = made_row(asset.id, partition, event_id, asset.versions, event)
                self._connection.execute(_MADE, row)
            else:
                asset.latest = event_id
            clear_failed(self._connection, event.key, partition)
        self._keep(asset)
        self._given[event.key, event.partition] = asset.versions

    def check_evaluated(self, event: CheckEvaluated) -> None:
        """What the check says of the version it names; kept as state if that is the latest, or
        another store's where there is none."""
        asset = self._asset(event.key)
        partition = partition_text(event.partition)
        latest = self._latest(asset, partition)
        if event.version is None:
            version = self._given.get((event.key, event.partition), latest)
            event = msgspec.structs.replace(event, version=version)
        event_id = self._append(event, asset.id, partition)
        self._keep_new(asset)
        if latest is None if event.store else event.version == latest:
            self._put("check_state", asset.id, partition, event.check, event_id)

    def asset_observed(self, event: AssetObserved) -> None:
        """The latest observation."""
        asset, partition = self._asset(event.key), partition_text(event.partition)
        event_id = self._append(event, asset.id, partition)
        self._keep_new(asset)
        self._put("observed_state", asset.id, partition, event_id)

    def asset_forgotten(self, event: AssetForgotten) -> None:
        """The event alone: versions remain."""
        asset = self._asset(event.key)
        self._append(event, asset.id)
        self._keep_new(asset)

    def version_kept(self, event: VersionKept) -> None:
        """The version is kept, or no longer; raises ConflictError if there is none."""
        asset = self._asset(event.key)
        if not 1 <= event.version <= asset.versions:
            raise refusals.no_such_version(event.key, event.version)
        event_id = self._append(event, asset.id)
        if event.released:
            self._connection.execute(
                "DELETE FROM kept_versions WHERE asset = ? AND number = ?",
                (asset.id, event.version),
            )
        else:
            self._put("kept_versions", asset.id, event.version, event_id)

    def asset_renamed(self, event: AssetRenamed) -> None:
        """The asset's whole history under its new key; see :mod:`assetbook.storage.renaming`."""
        refuse_live_run(self._connection, event.old)
        old = self._asset(event.old)
        if old.id == self._next_id:
            raise refusals.nothing_to_rename(event.old)
        folded = folded_folder(event.key)
        own = self._asset(event.key) if folded != old.folded else None
        if own is not None and own.id == self._next_id:
            own = None
        versions = old.versions + (own.versions if own is not None else 0)
        latest = own.latest if own is not None and own.latest is not None else old.latest
        new = AssetRow(folded, event.key, old.id, versions, latest)
        tables = Tables(self._connection, self._store, KINDS[AssetMaterialized])
        tables.rename(event, old, own, new)
        self._append(event, old.id)

    def asset_wiped(self, event: AssetWiped) -> None:
        """What was recorded of the versions loses its data; see :mod:`assetbook.storage.wiping`."""
        refuse_reader(self._connection, self._store, event)
        asset = self._asset(event.key)
        self._append(wipe(self._connection, self._store, event, asset.id), asset.id)
        self._keep_new(asset)

    def asset_read_through(self, event: AssetReadThrough) -> None:
        """No version is the latest any more: all of them stay."""
        asset = self._asset(event.key)
        self._append(event, asset.id)
        for table in ("partition_state", "check_state"):
            self._connection.execute(f"DELETE FROM {table} WHERE asset = ?", (asset.id,))
        clear_failed(self._connection, event.key)
        asset.latest = None
        self._keep(asset)

    def dynamic_partitions_changed(self, event: DynamicPartitionsChanged) -> None:
        """The keys that are new at the end, those that were deleted gone."""
        self._append(event)
        dynamic_rows.change(self._connection, event)

    def step_ended(self, event: StepEnded) -> None:
        """What it was to make has failed, if it has."""
        event_id = self._append(event)
        if event.status == "failed":
            partitions = event.partitions or ("",) * len(event.keys)
            for key, partition in zip(event.keys, partitions, strict=False):
                note_failed(self._connection, key, partition_text(partition or None), event_id)

    def step_event(self, event: Event) -> None:
        """The event alone."""
        self._append(event)

    def _append(
        self,
        event: Event,
        asset: int | None = None,
        partition: str | None = None,
        number: int | None = None,
    ) -> int:
        """The id that the event got."""
        event_id = self._next_id
        kind, body = KINDS[type(event)], encode(event)
        row = EventRow.of(event_id, kind, event.run_id or None, asset, partition, number, body)
        self._connection.execute(_NEW_EVENT, row)
        self._next_id = event_id + 1
        self._ids.append(event_id)
        return event_id

    def _put(self, table: str, *columns: int | str) -> None:
        """Writes a row of latest state over the one before."""
        row = summed(*columns)
        places = ", ".join("?" * len(row))
        self._connection.execute(f"INSERT OR REPLACE INTO {table} VALUES ({places})", row)

    def _asset(self, key: str) -> AssetRow:
        """The asset as it stands, or a new one, to be kept after its first event is appended."""
        folded = folded_folder(key)
        rows = self._connection.execute(
            f"SELECT {columns_of(AssetRow, 'assets')} FROM assets WHERE folded = ?", (folded,)
        ).fetchall()
        if not rows:
            return AssetRow(folded, key, self._next_id)
        asset = AssetRow.read(rows[0], self._store)
        if asset.text != key:
            raise refusals.same_folder(key, asset.text)
        return asset

    def _keep_new(self, asset: AssetRow) -> None:
        """Keeps the asset if its first event is the one that was just appended."""
        if asset.id == self._next_id - 1:
            self._keep(asset)

    def _keep(self, asset: AssetRow) -> None:
        self._connection.execute(_ASSET, asset.row)

    def _latest(self, asset: AssetRow, partition: str) -> int | None:
        """The number of the latest version."""
        latest = self._latest_of_partition(asset.id, partition) if partition else asset.latest
        if latest is None:
            return None
        rows = self._connection.execute(
            f"SELECT {columns_of(EventRow, 'events')} FROM events WHERE id = ?", (latest,)
        ).fetchall()
        if not rows:
            raise missing_event(self._store, latest)
        return checked(EventRow(*rows[0]), self._store).number

    def _latest_of_partition(self, asset: int, partition: str) -> int | None:
        rows = self._connection.execute(
            f"{MADE} WHERE asset = ? AND partition = ?", (asset, partition)
        ).fetchall()
        return made(rows[0], self._store).event_id if rows else None


_FOLDS: dict[type[Any], Callable[[Folding, Any], None]] = {
    RunQueued: Folding.run_queued,
    RunStarted: Folding.run_started,
    RunCanceling: Folding.run_canceling,
    RunEnded: Folding.run_ended,
    StepStarted: Folding.step_event,
    StepEnded: Folding.step_ended,
    StepSucceeded: Folding.step_event,
    StepUpForRetry: Folding.step_event,
    KernelUsed: Folding.step_event,
    HookEnded: Folding.step_event,
    AssetMaterialized: Folding.asset_materialized,
    AssetObserved: Folding.asset_observed,
    CheckEvaluated: Folding.check_evaluated,
    AssetForgotten: Folding.asset_forgotten,
    VersionKept: Folding.version_kept,
    AssetRenamed: Folding.asset_renamed,
    AssetWiped: Folding.asset_wiped,
    AssetReadThrough: Folding.asset_read_through,
    DynamicPartitionsChanged: Folding.dynamic_partitions_changed,
}


def _run(connection: sqlite3.Connection, run_id: str, store: Path) -> RunRow | None:
    rows = connection.execute(
        f"SELECT {columns_of(RunRow, 'runs')} FROM runs WHERE id = ?", (run_id,)
    ).fetchall()
    return RunRow.read(rows[0], store) if rows else None
