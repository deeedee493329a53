"""Snapshots' and bundles' contents, their parts and pins in the database: rows and questions."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from assetbook.events.run_events import RunStarted
from assetbook.storage import automation_rows, backfill_rows, readings, refusals
from assetbook.storage.bodies import EventRow, event_of
from assetbook.storage.checksums import damaged_row, row_sum
from assetbook.storage.database_names import KINDS
from assetbook.storage.queries import Query, among
from assetbook.storage.readings import Row
from assetbook.storage.sources import (
    Content,
    Pin,
    SourcesGoing,
    SourceUse,
    StoredContent,
    names_in,
    parts_left,
)
from assetbook.storage.state_rows import columns_of, summed, whole

T = TypeVar("T")

CONTENT = "digest, kind, location, body, parts, at, sum"
PART = "digest, body, sum"
PIN = "location, bundle, snapshot, at, by, sum"
_SNAPSHOT = "id, location, at, body, sum"


def contents(digest: str | None = None) -> Query[StoredContent]:
    """The content of that digest, or all."""
    where = "" if digest is None else "WHERE digest = ?"
    return Query(
        f"SELECT {CONTENT} FROM contents {where} ORDER BY at, digest",
        () if digest is None else (digest,),
        stored_content,
    )


def parts(digests: Collection[str]) -> Query[tuple[str, str]]:
    """The parts of those digests."""
    return Query(
        f"SELECT {PART} FROM parts WHERE 1{among('digest', digests)}", tuple(digests), part
    )


def pins() -> Query[Pin]:
    """All pins, in the order in which they were moved."""
    return Query(f"SELECT {PIN} FROM pins ORDER BY at", (), stored_pin)


def stored_content(row: Row, store: Path) -> StoredContent:
    """Of a row of ``contents``."""
    digest, kind, location, body, of, at = whole(row, store, f"the content {row[0]}")
    content = Content(digest, kind, location, body, tuple(of.split()))
    return StoredContent(content, datetime.fromtimestamp(at, UTC))


def part(row: Row, store: Path) -> tuple[str, str]:
    """Of a row of ``parts``."""
    digest, body, checksum = row
    if not isinstance(body, bytes) or row_sum(body, digest) != checksum:
        raise damaged_row(store, f"the part {digest}")
    return digest, zlib.decompress(body).decode("utf-8", "surrogatepass")


def stored_pin(row: Row, store: Path) -> Pin:
    """Of a row of ``pins``."""
    location, bundle, snapshot, at, by = whole(row, store, f"the pin of {row[0]}")
    return Pin(location, bundle, snapshot or None, datetime.fromtimestamp(at, UTC), by)


def put_content(
    content: Content, texts: Mapping[str, str], at: float, connection: sqlite3.Connection
) -> None:
    """Writes a content, which then is of now, and those of its parts that are not there."""
    for digest in content.parts:
        known = connection.execute("SELECT 1 FROM parts WHERE digest = ?", (digest,)).fetchall()
        if not known:
            body = zlib.compress(texts[digest].encode("utf-8", "surrogatepass"))
            connection.execute(
                f"INSERT INTO parts ({PART}) VALUES (?, ?, ?)",
                (digest, body, row_sum(body, digest)),
            )
    row = content.digest, content.kind, content.location, content.body, " ".join(content.parts), at
    connection.execute(
        f"INSERT OR REPLACE INTO contents ({CONTENT}) VALUES (?, ?, ?, ?, ?, ?, ?)", summed(*row)
    )


def put_pin(pin: Pin, connection: sqlite3.Connection) -> None:
    """Writes a pin over the one before; raises ConflictError if its bundle is not there."""
    for named, kind in ((pin.bundle, "bundle"), (pin.snapshot, "snapshot")):
        sql = "SELECT 1 FROM contents WHERE digest = ? AND kind = ?"
        if named is not None and not connection.execute(sql, (named, kind)).fetchall():
            raise refusals.nothing_to_pin(pin.location, kind)
    row = pin.location, pin.bundle, pin.snapshot or "", pin.at.timestamp(), pin.by
    connection.execute(
        f"INSERT OR REPLACE INTO pins ({PIN}) VALUES (?, ?, ?, ?, ?, ?)", summed(*row)
    )


def drop_sources(
    choose: Callable[[SourceUse], SourcesGoing], store: Path, connection: sqlite3.Connection
) -> SourcesGoing:
    """Removes what ``choose`` names, and the parts that only that referred to."""
    use = _use(connection, store)
    going = choose(use)
    connection.executemany(
        "DELETE FROM snapshots WHERE id = ?", [(each,) for each in going.snapshots]
    )
    connection.executemany(
        "DELETE FROM contents WHERE digest = ?", [(each,) for each in going.contents]
    )
    if going.contents:
        lost = use.part_sizes.keys() - parts_left(use, going)
        connection.executemany("DELETE FROM parts WHERE digest = ?", [(each,) for each in lost])
    return going


def _use(connection: sqlite3.Connection, store: Path) -> SourceUse:
    def read(query: Query[T]) -> tuple[T, ...]:
        rows = connection.execute(query.sql, query.parameters).fetchall()
        return tuple(query.records(rows, store))

    states, backfills = automation_rows.states(), backfill_rows.backfills(None, None)
    bundles = (each.bundle for each in read(backfills))
    return SourceUse(
        read(Query(f"SELECT {_SNAPSHOT} FROM snapshots ORDER BY id", (), readings.snapshot)),
        read(contents()),
        read(pins()),
        _named_by_runs(connection, store),
        tuple(each.pin for each in read(states) if each.pin),
        frozenset(each for each in bundles if each is not None),
        dict(connection.execute("SELECT digest, length(body) FROM parts").fetchall()),
    )


def _named_by_runs(connection: sqlite3.Connection, store: Path) -> frozenset[str]:
    rows = connection.execute(
        f"SELECT {columns_of(EventRow, 'events')} FROM events WHERE kind = ?", (KINDS[RunStarted],)
    ).fetchall()
    started = (event_of(EventRow(*row), store) for row in rows)
    return names_in(each for each in started if isinstance(each, RunStarted))
