"""A run seen from elsewhere: what has happened in it so far, then what happens, until its end.

Whoever follows asks for what came after the last event and log record that it has, which is an
index's look-up however long the run is, and disturbs nobody who writes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import msgspec

from assetbook.events.log_record import LogRecord
from assetbook.events.run_events import RunEnded
from assetbook.instance.instance import Instance
from assetbook.keys import RunId
from assetbook.storage.store import StoredEvent

PAUSE = 0.1
"""Seconds between two looks."""
_DEAD_EVERY = 2.0  # seconds between two looks whether the process that runs it lives


class News(msgspec.Struct, frozen=True):
    """What was found at one look, each in its own order."""

    events: tuple[StoredEvent, ...]
    logs: tuple[LogRecord, ...]

    @property
    def is_last(self) -> bool:
        """Whether the run has ended: nothing more will come."""
        return any(isinstance(each.event, RunEnded) for each in self.events)


def follow(
    instance: Instance,
    run_id: RunId,
    *,
    step: str | None = None,
    idle: bool = False,
    wait: Callable[[float], None] = time.sleep,
) -> Iterator[News]:
    """What there is of a run, and then what comes, until it has ended.

    ``step`` narrows the log records; with ``idle`` looks that found nothing are told too. A run
    whose process has died ends here too: it is marked so.
    """
    event_id = log_id = 0
    looked = float("-inf")
    while True:
        # in this order: what a step printed is there when its run has ended
        events = instance.events(after=event_id, run_id=run_id)
        logs = instance.logs(run_id, step, log_id)
        if events or logs:
            event_id = events[-1].id if events else event_id
            log_id = logs[-1].id if logs else log_id
            news = News(tuple(events), tuple(each.record for each in logs))
            yield news
            if news.is_last:
                return
        elif instance.clock.monotonic() - looked >= _DEAD_EVERY:
            looked = instance.clock.monotonic()
            instance.end_dead_runs()
        if idle and not (events or logs):
            yield News((), ())
        wait(PAUSE)
