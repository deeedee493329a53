"""What the store remembers of a run: that it waits for its turn, that it began, how it ended."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

from assetbook.definitions.time_limit import time_limit
from assetbook.errors import ConflictError, TimeLimitError
from assetbook.events.canceling import canceled_by
from assetbook.events.run_events import RunCanceling, RunEnded, RunStarted
from assetbook.execution.environment import RunEnvironment, Timing
from assetbook.execution.interrupts import interrupts_held
from assetbook.execution.run_queue import Limits
from assetbook.execution.scrubbing import scrubbed
from assetbook.execution.time_limits import InterruptedAfter, too_long
from assetbook.keys import RunId, new_run_id
from assetbook.planning.steps import Plan


class RunRecord:
    """Records one run's beginning and end, and tells the reporter of them."""

    def __init__(
        self, plan: Plan, environment: RunEnvironment, waited: RunRecord | None = None
    ) -> None:
        """``waited`` is this run as it came into the queue; None for one that did not wait."""
        self.plan = plan
        self._environment = environment
        given = environment.run_id or new_run_id()
        self.run_id: RunId = given if waited is None else waited.run_id
        self._queued_at = None if waited is None else waited._timing.at
        self._timing: Timing = Timing.start(environment.clock)
        self.limit = InterruptedAfter(time_limit(environment.tags, "the run"), self._end_deaf)
        """Interrupts the run when its time is over."""

    @property
    def duration(self) -> float:
        """Seconds since it began, or since it came into the queue."""
        return self._timing.elapsed(self._environment.clock)

    @property
    def late(self) -> TimeLimitError | None:
        """What the run fails with if its time is over; else None."""
        seconds = self.limit.seconds
        if not self.limit.expired or seconds is None:
            return None
        return too_long(f"the run {self.run_id}", seconds)

    def begin(self, *, at_once: bool = False) -> bool:
        """Whether the run is recorded as started; else it is as queued.

        One that a step of another run starts has its turn with that run, which waits for it.
        """
        environment = self._environment
        started = RunStarted(
            at=self._timing.at,
            run_id=self.run_id,
            asked=self.plan.asked,
            steps=tuple([step.name for step in self.plan.steps]),
            origin=environment.origin,
            keys=tuple([key.text for key in self.plan.touched]),
            given={key.text: number for key, number in self.plan.given.items()},
            snapshot=environment.snapshot,
            bundle=environment.bundle,
            job=environment.ops.job_name,
            tags=dict(environment.tags),
            queued_at=self._queued_at,
            request=environment.request,
            reexecution=environment.reexecution,
        )
        if environment.limits is not None and not at_once:
            return environment.limits.start(started)
        environment.store.commit(scrubbed([started]))
        return True

    def leave_queue(self, limits: Limits, status: str, why: str) -> None:
        """Records that a run that waited will not start."""
        duration = self.duration
        with interrupts_held():
            limits.leave(self._ended(status, why, duration))
        self._environment.reporter.run_ended(status, duration)

    def end(self, status: str, message: str) -> float:
        """Records that the run is over; gives back its seconds."""
        duration = self.duration
        ended = self._ended(status, message, duration)
        with interrupts_held():
            self._environment.store.commit(scrubbed([ended]), fence=self.run_id)
        self._environment.reporter.run_ended(status, duration)
        return duration

    def tell_ended(self) -> None:
        """Tells how somebody else ended the run."""
        found = self._environment.store.runs(beginning=self.run_id, limit=1)
        status = found[0].status if found else "failed"
        self._environment.reporter.run_ended(status, self.duration)

    def canceled_by(self) -> str:
        """Who asked for the run's end; empty if nobody did."""
        asked = self._environment.store.events(run_id=self.run_id, kinds=[RunCanceling])
        found = [each.event for each in asked if isinstance(each.event, RunCanceling)]
        return canceled_by(found[0]) if found else ""

    def _ended(self, status: str, message: str, duration: float) -> RunEnded:
        return RunEnded(
            at=self._environment.clock.now(),
            run_id=self.run_id,
            status=status,  # type: ignore[arg-type]
            duration=duration,
            message=message,
        )

    def _end_deaf(self) -> None:
        """Ends the run while its code goes on, deaf to the interrupt: what it still makes counts
        for nothing. A process that is there for the run alone ends with it."""
        late = self.late
        assert late is not None
        why = f"{late.found}, and did not react to an interrupt"
        store, origin = self._environment.store, self._environment.origin
        with suppress(ConflictError):
            ended = self._ended("failed", why, self.duration)
            store.commit(scrubbed([ended]), fence=self.run_id)
        if origin.detached or origin.kind == "cli":
            store.flush()
            os.kill(os.getpid(), signal.SIGKILL)
