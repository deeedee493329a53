"""Runs a plan: the only place with effects.

:class:`Run` begins, goes through the steps in order, and ends. Each step that makes something is
committed in one transaction, after its value files are durable; only then is anybody told. That is
done beside the next step, which has its inputs from memory. A failed step, also one whose value
cannot be stored, ends its consumers as *upstream failed*, and the others go on.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from assetbook.definitions.time_limit import time_limit
from assetbook.dependencies.reasons import ReasonKind
from assetbook.errors import ConflictError, RunEndedError, TimeLimitError
from assetbook.events.canceling import canceled_by
from assetbook.events.records import RunCanceling, RunEnded, RunStarted, StepStarted
from assetbook.execution.background import BackgroundWriter
from assetbook.execution.capture import watched
from assetbook.execution.committing import Committer, Returned
from assetbook.execution.environment import RunEnvironment, Timing
from assetbook.execution.executor import Executor, InProcessExecutor, StepEnd, Workers
from assetbook.execution.executor_choice import by_tags
from assetbook.execution.hook_calls import call_hooks
from assetbook.execution.interrupts import interrupts_held
from assetbook.execution.live_runs import counted_as_live, is_inside_a_run
from assetbook.execution.op_values import OpValues
from assetbook.execution.pool_slots import LOOK_AGAIN, PoolSlots
from assetbook.execution.reporter import StepOutcome
from assetbook.execution.resource_scope import ResourceScope
from assetbook.execution.retries import Retries
from assetbook.execution.run_queue import Limits
from assetbook.execution.scrubbing import scrubbed
from assetbook.execution.step_ledger import StepLedger
from assetbook.execution.step_runner import StepRunner, step_limit
from assetbook.execution.time_limits import InterruptedAfter, too_long
from assetbook.execution.values import Held, RunValues
from assetbook.io.built_in import is_given
from assetbook.keys import AssetKey, RunId, new_run_id
from assetbook.planning.scheduler import Done, Scheduler, Settled
from assetbook.planning.steps import Plan, Step, names_read


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a run ended, step by step."""

    run_id: RunId
    status: str
    """``success``, ``failed`` or ``canceled``."""
    outcomes: tuple[StepOutcome, ...]
    duration: float
    """Seconds."""
    plan: Plan
    values: Mapping[AssetKey, Held] = field(default_factory=dict, repr=False)
    ops: OpValues | None = field(default=None, repr=False)
    """What its ops gave."""

    @property
    def success(self) -> bool:
        """Whether every step ended well; a check that is not blocking may have failed."""
        return self.status == "success"

    @property
    def failures(self) -> tuple[StepOutcome, ...]:
        """The steps whose own code failed."""
        return tuple(each for each in self.outcomes if each.status == "failed")


Replan = Callable[[], tuple[Plan, RunEnvironment]]


def run(
    plan: Plan,
    environment: RunEnvironment,
    executor: Executor | None = None,
    replan: Replan | None = None,
) -> RunResult:
    """Runs ``plan`` and returns how it ended; records everything in the store.

    Its steps run by ``executor``; None runs them on this thread. Where the environment has limits,
    it waits for its turn, and ``replan`` gives what there is to do then; None does as planned.

    Raises KeyboardInterrupt after an interrupt, once the run is recorded as canceled, and
    StoreError if the store cannot be written.
    """
    started = _Run(plan, environment, executor or InProcessExecutor())
    at_once = environment.limits is None or is_inside_a_run()
    with counted_as_live(started.run_id):
        if not started.begin(at_once=at_once):
            started = _begun_in_turn(started, replan)
        return started.run()


def _begun_in_turn(first: _Run, replan: Replan | None) -> _Run:
    """The run as it is begun once its turn has come; until then it is in the queue."""
    limits = first.environment.limits
    assert limits is not None, "only limits keep a run from starting"
    reporter, run = first.environment.reporter, first
    try:
        with closing(limits.store.bell()) as bell:
            while True:
                tell = partial(reporter.run_queued, run.run_id, run.plan)
                limits.wait_for_turn(run.run_id, bell, tell)
                plan, environment = replan() if replan else (run.plan, run.environment)
                run = _Run(plan, environment, first.executor, waited=first)
                if run.begin():
                    return run
    except RunEndedError:  # somebody took it out of the queue, and said why
        _tell_ended(first)
        raise
    except BaseException as error:
        interrupted = isinstance(error, KeyboardInterrupt)
        why = "interrupted while it waited" if interrupted else f"{type(error).__name__}: {error}"
        first.leave_queue(limits, "canceled" if interrupted else "failed", why)
        raise


def _tell_ended(run: _Run) -> None:
    """Tells how somebody else ended the run."""
    environment = run.environment
    found = environment.store.runs(beginning=run.run_id, limit=1)
    status = found[0].status if found else "failed"
    environment.reporter.run_ended(status, run.timing.elapsed(environment.clock))


_DONE = Done()


def done_of(returned: Returned) -> Done:
    """What of a step the scheduler asks for; a step may have ended well and failed as a check."""
    if returned.outcome.step.kind != "op":
        return _DONE
    keys: dict[str, list[str]] = {}
    for each in returned.made.outputs:
        if each.record.mapping_key is not None:
            keys.setdefault(each.port.name, []).append(each.record.mapping_key)
    came = frozenset(each.port.name for each in returned.made.outputs)
    return Done(came, {name: tuple(found) for name, found in keys.items()})


class _Run:
    """One run on its way."""

    def __init__(
        self,
        plan: Plan,
        environment: RunEnvironment,
        executor: Executor,
        waited: _Run | None = None,
    ) -> None:
        """``waited`` is this run as it came into the queue; None for one that did not wait."""
        self.plan = plan
        self.environment = environment
        self.executor = by_tags(executor, plan, environment.graph)
        given = environment.run_id or new_run_id()
        self.run_id: RunId = given if waited is None else waited.run_id
        self.queued_at = None if waited is None else waited.timing.at
        self.values = RunValues(environment, self.run_id)
        self.pools = PoolSlots(environment, self.run_id)
        self.ledger = StepLedger(environment, self.run_id, self.pools)
        self.committer = Committer(environment, self.run_id, self.values, self.ledger)
        self.writer: BackgroundWriter | None = None
        if environment.values is not None and len(plan.steps) > 1:
            self.writer = BackgroundWriter(self.committer, self.ledger)
        self.timing: Timing = Timing.start(environment.clock)
        self.capture = environment.unwatched is not None
        self.limit = InterruptedAfter(time_limit(environment.tags, "the run"), self._end_deaf)
        for step in plan.steps:
            step_limit(environment.graph, step)  # raises for one that says no time
        self.running: dict[str, tuple[Step, Timing]] = {}
        """The steps that are on their way, and since when."""
        self.retries = Retries(environment, self.run_id)
        self.resources: ResourceScope | None = None

    def run(self) -> RunResult:
        """Runs each step of what has begun, ends."""
        self.environment.reporter.run_started(self.run_id, self.plan)
        try:
            with self.limit, ResourceScope(self.environment.resources, self.run_id) as resources:
                if self.capture:
                    with watched():
                        self._steps(resources)
                else:
                    self._steps(resources)
        except RunEndedError:  # somebody ended it already, and said why
            _tell_ended(self)
            raise
        except KeyboardInterrupt:
            if (late := self._took_too_long()) is not None:
                self._end("failed", late.found)
                raise late from None
            self._end("canceled", self._canceled_by() or "interrupted")
            raise
        except BaseException as error:
            self._end("failed", f"{type(error).__name__}: {error}")
            raise
        outcomes = self.ledger.outcomes(self.plan)
        failed = [each for each in outcomes if each.status == "failed"]
        status = "failed" if failed else "success"
        duration = self._end(
            status, f"{failed[0].step.name}: {failed[0].message}" if failed else ""
        )
        return RunResult(
            self.run_id, status, outcomes, duration, self.plan, self.values.made, self.values.ops
        )

    def begin(self, *, at_once: bool = False) -> bool:
        """Whether the run is recorded as started; else it is as queued.

        One that a step of another run starts has its turn with that run, which waits for it.
        """
        started = RunStarted(
            at=self.timing.at,
            run_id=self.run_id,
            asked=self.plan.asked,
            steps=tuple([step.name for step in self.plan.steps]),
            origin=self.environment.origin,
            keys=tuple([key.text for key in self.plan.touched]),
            given={key.text: number for key, number in self.plan.given.items()},
            snapshot=self.environment.snapshot,
            bundle=self.environment.bundle,
            job=self.environment.ops.job_name,
            tags=dict(self.environment.tags),
            queued_at=self.queued_at,
            request=self.environment.request,
            reexecution=self.environment.reexecution,
        )
        if self.environment.limits is not None and not at_once:
            return self.environment.limits.start(started)
        self.environment.store.commit(scrubbed([started]))
        return True

    def leave_queue(self, limits: Limits, status: str, why: str) -> None:
        """Records that a run that waited will not start."""
        duration = self.timing.elapsed(self.environment.clock)
        with interrupts_held():
            limits.leave(self._ended(status, why, duration))
        self.environment.reporter.run_ended(status, duration)

    def _ended(self, status: str, message: str, duration: float) -> RunEnded:
        return RunEnded(
            at=self.environment.clock.now(),
            run_id=self.run_id,
            status=status,  # type: ignore[arg-type]
            duration=duration,
            message=message,
        )

    def _end(self, status: str, message: str) -> float:
        duration = self.timing.elapsed(self.environment.clock)
        ended = self._ended(status, message, duration)
        with interrupts_held():
            self.environment.store.commit(scrubbed([ended]), fence=self.run_id)
        self.environment.reporter.run_ended(status, duration)
        return duration

    def _steps(self, resources: ResourceScope) -> None:
        runner = StepRunner(self.environment, self.run_id, self.values, resources)
        self.resources = resources
        workers = self.executor.start(runner)
        try:
            self._go_through(Scheduler(self.plan), workers)
        except KeyboardInterrupt:
            with interrupts_held():
                workers.interrupt()
                self._canceled()
            raise
        finally:
            with interrupts_held():
                try:
                    if self.writer is not None:
                        self.writer.close()
                finally:
                    try:
                        workers.close()
                    finally:
                        self.pools.close()

    def _go_through(self, scheduler: Scheduler, workers: Workers) -> None:
        """Starts what may start while there is room, and takes what ends, until nothing is left."""
        while True:
            # of somebody who cannot interrupt this process; or an interrupt that code swallowed
            if self.committer.cancel_asked or self.limit.expired:
                raise KeyboardInterrupt
            if not self._start_all(scheduler, workers):
                return
            if not self.running:
                self._rest()
                continue
            end = workers.next(self._longest_wait())
            if end is not None:
                self._take(end, scheduler)

    def _longest_wait(self) -> float | None:
        """Seconds for which an end is waited for; then a slot or a retry may come first."""
        due = self.retries.until_next()
        if due == 0:  # it was not started, as there is no room: looking on would not end
            return LOOK_AGAIN
        if self.pools.waiting:
            return LOOK_AGAIN if due is None else min(LOOK_AGAIN, due)
        return due

    def _rest(self) -> None:
        """Waits for a slot, or until a step may be tried again; nothing is on its way."""
        if self.pools.waiting and self.retries.until_next() is None:
            self.pools.sleep()
        else:
            self.retries.rest(LOOK_AGAIN)

    def _start_all(self, scheduler: Scheduler, workers: Workers) -> bool:
        """Starts what may start while there is room; whether anything is on its way or waits."""
        while len(self.running) < workers.slots:
            step = self.pools.freed() or self._again(workers) or self._next(scheduler, workers)
            if step is None:
                break
            self._start(step)
            workers.submit(step)
        else:
            self.pools.give_way()
        return bool(self.running or self.pools.waiting or self.retries.until_next() is not None)

    def _again(self, workers: Workers) -> Step | None:
        """A step whose time to be tried again has come."""
        while (step := self.retries.next(workers.takes)) is not None:
            if self.pools.take(step):
                return step
        return None

    def _next(self, scheduler: Scheduler, workers: Workers) -> Step | None:
        """The next step that may start; those that end without running are passed."""
        while (step := scheduler.next(workers.takes)) is not None:
            self._settle_for(step, workers)
            skipped = self._skipped(step)
            if skipped is None:
                if self.pools.take(step):
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
            self.ledger.ended(StepOutcome(each.step, each.status, message=each.because))

    def _settle_for(self, step: Step, workers: Workers) -> None:
        """Waits for what must be committed before it is known whether and how the step runs.

        That is the data of its condition; what its worker reads from the store; and also if it acts
        outside the store, where nothing can be taken back should one of its inputs turn out not to
        be storable.
        """
        if self.writer is not None:
            whole = step.condition or self._acts_outside(step)
            self.writer.settle(names_read(step) if whole else workers.waits_for(step))

    def _acts_outside(self, step: Step) -> bool:
        if step.kind != "asset":
            return step.kind == "op"
        definition = self.environment.graph.makers[step.keys[0]]
        inputs = self.environment.graph.inputs
        if any(port.manager_key for key in step.keys for port in inputs[key]):
            return True
        return any(
            not port.has_value or is_given(port.io_manager_key, self.environment.resources)
            for port in definition.outputs
            if port.spec.key in step.keys
        )

    def _skipped(self, step: Step) -> StepOutcome | None:
        """The outcome of a step that will not run; None if it will."""
        failed = self.ledger.upstream_failed(step)
        if failed is not None:
            return failed
        if step.kind == "check":
            pending = any(each.kind is ReasonKind.CHECK_NOT_RUN for each in step.reasons)
            if not pending and self.ledger.nothing_new(step.after):
                return StepOutcome(step, "skipped", message="there is no new version to check")
        elif step.condition and not any(map(self.values.data_changed, step.condition)):
            names = ", ".join(f"`{key}`" for key in step.condition)
            return StepOutcome(step, "skipped", message=f"the data of {names} did not change")
        return None

    def _start(self, step: Step) -> None:
        environment = self.environment
        timing = Timing.start(environment.clock)
        started = StepStarted(
            at=timing.at, run_id=self.run_id, step=step.name, reason=step.why, retry=step.retry
        )
        environment.store.later(scrubbed([started]))
        environment.reporter.step_started(step)
        self.running[step.name] = (step, timing)

    def _take(self, end: StepEnd, scheduler: Scheduler) -> None:
        """Hands on what a step made, or records that it failed, or will be tried again."""
        step, timing = self.running[end.step.name]
        error = end.error
        try:
            if end.returned is not None:
                self._hand_on(end.returned)
        except RunEndedError:  # what the run made counts for nothing
            raise
        except Exception as failure:  # noqa: BLE001 - whatever keeps it from being stored: recorded
            error = failure
        if error is not None and not isinstance(error, Exception):
            raise error
        del self.running[step.name]
        if error is None:
            done = _DONE if end.returned is None else done_of(end.returned)
            self._call_hooks(step)
            self._settled(scheduler.ended(step.name, done))
        elif self.retries.is_tried_again(step, error, timing):
            self.pools.ended(step.name)
        else:
            duration = timing.elapsed(self.environment.clock)
            self.ledger.ended(self.ledger.failed(step, error, duration))
            self._call_hooks(step)
            self._settled(scheduler.ended(step.name, "failed"))

    def _call_hooks(self, step: Step) -> None:
        """Calls the hooks of a step that has ended, once that is durable."""
        if step.op is None or not step.op.hooks:
            return
        if self.writer is not None:
            self.writer.settle([step.name])
        outcome = self.ledger.outcome(step.name)
        if outcome is not None and self.resources is not None:
            call_hooks(self.environment, self.run_id, outcome, self.resources)

    def _took_too_long(self) -> TimeLimitError | None:
        """What the run fails with if its time was over; else None."""
        seconds = self.limit.seconds
        if not self.limit.expired or seconds is None:
            return None
        return too_long(f"the run {self.run_id}", seconds)

    def _end_deaf(self) -> None:
        """Ends the run while its code goes on, deaf to the interrupt: what it still makes counts
        for nothing. A process that is there for the run alone ends with it."""
        late = self._took_too_long()
        assert late is not None
        why = f"{late.found}, and did not react to an interrupt"
        duration = self.timing.elapsed(self.environment.clock)
        store, origin = self.environment.store, self.environment.origin
        with suppress(ConflictError):
            ended = self._ended("failed", why, duration)
            store.commit(scrubbed([ended]), fence=self.run_id)
        if origin.detached or origin.kind == "cli":
            store.flush()
            os.kill(os.getpid(), signal.SIGKILL)

    def _canceled_by(self) -> str:
        """Who asked for the run's end; empty if nobody did."""
        asked = self.environment.store.events(run_id=self.run_id, kinds=[RunCanceling])
        found = [each.event for each in asked if isinstance(each.event, RunCanceling)]
        return canceled_by(found[0]) if found else ""

    def _canceled(self) -> None:
        """Records that the steps on their way were interrupted."""
        late = self._took_too_long()
        message = "interrupted" if late is None else f"the run {late.found}"
        for step, timing in self.running.values():
            duration = timing.elapsed(self.environment.clock)
            self.ledger.ended(StepOutcome(step, "canceled", duration, message=message))

    def _hand_on(self, returned: Returned) -> None:
        """Hands what a step made to those that read it, and to the store."""
        if self.writer is None:
            self.committer.write(returned)
            with interrupts_held():
                self.committer.commit([returned])
                self._pass_on(returned)
            return
        self.writer.wait_for_room(returned.made.size)
        with interrupts_held():
            self._pass_on(returned)
            self.writer.put(returned)

    def _pass_on(self, returned: Returned) -> None:
        for version in returned.made.versions:
            self.values.put(version.key, version.held)
        for output in returned.made.outputs:
            self.values.ops.put(output)
        for seen in returned.made.told:
            self.values.told(seen)
        for check in returned.made.checks:
            if check.blocking and not check.passed and check.severity == "error":
                key = AssetKey.from_text(check.key)
                self.values.block(key, f"its check `{check.check}` failed")
