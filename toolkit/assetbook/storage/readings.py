"""How a row of an answer becomes a record, once it is seen to be as it was written.

A row holds the columns of its tables one after the other, an asset's or a run's before its events'.
A version's event is looked at when somebody asks for it: one that is damaged hides no other.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from assetbook.events.asset_events import AssetMaterialized, AssetObserved, CheckEvaluated
from assetbook.events.records import Event
from assetbook.events.run_events import RunEnded, RunQueued, RunStarted
from assetbook.keys import AssetKey, CheckKey, PartitionKey, RunId
from assetbook.storage.bodies import (
    EventRow,
    LogRow,
    another_event,
    event_of,
    log_of,
    missing_event,
)
from assetbook.storage.checksums import damaged_row, row_sum
from assetbook.storage.database_names import partition_of, partition_text
from assetbook.storage.made_body import made
from assetbook.storage.partition_states import PartitionMade
from assetbook.storage.process_identity import ProcessIdentity
from assetbook.storage.state_rows import AssetRow, RunRow, whole
from assetbook.storage.store import (
    CheckState,
    RunRecord,
    StoredEvent,
    StoredLog,
    StoredSnapshot,
    Version,
)

Row: TypeAlias = tuple[Any, ...]

_ASSET = len(AssetRow.COLUMNS)
_EVENT = len(EventRow._fields)
_RUN = len(RunRow.COLUMNS)


def stored_event(
    row: Row, store: Path, run_id: str | None = None, key: str | None = None
) -> StoredEvent:
    """Of a row of ``events``, which was found as one of that run and asset, if not None."""
    event = event_of(EventRow(*row), store)
    # a damaged index finds whole events that nobody asked for
    if run_id not in (None, event.run_id) or key not in (None, getattr(event, "key", None)):
        raise another_event(store, row[0], event)
    return StoredEvent(row[0], event)


def stored_log(row: Row, store: Path, run_id: str | None = None) -> StoredLog:
    """Of a row of ``logs``, which was found as one of that run, if not None."""
    record = log_of(LogRow(*row), store)
    if run_id not in (None, record.run_id):
        raise damaged_row(store, f"log record {row[0]}", "it was found as one of another run")
    return StoredLog(row[0], record)


def run(row: Row, store: Path) -> RunRecord:
    """Of a run, its first and its last event."""
    state = RunRow.read(row[:_RUN], store)
    first = _joined(state.started, row[_RUN:], store)
    last = None if state.ended is None else _joined(state.ended, row[_RUN + _EVENT :], store)
    if not isinstance(first, RunQueued | RunStarted):
        raise another_event(store, state.started, first)
    if last is not None and not isinstance(last, RunEnded):
        raise another_event(store, state.ended or 0, last)
    return RunRecord(
        id=RunId(state.id),
        status=state.status,  # type: ignore[arg-type]
        asked=first.asked,
        origin=first.origin,
        steps=first.steps,
        started_at=first.at,
        ended_at=None if last is None else last.at,
        message="" if last is None else last.message,
        owner=ProcessIdentity.from_text(state.owner),
        reexecution=first.reexecution,
        tags=first.tags,
        queued_at=first.queued_at if isinstance(first, RunStarted) else first.at,
        bundle=first.bundle if isinstance(first, RunStarted) else None,
    )


def asset(row: Row, store: Path) -> AssetKey:
    """Of an asset."""
    return AssetKey.from_text(AssetRow.read(row, store).text)


def latest(row: Row, store: Path) -> Version | None:
    """Of an asset and its latest version's event; None if it has none."""
    asset = AssetRow.read(row[:_ASSET], store)
    return None if asset.latest is None else _version(asset, asset.latest, row, store)


def latest_of_partition(row: Row, store: Path) -> Version:
    """Of an asset, the event, and the partition's state."""
    event_id = made(row[_ASSET + _EVENT :], store).event_id
    return _version(AssetRow.read(row[:_ASSET], store), event_id, row, store)


def version_of_partition(made: PartitionMade, key: AssetKey, row: Row, store: Path) -> Version:
    """Of a partition's state and a row that begins with its event."""
    event = EventRow(*row[:_EVENT])
    if event.id != made.event_id or event.number != made.number:
        raise damaged_row(store, f"event {made.event_id}", "a row is missing or damaged")
    return Version(
        key,
        made.number,
        PartitionKey(made.partition),
        made.event_id,
        partial(_materialized, event, store),
    )


def count_of_asset(row: Row, store: Path) -> tuple[AssetKey, int]:
    """Of an asset and a number."""
    *columns, count = row
    return AssetKey.from_text(AssetRow.read(columns, store).text), count


def version(row: Row, store: Path) -> tuple[int, Version] | None:
    """Of an asset and one of its versions' events, with the number of all; None without any."""
    asset = AssetRow.read(row[:_ASSET], store)
    return None if asset.versions == 0 else (asset.versions, _version(asset, None, row, store))


def kept(row: Row, store: Path) -> tuple[AssetKey, int]:
    """Of an asset and one of its versions that are kept."""
    asset = AssetRow.read(row[:_ASSET], store)
    _, number, _ = whole(row[_ASSET:], store, f"a kept version of `{asset.text}`")
    return AssetKey.from_text(asset.text), number


def check(row: Row, store: Path) -> tuple[CheckKey, PartitionKey | None, CheckState]:
    """Of an asset, the event, and the check's state."""
    asset = AssetRow.read(row[:_ASSET], store)
    _, partition, name, event_id = whole(row[_ASSET + _EVENT :], store, "the state of a check")
    event = _joined(event_id, row[_ASSET:], store)
    if not (
        isinstance(event, CheckEvaluated)
        and (event.key, event.check) == (asset.text, name)
        and partition_text(event.partition) == partition
    ):
        raise another_event(store, event_id, event)
    key = CheckKey(AssetKey.from_text(asset.text), name)
    return key, partition_of(partition), CheckState(event_id, event)


def observed(row: Row, store: Path) -> tuple[AssetKey, PartitionKey | None, StoredEvent]:
    """Of an asset, the event, and its latest observation."""
    asset = AssetRow.read(row[:_ASSET], store)
    _, partition, event_id = whole(row[_ASSET + _EVENT :], store, "the latest observation")
    event = _joined(event_id, row[_ASSET:], store)
    if not isinstance(event, AssetObserved) or event.key != asset.text:
        raise another_event(store, event_id, event)
    key = AssetKey.from_text(asset.text)
    return key, partition_of(partition), StoredEvent(event_id, event)


def text(row: Row, store: Path) -> tuple[str, str]:
    """Of a row of ``texts``."""
    digest, body = whole(row, store, f"the text {row[0]}")
    return digest, body


def snapshot(row: Row, store: Path) -> StoredSnapshot:
    """Of a row of ``snapshots``."""
    snapshot_id, location, at, body, checksum = row
    if not isinstance(body, bytes) or row_sum(body, snapshot_id, location, at) != checksum:
        raise damaged_row(store, f"snapshot {snapshot_id}")
    return StoredSnapshot(snapshot_id, location, datetime.fromtimestamp(at, UTC), body)


def _joined(event_id: int, columns: Row, store: Path) -> Event:
    """The event whose row was found for that id; its columns are the first ones."""
    if columns[0] is None:
        raise missing_event(store, event_id)
    return event_of(EventRow(*columns[:_EVENT]), store)


def _version(asset: AssetRow, event_id: int | None, row: Row, store: Path) -> Version:
    event = EventRow(*row[_ASSET : _ASSET + _EVENT])
    if not isinstance(event.number, int) or not isinstance(event.partition, str):
        what = f"the versions of `{asset.text}`" if event_id is None else f"event {event_id}"
        raise damaged_row(store, what, "a row is missing or damaged")
    return Version(
        AssetKey.from_text(asset.text),
        event.number,
        partition_of(event.partition),
        event.id,
        partial(_materialized, event, store),
    )


def _materialized(row: EventRow, store: Path, key: AssetKey) -> AssetMaterialized:
    event = event_of(row, store)
    if not isinstance(event, AssetMaterialized) or event.key != key.text:
        raise another_event(store, row.id, event)
    return event
