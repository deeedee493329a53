"""The queue of runs: a process that wants to run waits here for its own turn.

There is nobody who gives out turns. Whoever waits sleeps until a run has ended or its process died,
looks whether it is next by the limits, and takes its turn in one transaction of the store, which
only one of several can.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from assetbook.events.run_events import RunEnded, RunStarted
from assetbook.execution.scrubbing import scrubbed
from assetbook.planning.run_queue import LiveRun, Waiting, waiting_runs
from assetbook.settings import Concurrency
from assetbook.storage.run_record import ON_THEIR_WAY, RunRecord
from assetbook.storage.store import Store
from assetbook.storage.turns import Bell

_LOOK_AGAIN = 5.0
"""Seconds after which one looks by oneself: nobody rings when a process is stopped."""


class Limits(msgspec.Struct, frozen=True):
    """How much runs at a time on a store, and who is looked after meanwhile."""

    store: Store
    concurrency: Concurrency
    end_dead_runs: Callable[[], None]
    """Marks runs failed whose process is gone, so that they hold up nobody."""
    lease: float = 30.0
    """Seconds after which a stopped process counts as dead."""

    def start(self, run: RunStarted) -> bool:
        """Whether the run is started now; else it is in the queue."""
        (run,) = scrubbed([run])  # type: ignore[assignment]
        if not self.concurrency.limits_runs:
            self.store.commit([run])
            return True
        return self.store.start_in_turn(
            run, lambda live: run.run_id not in waiting(live, self.concurrency)
        )

    def wait_for_turn(self, run_id: str, bell: Bell, tell: Callable[[Waiting], None]) -> None:
        """Returns when the run seems to be next; ``tell`` is called with each change of its place.

        Also if it is in the queue no more.
        """
        told: Waiting | None = None
        while True:
            live = self._live()
            now = waiting(live, self.concurrency).get(run_id)
            if now is None:
                return
            if now != told:
                tell(now)
                told = now
            self.sleep(bell, live)

    def waiting(self) -> dict[str, Waiting]:
        """What holds back each run that has to wait now."""
        return waiting(self._live(), self.concurrency)

    def _live(self) -> list[RunRecord]:
        return self.store.runs(statuses=ON_THEIR_WAY)[::-1]

    def sleep(self, bell: Bell, live: Sequence[RunRecord]) -> None:
        """Returns when there may be a turn to take; dead runs are marked then."""
        bell.wait(min(_LOOK_AGAIN, self.lease), {run.owner for run in live})
        self.end_dead_runs()

    def leave(self, ended: RunEnded) -> None:
        """Takes a run out of the queue, if it is there; it ends so."""
        waits = self.store.runs(statuses=["queued"], beginning=ended.run_id)
        if waits:
            self.store.commit(scrubbed([ended]))


def waiting(live: Sequence[RunRecord], concurrency: Concurrency) -> dict[str, Waiting]:
    """What holds back each run that has to wait; ``live`` as they came."""
    runs = [LiveRun(run.id, run.tags, run.status == "queued") for run in live]
    return waiting_runs(runs, concurrency)
