"""The questions a database answers: each is one SELECT, and how a row becomes a record."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeAlias, TypeVar

from assetbook.events.records import CheckEvaluated, Event, RunEnded, RunStarted
from assetbook.keys import AssetKey, CheckKey, PartitionKey, RunId
from assetbook.storage.bodies import another_kind, event_of, log_of
from assetbook.storage.fold import KINDS, partition_of, partition_text
from assetbook.storage.process_identity import ProcessIdentity
from assetbook.storage.store import (
    CheckState,
    RunRecord,
    RunStatus,
    StoredEvent,
    StoredLog,
    StoredSnapshot,
    Version,
)

T = TypeVar("T")
Row: TypeAlias = tuple[Any, ...]

_ALL = -1  # LIMIT -1 is no limit


@dataclass(frozen=True, slots=True)
class Query(Generic[T]):
    """A SELECT, its parameters, and what makes a record of each row."""

    sql: str
    parameters: tuple[Any, ...]
    read: Callable[[Row], T]


def events(
    after: int,
    run_id: RunId | None,
    key: AssetKey | None,
    kinds: Collection[type[Event]] | None,
    newest_first: bool,
    limit: int | None,
) -> Query[StoredEvent]:
    """The events that fit all filters."""
    where: list[str] = ["id > ?"]
    parameters: list[Any] = [after]
    if run_id is not None:
        where.append("run_id = ?")
        parameters.append(run_id)
    if key is not None:
        where.append("asset = (SELECT id FROM assets WHERE text = ?)")
        parameters.append(key.text)
    if kinds is not None:
        where.append(f"kind IN ({', '.join(str(KINDS[kind]) for kind in kinds)})")
    order = "DESC" if newest_first else "ASC"
    return Query(
        f"SELECT id, body FROM events WHERE {' AND '.join(where)} ORDER BY id {order} LIMIT ?",
        (*parameters, _limit(limit)),
        _stored_event,
    )


def logs(run_id: RunId, step: str | None, after: int, limit: int | None) -> Query[StoredLog]:
    """The log records of a run or step."""
    return Query(
        "SELECT id, body FROM logs WHERE run_id = ?1 AND (?2 IS NULL OR step = ?2) AND id > ?3"
        " ORDER BY id LIMIT ?4",
        (run_id, step, after, _limit(limit)),
        _stored_log,
    )


def runs(
    statuses: Collection[RunStatus] | None, limit: int | None, beginning: str | None
) -> Query[RunRecord]:
    """The runs, newest first."""
    where: list[str] = ["1"]
    parameters: list[Any] = []
    if statuses is not None:
        # as text in the statement, so that the index of live runs is used
        equal = " OR ".join(f"status = '{_STATUSES[each]}'" for each in sorted(statuses))
        where.append(f"({equal or '0'})")
    if beginning is not None:
        where.append("substr(runs.id, 1, length(?1)) = ?1")
        parameters.append(beginning)
    return Query(
        "SELECT runs.id, status, owner, started, first.body, ended, last.body FROM runs"
        " JOIN events AS first ON first.id = runs.started"
        " LEFT JOIN events AS last ON last.id = runs.ended"
        f" WHERE {' AND '.join(where)} ORDER BY runs.started DESC LIMIT {_limit(limit)}",
        tuple(parameters),
        _run,
    )


def latest(keys: Collection[AssetKey] | None, partition: PartitionKey | None) -> Query[Version]:
    """The latest version of each asset."""
    return Query(
        "SELECT text, number, partition, event, body FROM asset_state AS state"
        f" {_JOINED} WHERE partition = ?{_among('text', keys)}",
        (partition_text(partition), *_texts_of(keys)),
        _version,
    )


def versions(key: AssetKey, newest: int | None) -> Query[Version]:
    """The versions of an asset, newest first."""
    return Query(
        "SELECT text, number, partition, event, body FROM versions AS state"
        f" {_JOINED} WHERE text = ? ORDER BY number DESC LIMIT ?",
        (key.text, _limit(newest)),
        _version,
    )


def checks(
    keys: Collection[AssetKey] | None, partition: PartitionKey | None
) -> Query[tuple[CheckKey, CheckState]]:
    """The state of each check."""
    return Query(
        "SELECT text, name, event, body FROM check_state AS state"
        f" {_JOINED} WHERE partition = ?{_among('text', keys)}",
        (partition_text(partition), *_texts_of(keys)),
        _check,
    )


def observed(
    keys: Collection[AssetKey] | None, partition: PartitionKey | None
) -> Query[tuple[AssetKey, StoredEvent]]:
    """The latest observation of each asset."""
    return Query(
        "SELECT event, body, text FROM observed_state AS state"
        f" {_JOINED} WHERE partition = ?{_among('text', keys)}",
        (partition_text(partition), *_texts_of(keys)),
        lambda row: (AssetKey.from_text(row[2]), _stored_event(row)),
    )


def texts(digests: Collection[str]) -> Query[tuple[str, str]]:
    """The stored texts, by digest."""
    return Query(
        f"SELECT digest, body FROM texts WHERE 1{_among('digest', digests)}",
        tuple(digests),
        lambda row: (row[0], row[1]),
    )


def newest_snapshot(location: str | None) -> Query[StoredSnapshot]:
    """The newest snapshot of the location, or of all."""
    where = "" if location is None else "WHERE location = ?"
    return Query(
        f"SELECT id, location, at, body FROM snapshots {where} ORDER BY id DESC LIMIT 1",
        () if location is None else (location,),
        _snapshot,
    )


def snapshots() -> Query[StoredSnapshot]:
    """The newest snapshot of each location."""
    return Query(
        "SELECT id, location, at, body FROM snapshots"
        " WHERE id IN (SELECT max(id) FROM snapshots GROUP BY location) ORDER BY location",
        (),
        _snapshot,
    )


_STATUSES: dict[RunStatus, str] = {
    "started": "started",
    "success": "success",
    "failed": "failed",
    "canceled": "canceled",
}
_JOINED = "JOIN assets ON assets.id = state.asset JOIN events ON events.id = state.event"
_MOST_AT_ONCE = 10_000  # parameters; SQLite takes 32,766


def portions(wanted: Collection[T] | None) -> Iterator[Sequence[T] | None]:
    """``wanted`` in pieces that fit one query each; None, which is all, is one."""
    if wanted is None:
        yield None
        return
    every = list(wanted)
    for start in range(0, len(every), _MOST_AT_ONCE):
        yield every[start : start + _MOST_AT_ONCE]


def _among(column: str, wanted: Collection[Any] | None) -> str:
    # not json_each(?): it ends a text at its first NUL
    return "" if wanted is None else f" AND {column} IN ({', '.join('?' * len(wanted))})"


def _texts_of(keys: Collection[AssetKey] | None) -> list[str]:
    return [key.text for key in keys or ()]


def _limit(limit: int | None) -> int:
    return _ALL if limit is None else max(0, int(limit))


def _stored_event(row: Row) -> StoredEvent:
    return StoredEvent(row[0], event_of(row[0], row[1]))


def _stored_log(row: Row) -> StoredLog:
    return StoredLog(row[0], log_of(row[0], row[1]))


def _version(row: Row) -> Version:
    text, number, partition, event_id, body = row
    return Version(AssetKey.from_text(text), number, partition_of(partition), event_id, body)


def _check(row: Row) -> tuple[CheckKey, CheckState]:
    text, name, event_id, body = row
    event = event_of(event_id, body)
    if not isinstance(event, CheckEvaluated):
        raise another_kind(event_id, event)
    return CheckKey(AssetKey.from_text(text), name), CheckState(event_id, event)


def _run(row: Row) -> RunRecord:
    run_id, status, owner, first_id, first_body, last_id, last_body = row
    first = event_of(first_id, first_body)
    last = None if last_id is None else event_of(last_id, last_body)
    if not isinstance(first, RunStarted):
        raise another_kind(first_id, first)
    if last is not None and not isinstance(last, RunEnded):
        raise another_kind(last_id, last)
    return RunRecord(
        id=RunId(run_id),
        status=status,
        asked=first.asked,
        origin=first.origin,
        steps=first.steps,
        started_at=first.at,
        ended_at=None if last is None else last.at,
        message="" if last is None else last.message,
        owner=ProcessIdentity.from_text(owner),
    )


def _snapshot(row: Row) -> StoredSnapshot:
    snapshot_id, location, at, body = row
    return StoredSnapshot(snapshot_id, location, datetime.fromtimestamp(at, UTC), body)
