"""Finds runs whose process has died, and marks them failed; canceled if they were asked to end.

A living process is never expired, however long it is silent: only one that is gone, or that stood
stopped for a whole lease. Runs of other hosts, which cannot be seen, are left alone, but where a
store is one host's alone: there they are from before it was moved or copied.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Literal, NamedTuple

from assetbook.clock import Clock
from assetbook.errors import ConflictError
from assetbook.events.run_events import RunEnded
from assetbook.keys import RunId
from assetbook.storage.process_identity import (
    ProcessIdentity,
    activity,
    current_process,
    is_alive,
)
from assetbook.storage.run_record import ON_THEIR_WAY, RunRecord
from assetbook.storage.store import Store


class DeadRun(NamedTuple):
    """A run that is marked started or queued although nothing runs it any more."""

    run: RunRecord
    message: str


class DeadRuns:
    """Looks after one store's runs. Keep it between looks: it remembers since when one stands."""

    def __init__(self, store: Store, *, lease: float, clock: Clock, one_host: bool = False) -> None:
        self._store = store
        self._one_host = one_host  # no other host can write the store where it is
        self._lease = lease  # seconds
        self._clock = clock
        # since when a process stands stopped, and the CPU time that it had used by then
        self._stopped: dict[ProcessIdentity, tuple[float, int]] = {}

    def find(self, live: Container[RunId]) -> list[DeadRun]:
        """The dead among the runs on their way; ``live`` are those that this very process runs."""
        started = self._store.runs(statuses=ON_THEIR_WAY)
        dead = [DeadRun(run, why) for run in started if (why := self._why_dead(run, live))]
        owners = {run.owner for run in started}
        # copied first: another thread may look too
        stopped = list(self._stopped.items())
        self._stopped = {who: seen for who, seen in stopped if who in owners}
        return dead

    def mark(self, live: Container[RunId]) -> list[DeadRun]:
        """Marks the dead runs ended; those that this call marked, not another process."""
        return [dead for dead in self.find(live) if self._marked(dead)]

    def _marked(self, dead: DeadRun) -> bool:
        # one that was asked to end came to its end, whatever became of its process
        status: Literal["canceled", "failed"]
        status = "canceled" if dead.run.status == "canceling" else "failed"
        ended = RunEnded(
            at=self._clock.now(), run_id=dead.run.id, status=status, message=dead.message
        )
        try:
            self._store.commit([ended])
        except ConflictError:  # it ended, or somebody else marked it
            return False
        return True

    def _why_dead(self, run: RunRecord, live: Container[RunId]) -> str | None:
        """Why the run is dead, as a sentence; None if it is not, or cannot be seen."""
        if run.owner == current_process():
            return None if run.id in live else f"{run.owner} no longer runs it"
        alive = is_alive(run.owner)
        if alive is False:
            return f"{run.owner} died while it {'waited' if run.status == 'queued' else 'ran'}"
        if alive is None and self._one_host and run.owner.boot != current_process().boot:
            return f"{run.owner} ran it, before the store was moved or copied here"
        if alive and self._stood_for_a_lease(run.owner):
            return f"{run.owner} has been stopped for {self._lease:g} s"
        return None

    def _stood_for_a_lease(self, owner: ProcessIdentity) -> bool:
        doing = activity(owner)
        if doing is None or not doing.stopped:
            self._stopped.pop(owner, None)
            return False
        now = self._clock.monotonic()
        since, cpu = self._stopped.setdefault(owner, (now, doing.cpu))
        if cpu != doing.cpu:  # it ran between two looks
            self._stopped[owner] = now, doing.cpu
            return False
        return now - since >= self._lease
