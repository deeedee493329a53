"""The questions a database answers: each is one SELECT, with what makes a record of each row."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

from assetbook.events.asset_events import AssetMaterialized
from assetbook.events.records import Event
from assetbook.keys import AssetKey, CheckKey, PartitionKey, RunId
from assetbook.storage import readings
from assetbook.storage.bodies import EventRow, LogRow
from assetbook.storage.database_names import KINDS, folded_folder, partition_text
from assetbook.storage.doomed_files import doomed_file
from assetbook.storage.failures import damaged
from assetbook.storage.readings import Row
from assetbook.storage.run_record import ON_THEIR_WAY
from assetbook.storage.state_rows import AssetRow, RunRow, columns_of
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

_PAGE = 500  # rows, that fit a processor's cache
_ALL = -1  # LIMIT -1 is no limit


@dataclass(frozen=True, slots=True)
class Query(Generic[T]):
    """A SELECT, its parameters, and what makes a record of each row."""

    sql: str
    parameters: tuple[Any, ...]
    read: Callable[[Row, Path], T | None] | None
    """Given a row and the database's place; gives back None if the row says that there is no such
    record. Raises CorruptStoreError if the row is not as it was written. None leaves the rows as
    they are, not looked at."""
    read_page: Callable[[list[Row], Path], list[T]] | None = None
    """The same for many rows at once, which are taken some at a time: of a hundred thousand no two
    copies are held."""

    def pages(self, cursor: sqlite3.Cursor, path: Path) -> list[T]:
        """What it makes of the rows that a cursor gives; raises as ``records``."""
        found: list[T] = []
        while rows := cursor.fetchmany(_PAGE):
            found += self.records(rows, path)
        return found

    def records(self, rows: Iterable[Row], path: Path) -> list[T]:
        """What it made of its rows; raises CorruptStoreError if one cannot be read."""
        if self.read_page is not None:
            return self.read_page(list(rows), path)
        if self.read is None:
            return list(rows)  # type: ignore[arg-type]
        try:
            found = [self.read(row, path) for row in rows]
        except ValueError as error:  # a key, a process or a time that nobody wrote so
            raise damaged(path, f"a row cannot be read: {error}", "reading") from error
        return [record for record in found if record is not None]


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
        where.append("asset = (SELECT id FROM assets WHERE folded = ? AND text = ?)")
        parameters += [folded_folder(key.text), key.text]
    if kinds is not None:
        where.append(f"(kind IN ({_numbers(kinds)}) OR kind NOT IN ({_numbers(KINDS)}))")
    order = "DESC" if newest_first else "ASC"
    return Query(
        f"SELECT {EVENT} FROM events AS event WHERE {' AND '.join(where)}"
        f" ORDER BY id {order} LIMIT ?",
        (*parameters, limited(limit)),
        partial(readings.stored_event, run_id=run_id, key=None if key is None else key.text),
    )


def logs(
    run_id: RunId,
    step: str | None,
    after: int,
    limit: int | None,
    *,
    newest_first: bool = False,
) -> Query[StoredLog]:
    """The log records of a run or step."""
    return Query(
        f"SELECT {_LOG} FROM logs WHERE run_id = ? AND (? IS NULL OR step = ?) AND id > ?"
        f" ORDER BY id{' DESC' if newest_first else ''} LIMIT ?",
        (run_id, step, step, after, limited(limit)),
        partial(readings.stored_log, run_id=run_id),
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
        if ON_THEIR_WAY.issuperset(statuses):
            where.append("runs.ended IS NULL")
    if beginning is not None:
        where.append("substr(runs.id, 1, length(?)) = ?")
        parameters += [beginning, beginning]
    return Query(
        f"SELECT {_RUN}, {_FIRST}, {_LAST} FROM runs"
        " LEFT JOIN events AS first ON first.id = runs.started"
        " LEFT JOIN events AS last ON last.id = runs.ended"
        f" WHERE {' AND '.join(where)} ORDER BY runs.started DESC LIMIT {limited(limit)}",
        tuple(parameters),
        readings.run,
    )


def assets() -> Query[AssetKey]:
    """The assets, in the order of their first events."""
    return Query(f"SELECT {ASSET} FROM assets AS asset ORDER BY asset.id", (), readings.asset)


def latest(keys: Collection[AssetKey] | None, partition: PartitionKey | None) -> Query[Version]:
    """The latest version of each asset."""
    if partition is not None:
        return _state(OF_PARTITION, keys, partition, readings.latest_of_partition)
    return Query(
        f"SELECT {ASSET}, {EVENT} FROM assets AS asset"
        f" LEFT JOIN events AS event ON event.id = asset.latest WHERE 1{among_keys(keys)}",
        tuple(parameters_of(keys)),
        readings.latest,
    )


def versions(key: AssetKey, newest: int | None) -> Query[tuple[int, Version]]:
    """The versions of an asset, newest first, each with the number of all."""
    return Query(
        f"SELECT {ASSET}, {EVENT} FROM assets AS asset"
        f" LEFT JOIN events AS event ON event.asset = asset.id"
        f" AND event.kind = {KINDS[AssetMaterialized]}"
        " WHERE folded = ? AND text = ? ORDER BY event.id DESC LIMIT ?",
        (folded_folder(key.text), key.text, limited(newest)),
        readings.version,
    )


def kept(keys: Collection[AssetKey] | None) -> Query[tuple[AssetKey, int]]:
    """The versions that are kept."""
    return Query(
        f"SELECT {ASSET}, state.asset, number, event, state.sum FROM assets AS asset"
        f" CROSS JOIN kept_versions AS state ON state.asset = asset.id WHERE 1{among_keys(keys)}",
        tuple(parameters_of(keys)),
        readings.kept,
    )


def checks(
    keys: Collection[AssetKey] | None, partition: PartitionKey | None
) -> Query[tuple[CheckKey, PartitionKey | None, CheckState]]:
    """The state of each check."""
    return _state(CHECKED, keys, partition, readings.check)


def observed(
    keys: Collection[AssetKey] | None, partition: PartitionKey | None
) -> Query[tuple[AssetKey, PartitionKey | None, StoredEvent]]:
    """The latest observation of each asset."""
    return _state(OBSERVED, keys, partition, readings.observed)


def asset_rows(keys: Collection[AssetKey] | None) -> Query[AssetRow]:
    """The assets."""
    return Query(
        f"SELECT {ASSET} FROM assets AS asset WHERE 1{among_keys(keys)}",
        tuple(parameters_of(keys)),
        AssetRow.read,
    )


def texts(digests: Collection[str]) -> Query[tuple[str, str]]:
    """The stored texts, by digest."""
    return Query(
        f"SELECT digest, body, sum FROM texts WHERE 1{among('digest', digests)}",
        tuple(digests),
        readings.text,
    )


def doomed() -> Query[tuple[str, datetime]]:
    """The files that were collected."""
    return Query("SELECT path, at, sum FROM doomed", (), doomed_file)


def newest_snapshot(location: str | None) -> Query[StoredSnapshot]:
    """The newest snapshot of the location, or of all."""
    where = "" if location is None else "WHERE location = ?"
    return Query(
        f"SELECT {_SNAPSHOT} FROM snapshots {where} ORDER BY id DESC LIMIT 1",
        () if location is None else (location,),
        readings.snapshot,
    )


def snapshots() -> Query[StoredSnapshot]:
    """The newest snapshot of each location."""
    return Query(
        f"SELECT {_SNAPSHOT} FROM snapshots"
        " WHERE id IN (SELECT max(id) FROM snapshots GROUP BY location) ORDER BY id",
        (),
        readings.snapshot,
    )


_STATUSES: dict[RunStatus, str] = {
    "queued": "queued",
    "started": "started",
    "canceling": "canceling",
    "success": "success",
    "failed": "failed",
    "canceled": "canceled",
}
ASSET = columns_of(AssetRow, "asset")
EVENT = columns_of(EventRow, "event")
_LOG = columns_of(LogRow, "logs")
_RUN = columns_of(RunRow, "runs")
_FIRST, _LAST = columns_of(EventRow, "first"), columns_of(EventRow, "last")
_SNAPSHOT = "id, location, at, body, sum"
OF_PARTITION, CHECKED, OBSERVED = "partition_state", "check_state", "observed_state"
_STATES = {
    OF_PARTITION: "state.asset, state.partition, state.event, state.body, state.sum",
    CHECKED: "state.asset, state.partition, name, state.event, state.sum",
    OBSERVED: "state.asset, state.partition, state.event, state.sum",
}
_MOST_AT_ONCE = 10_000  # parameters; SQLite takes 32,766


def portions(wanted: Collection[T] | None) -> Iterator[Sequence[T] | None]:
    """``wanted`` in pieces that fit one query each; None, which is all, is one."""
    if wanted is None:
        yield None
        return
    every = list(wanted)
    for start in range(0, len(every), _MOST_AT_ONCE):
        yield every[start : start + _MOST_AT_ONCE]


def among(column: str, wanted: Collection[Any] | None) -> str:
    """The condition that ``column`` is one of ``wanted``, which are its parameters; None: any."""
    # not json_each(?): it ends a text at its first NUL
    return "" if wanted is None else f" AND {column} IN ({', '.join('?' * len(wanted))})"


def among_keys(keys: Collection[AssetKey] | None) -> str:
    """The condition that ``asset`` is one of ``keys``, with ``parameters_of`` them; None: any."""
    # the one finds the rows, the other leaves out what differs from a key in case alone
    return among("asset.folded", keys) + among("asset.text", keys)


def parameters_of(keys: Collection[AssetKey] | None) -> list[str]:
    """The parameters of ``among_keys``."""
    texts = [key.text for key in keys or ()]
    return [*map(folded_folder, texts), *texts]


def _state(
    table: str,
    keys: Collection[AssetKey] | None,
    partition: PartitionKey | None,
    read: Callable[[Row, Path], T],
) -> Query[T]:
    """A query of one partition's latest state, each row with its asset and event."""
    of = partition_text(partition)
    return _joined(table, "= ?", read, keys, (of, *parameters_of(keys)))


def states_of_all(
    table: str,
    keys: Collection[AssetKey] | None,
    read: Callable[[Row, Path], T],
    partitions: Collection[PartitionKey] | None = None,
) -> Query[T]:
    """A query of the partitions' latest state (None: of all), each row with its asset and event."""
    if partitions is None:
        return _joined(table, "> ''", read, keys, tuple(parameters_of(keys)))
    texts = [partition_text(each) for each in partitions]
    places = f"IN ({', '.join('?' * len(texts))})"
    return _joined(table, places, read, keys, (*texts, *parameters_of(keys)))


def _joined(
    table: str,
    partition: str,
    read: Callable[[Row, Path], T],
    keys: Collection[AssetKey] | None,
    parameters: tuple[Any, ...],
) -> Query[T]:
    return Query(
        f"SELECT {ASSET}, {EVENT}, {_STATES[table]} FROM assets AS asset"
        f" CROSS JOIN {table} AS state ON state.asset = asset.id AND state.partition {partition}"
        f" LEFT JOIN events AS event ON event.id = state.event WHERE 1{among_keys(keys)}",
        parameters,
        read,
    )


def _numbers(kinds: Collection[type[Event]]) -> str:
    return ", ".join(str(KINDS[kind]) for kind in kinds)


def limited(limit: int | None) -> int:
    """What stands behind LIMIT for so many rows; None is all."""
    return _ALL if limit is None else max(0, int(limit))
