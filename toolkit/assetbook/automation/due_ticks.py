"""Which ticks of a schedule are due, and which of them run: nothing is read or written here.

Whoever calls it records each tick, run or skipped, before it asks again; the latest that was
recorded is where the next question begins. So clocks may jump as they like: a tick at or before
that one never comes again, and a tick after it is never left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

import msgspec

from assetbook.cron import Cron
from assetbook.definitions.schedule_definition import OnMissed

ON_TIME = timedelta(minutes=2)
"""A tick that is looked at within this time was not missed: a busy or restarted daemon is late."""


class DueTick(msgspec.Struct, frozen=True):
    """One tick that is to be recorded."""

    at: datetime
    """When it was due, in UTC; not when it was looked at."""
    skipped: str | None = None
    """Why it does not run, a sentence for people; None if it runs."""

    @property
    def runs(self) -> bool:
        """Whether it is evaluated, so that its runs are launched."""
        return self.skipped is None


def due_ticks(
    cron: Cron,
    last: datetime,
    now: datetime,
    on_missed: OnMissed = "last",
    *,
    on_time: timedelta = ON_TIME,
) -> Iterator[DueTick]:
    """The ticks after ``last`` and up to ``now``, from the earliest on.

    ``last`` is the latest tick that was recorded, or when the schedule was turned on or got other
    cron lines if that was later; while ``now`` is before it, as after a clock was put back, nothing
    is due. What was looked at later than ``on_time`` was missed: of missed ticks none runs
    (``skip``), the last one if none after it runs (``last``), or each (``all``). The ticks may be
    taken, and recorded, some at a time: what a tick is told depends on ``now`` alone, not on the
    others.
    """
    latest = cron.at_or_before(now)
    if latest is None or latest <= last:
        return
    for tick in takewhile(lambda each: each <= now, cron.after(last)):
        missed = now - tick > on_time
        runs = not missed or on_missed == "all" or (on_missed == "last" and tick == latest)
        yield DueTick(tick, None if runs else _why(cron, now - tick, on_missed, latest))


def _why(cron: Cron, late: timedelta, on_missed: OnMissed, latest: datetime) -> str:
    missed = f"missed: it was looked at {late_text(late)} late"
    if on_missed == "skip":
        return f"{missed}, and missed ticks of this schedule are skipped"
    local = latest.astimezone(ZoneInfo(cron.timezone))
    return f"{missed}, and the later one of {local:%Y-%m-%d %H:%M} {cron.timezone} runs"


def late_text(late: timedelta) -> str:
    """``20 s``, ``3 min``, ``5 h 10 min``, ``2 days 3 h``: two units at most."""
    minutes, seconds = divmod(int(late.total_seconds()), 60)
    if not minutes:
        return f"{seconds} s"
    days, hours = minutes // 1440, minutes // 60 % 24
    units = ((days, "day" if days == 1 else "days"), (hours, "h"), (minutes % 60, "min"))
    return " ".join([f"{number} {unit}" for number, unit in units if number][:2])
