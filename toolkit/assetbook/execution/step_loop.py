"""Goes through the steps of a run: starts what may start, takes what ends, until nothing is left.

A failed step, also one whose value cannot be stored, ends its consumers as *upstream failed*, and
the others go on.
"""

from __future__ import annotations

from typing import Literal

from assetbook.errors import RunEndedError
from assetbook.events.run_events import StepStarted
from assetbook.execution.absent import Absent
from assetbook.execution.environment import RunEnvironment, Timing
from assetbook.execution.executor import Executor, StepEnd, Workers
from assetbook.execution.failure import failure_of
from assetbook.execution.handing_on import Handover, done_of
from assetbook.execution.hook_calls import call_hooks, hooks_of
from assetbook.execution.interrupts import interrupts_held
from assetbook.execution.pool_slots import LOOK_AGAIN, PoolSlots
from assetbook.execution.reporter import StepOutcome
from assetbook.execution.resource_scope import ResourceScope
from assetbook.execution.retries import Retries
from assetbook.execution.run_record import RunRecord
from assetbook.execution.scrubbing import scrubbed
from assetbook.execution.step_ledger import StepLedger
from assetbook.execution.step_readiness import Readiness
from assetbook.execution.step_runner import StepRunner, step_limit
from assetbook.execution.values import RunValues
from assetbook.planning.scheduler import Scheduler, Settled
from assetbook.planning.steps import Step


class StepLoop:
    """The one engine loop; it knows nothing of threads or processes."""

    def __init__(self, environment: RunEnvironment, record: RunRecord, executor: Executor) -> None:
        self._environment = environment
        self._record = record
        self._executor = executor
        self._plan = plan = record.plan
        self._run_id = run_id = record.run_id
        for step in plan.steps:
            step_limit(environment.graph, step)  # raises for one that says no time
        self.values = RunValues(environment, run_id)
        self._pools = PoolSlots(environment, run_id)
        self.ledger = ledger = StepLedger(environment, run_id, self._pools)
        self._handover = Handover(environment, run_id, self.values, ledger, steps=len(plan.steps))
        self._absent = Absent(environment.graph)
        self._readiness = Readiness(environment, self.values, ledger, self._handover, self._absent)
        self._retries = Retries(environment, run_id)
        self._running: dict[str, tuple[Step, Timing]] = {}
        self._resources: ResourceScope | None = None

    def go(self, resources: ResourceScope) -> None:
        """Runs every step; raises KeyboardInterrupt once those on their way are recorded."""
        runner = StepRunner(self._environment, self._run_id, self.values, resources)
        self._resources = resources
        workers = self._executor.start(runner)
        try:
            self._go_through(Scheduler(self._plan), workers)
        except KeyboardInterrupt:
            with interrupts_held():
                workers.interrupt()
                self._canceled()
            raise
        finally:
            with interrupts_held():
                try:
                    self._handover.close()
                finally:
                    try:
                        workers.close()
                    finally:
                        self._pools.close()

    def _go_through(self, scheduler: Scheduler, workers: Workers) -> None:
        """Starts what may start while there is room, and takes what ends, until nothing is left."""
        while True:
            # of somebody who cannot interrupt this process; or an interrupt that code swallowed
            if self._handover.cancel_asked or self._record.limit.expired:
                raise KeyboardInterrupt
            if not self._start_all(scheduler, workers):
                return
            if not self._running:
                self._rest()
                continue
            end = workers.next(self._longest_wait())
            if end is not None:
                self._take(end, scheduler)

    def _longest_wait(self) -> float | None:
        """Seconds for which an end is waited for; then a slot or a retry may come first."""
        due = self._retries.until_next()
        if due == 0:  # it was not started, as there is no room: looking on would not end
            return LOOK_AGAIN
        if self._pools.waiting:
            return LOOK_AGAIN if due is None else min(LOOK_AGAIN, due)
        return due

    def _rest(self) -> None:
        """Waits for a slot, or until a step may be tried again; nothing is on its way."""
        if self._pools.waiting and self._retries.until_next() is None:
            self._pools.sleep()
        else:
            self._retries.rest(LOOK_AGAIN)

    def _start_all(self, scheduler: Scheduler, workers: Workers) -> bool:
        """Starts what may start while there is room; whether anything is on its way or waits."""
        while len(self._running) < workers.slots:
            step = self._pools.freed() or self._again(workers) or self._next(scheduler, workers)
            if step is None:
                break
            self._start(step)
            workers.submit(step)
        else:
            self._pools.give_way()
        return bool(self._running or self._pools.waiting or self._retries.until_next() is not None)

    def _again(self, workers: Workers) -> Step | None:
        """A step whose time to be tried again has come."""
        while (step := self._retries.next(workers.takes)) is not None:
            if self._pools.take(step):
                return step
        return None

    def _next(self, scheduler: Scheduler, workers: Workers) -> Step | None:
        """The next step that may start; those that end without running are passed."""
        while (step := scheduler.next(workers.takes)) is not None:
            self._readiness.settle_for(step, workers)
            skipped = self._readiness.skipped(step)
            if skipped is None:
                if self._pools.take(step):
                    return step
                continue
            self.ledger.ended(skipped)
            how: Literal["failed", "skipped"]
            how = "skipped" if skipped.status == "skipped" else "failed"
            self._settled(scheduler.ended(step.name, how))
        return None

    def _settled(self, ends: tuple[Settled, ...]) -> None:
        """Records the steps that end without having run."""
        for each in ends:
            if each.status == "skipped" and not self._readiness.nothing_changed(each.step):
                self._absent.note(each.step)
            self.ledger.ended(StepOutcome(each.step, each.status, message=each.because))

    def _start(self, step: Step) -> None:
        environment = self._environment
        timing = Timing.start(environment.clock)
        started = StepStarted(
            at=timing.at, run_id=self._run_id, step=step.name, reason=step.why, retry=step.retry
        )
        environment.store.later(scrubbed([started]))
        environment.reporter.step_started(step)
        self._running[step.name] = (step, timing)

    def _take(self, end: StepEnd, scheduler: Scheduler) -> None:
        """Hands on what a step made, or records that it failed, or will be tried again."""
        step, timing = self._running[end.step.name]
        error = failure_of(step, end.error)
        try:
            if end.returned is not None:
                self._handover.hand_on(end.returned)
        except RunEndedError:  # what the run made counts for nothing
            raise
        except Exception as failure:  # noqa: BLE001 - whatever keeps it from being stored: recorded
            error = failure
        if error is not None and not isinstance(error, Exception):
            raise error
        del self._running[step.name]
        if error is None:
            if end.returned is not None:
                self._absent.note(step, [each.key for each in end.returned.made.versions])
            self._call_hooks(step)
            self._settled(scheduler.ended(step.name, done_of(end.returned)))
        elif self._retries.is_tried_again(step, error, timing):
            self._pools.ended(step.name)
        else:
            duration = timing.elapsed(self._environment.clock)
            self.ledger.ended(self.ledger.failed(step, error, duration))
            self._call_hooks(step)
            self._settled(scheduler.ended(step.name, "failed"))

    def _call_hooks(self, step: Step) -> None:
        """Calls the hooks of a step that has ended, once that is durable."""
        if not hooks_of(self._environment, step):
            return
        self._handover.settle([step.name])
        outcome = self.ledger.outcome(step.name)
        if outcome is not None and self._resources is not None:
            values = self.values.ops
            call_hooks(self._environment, self._run_id, outcome, self._resources, values)

    def _canceled(self) -> None:
        """Records that steps on their way, and those yet to be tried again, were interrupted."""
        late = self._record.late
        message = "interrupted" if late is None else f"the run {late.found}"
        for step, timing in self._running.values():
            duration = timing.elapsed(self._environment.clock)
            self.ledger.ended(StepOutcome(step, "canceled", duration, message=message))
        for step in self._retries.waiting:
            self.ledger.ended(StepOutcome(step, "canceled", message=message))
