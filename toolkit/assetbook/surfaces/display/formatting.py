"""Numbers, sizes, durations and instants as people read them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

_EXACT: Final = re.compile(r'key:"([^"*]+)"(?P<partitions> --[^"]*)?')
_OF_PARTITIONS: Final = re.compile(r" --(partitions?|missing|stale|failed)\b.*", re.DOTALL)
_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")
_LONG_AGO = 30 * 86_400  # seconds; from here on an age says less than the date


def count_text(count: int) -> str:
    """``336,776``."""
    return f"{count:,}"


def counted(count: int, noun: str, plural: str = "") -> str:
    """``1 check`` or ``2 checks``; ``plural`` where an s does not make it."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def size_text(size: int) -> str:
    """Bytes in units of 1,000: ``1.2 MB``, ``12 kB``, ``830 B``."""
    amount = float(size)
    for unit in _UNITS:
        if amount < 999.5 or unit == _UNITS[-1]:
            break
        amount /= 1000
    if unit == "B":
        return f"{size} B"
    return f"{amount:.1f} {unit}" if amount < 9.95 else f"{amount:.0f} {unit}"


def duration_text(seconds: float) -> str:
    """``3 ms``, ``0.12 s``, ``3.2 s``, ``3 min 4 s``, ``2 h 5 min``."""
    if seconds < 0.0995:
        return f"{max(seconds, 0) * 1000:.0f} ms"
    if seconds < 0.995:
        return f"{seconds:.2f}".rstrip("0").rstrip(".") + " s"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 3600:
        return _two(whole // 60, "min", whole % 60, "s")
    if whole < 86_400:
        return _two(whole // 3600, "h", whole % 3600 // 60, "min")
    return _two(whole // 86_400, "d", whole % 86_400 // 3600, "h")


def every_text(seconds: int) -> str:
    """``30 s``, ``5 min``: how often something is done."""
    return f"{seconds} s" if seconds < 60 else duration_text(seconds)


def age_text(instant: datetime, now: datetime) -> str:
    """``just now``, ``40 s ago``, ``2 min ago``, ``5 days ago``; the date after 30 days.

    An instant in the future, which only another computer's clock can give, is just now.
    """
    seconds = (now - instant).total_seconds()
    if seconds < 10:
        return "just now"
    if seconds < 60:
        return f"{seconds:.0f} s ago"
    if seconds < 3600:
        return f"{seconds // 60:.0f} min ago"
    if seconds < 86_400:
        return f"{seconds // 3600:.0f} h ago"
    if seconds < _LONG_AGO:
        return f"{counted(int(seconds // 86_400), 'day')} ago"
    return f"{instant.astimezone():%Y-%m-%d}"


def instant_text(instant: datetime) -> str:
    """The instant in local time, ``2026-11-25 09:14``."""
    return f"{instant.astimezone():%Y-%m-%d %H:%M}"


def clock_text(instant: datetime, now: datetime) -> str:
    """The instant in local time without its date if that is today's: ``09:14``."""
    local = instant.astimezone()
    if local.date() == now.astimezone().date():
        return f"{local:%H:%M}"
    return instant_text(instant)


def asked_text(asked: str) -> str:
    """A selection as people read it: ``delays`` for one asset that was named exactly, with what
    was said of its partitions."""
    found = _EXACT.fullmatch(asked)
    return found[1] + (found["partitions"] or "") if found else asked


def asked_of(asked: str) -> str:
    """What was asked for, whichever partitions of it: the same for all runs of a backfill."""
    return asked_text(_OF_PARTITIONS.sub("", asked))


def first_line(text: str) -> str:
    """The first line of ``text``, with an ellipsis if there are more."""
    first, _, rest = text.strip().partition("\n")
    return f"{first.rstrip()} …" if rest else first


def short_id(run_id: str) -> str:
    """The beginning of a run's id, enough for people to name it by."""
    return run_id[:6]


def _two(first: int, first_unit: str, second: int, second_unit: str) -> str:
    head = f"{first} {first_unit}"
    return f"{head} {second} {second_unit}" if second else head
