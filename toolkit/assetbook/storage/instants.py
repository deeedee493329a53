"""Instants as whole microseconds, which compare exactly: where an instant is part of a key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import overload

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@overload
def micros(at: datetime) -> int: ...
@overload
def micros(at: datetime | None) -> int | None: ...
def micros(at: datetime | None) -> int | None:
    """Microseconds from 1970 in UTC; None for None. Raises TypeError for a time without a zone."""
    return None if at is None else (at - _EPOCH) // _MICROSECOND


@overload
def instant(count: int) -> datetime: ...
@overload
def instant(count: int | None) -> datetime | None: ...
def instant(count: int | None) -> datetime | None:
    """The instant, in UTC, of which that is the count; None for None."""
    return None if count is None else _EPOCH + timedelta(microseconds=count)
