"""Stored rows back to records: one that is not as it was written is a damaged store."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from assetbook.errors import CorruptStoreError, with_article
from assetbook.events.encoding import decode, decode_log
from assetbook.events.log_record import LogRecord
from assetbook.events.records import Event
from assetbook.storage.checksums import damaged_row, row_sum


class EventRow(NamedTuple):
    """An event as the table holds it."""

    id: int
    kind: int
    run_id: str | None
    asset: int | None
    """The asset's id in the database; None for an event of no asset."""
    partition: str | None
    number: int | None
    """The version's number, for a materialization."""
    body: bytes
    sum: int

    @classmethod
    def of(
        cls,
        event_id: int,
        kind: int,
        run_id: str | None,
        asset: int | None,
        partition: str | None,
        number: int | None,
        body: bytes,
    ) -> EventRow:
        """The row with its checksum."""
        checksum = row_sum(body, event_id, kind, run_id, asset, partition, number)
        return cls(event_id, kind, run_id, asset, partition, number, body, checksum)


class LogRow(NamedTuple):
    """A log record as the table holds it."""

    id: int
    run_id: str
    step: str
    body: bytes
    sum: int

    @classmethod
    def of(cls, log_id: int, run_id: str, step: str, body: bytes) -> LogRow:
        """The row with its checksum."""
        return cls(log_id, run_id, step, body, row_sum(body, log_id, run_id, step))


def checked(row: EventRow, store: Path) -> EventRow:
    """The row itself; raises CorruptStoreError if it is not as it was written."""
    if not _is_whole(row):
        raise damaged_row(store, f"event {row.id}")
    return row


def event_of(row: EventRow, store: Path) -> Event:
    """The event that was stored so; raises CorruptStoreError if the row is not as written."""
    try:
        return decode(checked(row, store).body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _unreadable(store, f"event {row.id}", error) from error


def log_of(row: LogRow, store: Path) -> LogRecord:
    """The log record that was stored so; raises CorruptStoreError if it is not as written."""
    what = f"log record {row.id}"
    if not _is_whole(row):
        raise damaged_row(store, what)
    try:
        return decode_log(row.body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _unreadable(store, what, error) from error


def missing_event(store: Path, event_id: int) -> CorruptStoreError:
    """The error for an event that the tables speak of and that is not there."""
    return damaged_row(store, f"event {event_id}", "its row is missing")


def another_event(store: Path, event_id: int, event: object) -> CorruptStoreError:
    """The error for an event that is whole but not the one that the tables say."""
    return damaged_row(
        store,
        f"event {event_id}",
        f"it is {with_article(type(event).__name__)} as which it was not stored",
    )


def _is_whole(row: tuple[Any, ...]) -> bool:
    """Whether a row, whose last columns are body and checksum, is as it was written."""
    *columns, body, checksum = row
    return isinstance(body, bytes) and row_sum(body, *columns) == checksum


def _unreadable(store: Path, what: str, error: Exception) -> CorruptStoreError:
    return CorruptStoreError(
        f"reading {what} in {store}",
        f"its stored form cannot be read: {error}",
        "If a newer assetbook wrote it, upgrade here; else restore the store from a backup.",
    )
