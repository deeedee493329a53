"""Stored bodies back to records: one that cannot be read is a damaged store."""

from __future__ import annotations

import msgspec

from assetbook.errors import CorruptStoreError
from assetbook.events.records import Event, LogRecord, decode, decode_log


def event_of(event_id: int, body: bytes) -> Event:
    """The event that was stored so; raises CorruptStoreError for anything else."""
    try:
        return decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _unreadable(f"event {event_id}", error) from error


def log_of(log_id: int, body: bytes) -> LogRecord:
    """The log record that was stored so; raises CorruptStoreError for anything else."""
    try:
        return decode_log(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _unreadable(f"log record {log_id}", error) from error


def another_kind(event_id: int, event: Event) -> CorruptStoreError:
    """The error for an event that is whole but not of the kind that the tables say."""
    return CorruptStoreError(
        f"reading event {event_id}", f"it is a {type(event).__name__}, as which it was not stored"
    )


def _unreadable(what: str, error: Exception) -> CorruptStoreError:
    return CorruptStoreError(
        f"reading {what}",
        f"its stored form cannot be read: {error}",
        "If a newer assetbook wrote it, upgrade here; else restore the store from a backup.",
    )
