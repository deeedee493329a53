"""Partitions that are windows of time: from one instant at which a cron line is due to the next."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, NamedTuple
from zoneinfo import ZoneInfo

from assetbook.cron import Cron
from assetbook.definitions.partitions.definition import (
    DynamicPartitionsStore,
    PartitionsDefinition,
)
from assetbook.definitions.partitions.window_starts import WindowStarts
from assetbook.errors import DefinitionError, SelectionError, with_article
from assetbook.named_arguments import named_arguments


class TimeWindow(NamedTuple):
    """From ``start`` on until before ``end``, aware datetimes in the partitions' zone."""

    start: datetime
    end: datetime


@named_arguments
class TimeWindowPartitionsDefinition(PartitionsDefinition):
    """Windows between the instants at which ``cron_schedule`` is due, from ``start`` on.

    A window is a partition once it is over; ``end_offset=1`` adds the one that is going on, a
    negative one leaves out the last ones. ``start`` and ``end`` are datetimes, or text in ``fmt``,
    which also makes the keys, by the window's start in ``timezone``. ``exclusions`` are datetimes
    (the starts of windows) and cron lines whose instants begin no partition.
    """

    kind: ClassVar[str] = "time_window"

    def __init__(
        self,
        start: datetime | str,
        fmt: str,
        *,
        cron_schedule: str,
        end: datetime | str | None = None,
        timezone: str | None = None,
        end_offset: int = 0,
        exclusions: Sequence[datetime | str] | None = None,
    ) -> None:
        self.timezone = timezone or "UTC"
        self.cron = Cron(cron_schedule, self.timezone)
        self.fmt = fmt
        self._zone = ZoneInfo(self.timezone)
        self.start = self._instant(start, "start")
        self.end = None if end is None else self._instant(end, "end")
        if not isinstance(end_offset, int):
            found = f"it is {with_article(type(end_offset).__name__)}"
            raise DefinitionError(f"end_offset={end_offset!r}", found, "Give a number of windows.")
        self.end_offset = end_offset
        self._excluded = frozenset(
            each.replace(tzinfo=each.tzinfo or self._zone).astimezone(UTC)
            for each in exclusions or ()
            if isinstance(each, datetime)
        )
        self._excluding = tuple(
            Cron(each, self.timezone) for each in exclusions or () if isinstance(each, str)
        )
        self._starts = WindowStarts(self.cron, self.start)
        self._keys: list[str] = []
        self._places: dict[str, int] = {}
        self._listing = threading.Lock()

    @property
    def meaning(self) -> str:
        """Between which instants its windows lie, and the zone: ``daily, UTC``."""
        return f"{self._rhythm}, {self.timezone}"

    @property
    def cron_schedule(self) -> str:
        """The cron line."""
        return self.cron.lines[0]

    def _instant(self, given: datetime | str, name: str) -> datetime:
        if isinstance(given, str):
            try:
                given = datetime.strptime(given, self.fmt)
            except ValueError:
                raise DefinitionError(
                    f"{name}={given!r}",
                    f"it is not written as {self.fmt!r}",
                    f"Write it so, as in {datetime(2026, 1, 31).strftime(self.fmt)!r}, or give a "
                    "datetime.",
                ) from None
        if not isinstance(given, datetime):
            raise DefinitionError(
                f"{name}={given!r}",
                f"it is {with_article(type(given).__name__)}",
                "Give a datetime.",
            )
        return given.replace(tzinfo=given.tzinfo or self._zone).astimezone(UTC)

    # -- keys

    def _over(self, now: datetime) -> int:
        """How many windows, from the first on, are over at an instant; those that count."""
        until = now if self.end is None else min(now, self.end)
        return max(0, self._starts.over_at(until) + self.end_offset)

    def places_at(self, now: datetime) -> Sequence[int]:
        """The windows that are partitions at an instant, by their place from the first on."""
        count = self._over(now)
        if not self._excluded and not self._excluding:
            return range(count)
        return [at for at in range(count) if not self._is_excluded(self._starts[at])]

    def _is_excluded(self, start: datetime) -> bool:
        return start in self._excluded or any(each.is_due(start) for each in self._excluding)

    def keys_at(self, now: datetime, store: DynamicPartitionsStore | None = None) -> Sequence[str]:
        """The keys of the windows that are over."""
        count = self._over(now)
        if len(self._keys) < count:
            with self._listing:
                self._keys += self._keys_of(self._starts.between(len(self._keys), count))
        if not self._excluded and not self._excluding:
            return self._keys[:count]
        return [self._keys[at] for at in self.places_at(now)]

    def _keys_of(self, starts: Sequence[datetime]) -> list[str]:
        """The ``key_of`` each, many at once."""
        write = _WRITTEN.get(self.fmt)
        if write is None:
            return [self.key_of(each) for each in starts]
        if self.timezone == "UTC":
            return _hours_of_days(starts) if self.fmt == HOUR else list(map(write, starts))
        keys: list[str] = []
        for at in range(0, len(starts), _HOURS):
            some = starts[at : at + _HOURS]
            first, last = some[0].astimezone(self._zone), some[-1].astimezone(self._zone)
            offset, alike = first.utcoffset(), first.utcoffset() == last.utcoffset()
            if offset is not None and alike and some[-1] - some[0] < _DAY and not first.fold:
                # no clock changes within them: the same step leads to each wall time
                shown = [each + offset for each in some]
                keys += _hours_of_days(shown) if self.fmt == HOUR else list(map(write, shown))
            else:
                local = [each.astimezone(self._zone) for each in some]
                keys += [self.key_of(each) if each.fold else write(each) for each in local]
        return keys

    def key_of(self, start: datetime) -> str:
        """The key of the window that starts at an instant; with its offset from UTC where the wall
        shows that time a second time."""
        local = start.astimezone(self._zone)
        key = _WRITTEN[self.fmt](local) if self.fmt in _WRITTEN else local.strftime(self.fmt)
        if local.fold and "%z" not in self.fmt and "%H" in self.fmt:
            return key + local.strftime("%z")
        return key

    def start_of(self, key: str) -> datetime:
        """The start of the window of a key, in UTC; raises SelectionError if it names none."""
        for fmt in (self.fmt, f"{self.fmt}%z"):
            try:
                found = datetime.strptime(key, fmt)
            except ValueError:
                continue
            named = found.replace(tzinfo=found.tzinfo or self._zone).astimezone(UTC)
            # the key may say less than the instant, or a time that clocks skipped
            for start in self.cron.after(named - _LARGEST_GAP):
                if self.key_of(start) == key:
                    return start
                if start > named + _LARGEST_GAP:
                    break
        raise SelectionError(
            f"the partition {key!r}",
            f"{self.describe()} has none of that key",
            f"A key is the start of a window, written as {self.fmt!r}.",
        )

    def instead_of(self, key: str, keys: Sequence[str]) -> str:
        """The window in which the instant of such a key lies; else the nearest key."""
        instant = _read(key, self._zone)
        if instant is None or not keys:
            return super().instead_of(key, keys)
        begun = next(self.cron.before(instant + timedelta.resolution))
        around = self.key_of(begun)
        if around in keys:
            return f"That is within `{around}`."
        if begun < self.start:
            return f"The first one is {keys[0]}."
        over = f"The last one that is over is {keys[-1]}"
        return f"{over}; {around} is none yet, or left out."

    def has_key(self, key: str, now: datetime, store: DynamicPartitionsStore | None = None) -> bool:
        """Whether the window of that key is over, and none that is left out."""
        try:
            start = self.start_of(key)
        except SelectionError:
            return False
        place = self._starts.place_of(start)
        return place is not None and place < self._over(now) and not self._is_excluded(start)

    def time_window_for_partition_key(self, partition_key: str) -> TimeWindow:
        """The window of a key, in the partitions' zone; raises SelectionError if it names none."""
        start = self.start_of(partition_key)
        end = next(self.cron.after(start))
        return TimeWindow(start.astimezone(self._zone), end.astimezone(self._zone))

    # -- windows by place

    @property
    def starts(self) -> WindowStarts:
        """The starts of all windows, from the first on, in UTC."""
        return self._starts

    def key_at(self, place: int) -> str:
        """The key of the window at a place, also before the first or after the last one."""
        return (
            self._keys[place] if 0 <= place < len(self._keys) else self.key_of(self.starts[place])
        )

    def place_of(self, key: str) -> int:
        """The place of the window of a key; raises SelectionError if it names none."""
        if len(self._places) < len(self._keys):
            with self._listing:
                for at in range(len(self._places), len(self._keys)):
                    self._places[self._keys[at]] = at
        place = self._places.get(key)
        return self.starts.place_at(self.start_of(key)) if place is None else place

    def leaves_out(self, place: int) -> bool:
        """Whether the window at a place is one that the exclusions name."""
        return self._is_excluded(self.starts[place])

    @property
    def _rhythm(self) -> str:
        return _NAMES.get(self.cron_schedule, f"cron {self.cron_schedule}")

    def leaves_out_last(self, now: datetime) -> bool:
        """Whether the last window that is over at an instant is one that the exclusions name."""
        count = self._over(now)
        return count > 0 and self.leaves_out(count - 1)

    def settings(self) -> Mapping[str, Any]:
        """What it was given."""
        return {
            "cron": self.cron_schedule,
            "timezone": self.timezone,
            "start": self.start.isoformat(),
            "end": None if self.end is None else self.end.isoformat(),
            "fmt": self.fmt,
            "end_offset": self.end_offset,
            "excluded": sorted(each.isoformat() for each in self._excluded),
            "excluding": [each.lines[0] for each in self._excluding],
        }

    def describe(self) -> str:
        """``daily from 2026-01-01, Europe/Berlin``."""
        zone = "" if self.timezone == "UTC" else f", {self.timezone}"
        return f"{self._rhythm} from {self.key_of(self.start)}{zone}"


_NAMES = {
    "0 * * * *": "hourly",
    "0 0 * * *": "daily",
    "0 0 * * 0": "weekly",
    "0 0 1 * *": "monthly",
}


def _read(key: str, zone: ZoneInfo) -> datetime | None:
    """The instant that a text names, as people write it; None if it names none."""
    for fmt in (DATE, "%Y-%m", HOUR, "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"):
        try:
            return datetime.strptime(key, fmt).replace(tzinfo=zone).astimezone(UTC)
        except ValueError:
            continue
    return None


DATE = "%Y-%m-%d"
HOUR = "%Y-%m-%d-%H:%M"
_LARGEST_GAP = timedelta(hours=3)
_HOURS = 24
_DAY = timedelta(days=1)
_WRITTEN: Mapping[str, Callable[[datetime], str]] = {  # many times faster than strftime
    DATE: lambda local: local.isoformat()[:10],
    HOUR: lambda local: local.isoformat("-")[:16],
}


def _hours_of_days(starts: Sequence[datetime]) -> list[str]:
    """What ``_WRITTEN`` writes for each, the day once for all of its hours."""
    keys: list[str] = []
    ordinal, day = 0, ""
    for each in starts:
        if each.toordinal() != ordinal:
            ordinal, day = each.toordinal(), f"{each.isoformat()[:10]}-"
        keys.append(f"{day}{each.hour:02}:{each.minute:02}")
    return keys
