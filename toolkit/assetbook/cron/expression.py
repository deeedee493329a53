"""Cron lines in a time zone, and the instants at which they are due."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from assetbook.cron.lines import checked_lines, described
from assetbook.cron.ticks import ticks
from assetbook.errors import DefinitionError, did_you_mean


@dataclass(frozen=True, slots=True, init=False)
class Cron:
    """When something is due: one cron line or several (whatever any of them says), in a zone.

    A line has five fields (minute, hour, day of month, month, day of week), or is ``@hourly``,
    ``@daily``, ``@weekly``, ``@monthly`` or ``@yearly``. Where clocks change, it goes by the rule
    of Debian's cron, however far they are put:

    - A line whose minute and hour are both given is due once for each time on the wall. A time that
      comes twice in autumn is due at the earlier; one that spring leaves out is due at the first
      instant after the gap.
    - A line whose minute or hour begins with ``*`` repeats: it is due whenever the wall shows a
      time that fits, so in both hours of an autumn night, and not for times that spring leaves out.

    No instant comes twice. Raises DefinitionError for a line that cannot be read or is never due,
    and for a zone that is not known.
    """

    lines: tuple[str, ...]
    timezone: str
    """IANA name, as in ``Europe/Berlin``."""

    def __init__(self, lines: str | Sequence[str], timezone: str = "UTC") -> None:
        object.__setattr__(self, "lines", checked_lines(lines))
        object.__setattr__(self, "timezone", timezone)
        _zone(timezone)

    def after(self, instant: datetime) -> Iterator[datetime]:
        """The due instants after ``instant``, and not at it, in UTC, from the earliest on."""
        start = _utc(instant)
        every = [ticks(line, _zone(self.timezone), start) for line in self.lines]
        return _without_repeats(heapq.merge(*every))

    def before(self, instant: datetime) -> Iterator[datetime]:
        """The due instants before ``instant``, and not at it, in UTC, from the latest back."""
        start = _utc(instant)
        every = [ticks(line, _zone(self.timezone), start, back=True) for line in self.lines]
        return _without_repeats(heapq.merge(*every, reverse=True))

    def at_or_before(self, instant: datetime) -> datetime | None:
        """The latest due instant that is not after ``instant``, in UTC; None without one."""
        return next(self.before(_utc(instant) + timedelta.resolution), None)

    def is_due(self, instant: datetime) -> bool:
        """Whether ``instant`` is a due one, to the microsecond."""
        return self.at_or_before(instant) == _utc(instant)

    def describe(self) -> str:
        """The lines in English: ``at 06:00 every day, Europe/Berlin``."""
        return f"{'; '.join(map(described, self.lines))}, {self.timezone}"


def _without_repeats(instants: Iterable[datetime]) -> Iterator[datetime]:
    last = None
    for each in instants:
        if each != last:
            yield each
        last = each


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise DefinitionError(
            f"cron ticks around {instant.isoformat()}",
            "it has no time zone, so it is no instant",
            "Give an aware datetime, such as datetime.now(UTC).",
        )
    return instant.astimezone(UTC)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError, TypeError):
        known = available_timezones()
    if not known:
        raise DefinitionError(
            f"timezone={name!r}",
            "this computer has no time zones",
            "Install them: `pip install tzdata`.",
        )
    offered = did_you_mean(str(name), known) or "Give an IANA name, such as `Europe/Berlin`."
    raise DefinitionError(f"timezone={name!r}", "there is no such time zone", offered)
