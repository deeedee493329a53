"""Runs a plan: the only place with effects.

:class:`Run` begins, goes through the steps in order, and ends. Each step that makes something is
committed in one transaction, after its value files are durable; only then is anybody told. That is
done beside the next step, which has its inputs from memory. A failed step, also one whose value
cannot be stored, ends its consumers as *upstream failed*, and the others go on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from assetbook.dependencies.reasons import ReasonKind
from assetbook.errors import RunEndedError
from assetbook.events.records import RunEnded, RunStarted, StepStarted
from assetbook.execution.background import BackgroundWriter
from assetbook.execution.capture import watched
from assetbook.execution.committing import Committer, Returned
from assetbook.execution.environment import RunEnvironment, Timing
from assetbook.execution.executor import Executor, InProcessExecutor, StepEnd, Workers
from assetbook.execution.interrupts import interrupts_held
from assetbook.execution.live_runs import counted_as_live
from assetbook.execution.reporter import StepOutcome
from assetbook.execution.resource_scope import ResourceScope
from assetbook.execution.scrubbing import scrubbed
from assetbook.execution.step_ledger import StepLedger
from assetbook.execution.step_runner import StepRunner
from assetbook.execution.values import Held, RunValues
from assetbook.io.built_in import is_given
from assetbook.keys import AssetKey, RunId, new_run_id
from assetbook.planning.step_order import StepOrder
from assetbook.planning.steps import Plan, Step


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

    @property
    def success(self) -> bool:
        """Whether every step ended well; a check that is not blocking may have failed."""
        return self.status == "success"

    @property
    def failures(self) -> tuple[StepOutcome, ...]:
        """The steps whose own code failed."""
        return tuple(each for each in self.outcomes if each.status == "failed")


def run(plan: Plan, environment: RunEnvironment, executor: Executor | None = None) -> RunResult:
    """Runs ``plan`` and returns how it ended; records everything in the store.

    Its steps run by ``executor``; None runs them on this thread.

    Raises KeyboardInterrupt after an interrupt, once the run is recorded as canceled, and
    StoreError if the store cannot be written.
    """
    started = _Run(plan, environment, executor or InProcessExecutor())
    with counted_as_live(started.run_id):
        return started.run()


class _Run:
    """One run on its way."""

    def __init__(self, plan: Plan, environment: RunEnvironment, executor: Executor) -> None:
        self.plan = plan
        self.environment = environment
        self.executor = executor
        self.run_id = new_run_id()
        self.values = RunValues(environment, self.run_id)
        self.ledger = StepLedger(environment, self.run_id)
        self.committer = Committer(environment, self.run_id, self.values, self.ledger)
        self.writer: BackgroundWriter | None = None
        if environment.values is not None and len(plan.steps) > 1:
            self.writer = BackgroundWriter(self.committer, self.ledger)
        self.timing = Timing.start(environment.clock)
        self.capture = environment.unwatched is not None
        self.running: dict[str, tuple[Step, Timing]] = {}
        """The steps that are on their way, and since when."""

    def run(self) -> RunResult:
        """Begins, runs each step, ends."""
        self._begin()
        try:
            with ResourceScope(self.environment.resources, self.run_id) as resources:
                if self.capture:
                    with watched():
                        self._steps(resources)
                else:
                    self._steps(resources)
        except RunEndedError:  # somebody ended it already, and said why
            self.environment.reporter.run_ended(
                "failed", self.timing.elapsed(self.environment.clock)
            )
            raise
        except KeyboardInterrupt:
            self._end("canceled", "interrupted")
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
        return RunResult(self.run_id, status, outcomes, duration, self.plan, self.values.made)

    def _begin(self) -> None:
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
        )
        self.environment.store.commit(scrubbed([started]))
        self.environment.reporter.run_started(self.run_id, self.plan)

    def _end(self, status: str, message: str) -> float:
        duration = self.timing.elapsed(self.environment.clock)
        ended = RunEnded(
            at=self.environment.clock.now(),
            run_id=self.run_id,
            status=status,  # type: ignore[arg-type]
            duration=duration,
            message=message,
        )
        with interrupts_held():
            self.environment.store.commit(scrubbed([ended]), fence=self.run_id)
        self.environment.reporter.run_ended(status, duration)
        return duration

    def _steps(self, resources: ResourceScope) -> None:
        runner = StepRunner(self.environment, self.run_id, self.values, resources)
        workers = self.executor.start(runner)
        try:
            self._go_through(StepOrder(self.plan), workers)
        except KeyboardInterrupt:
            with interrupts_held():
                workers.interrupt()
                self._canceled()
            raise
        finally:
            with interrupts_held():
                workers.close()
                if self.writer is not None:
                    self.writer.close()

    def _go_through(self, order: StepOrder, workers: Workers) -> None:
        """Starts what may start while there is room, and takes what ends, until nothing is left."""
        while True:
            while len(self.running) < workers.slots and (step := order.next()) is not None:
                self._settle_for(step, workers)
                skipped = self._skipped(step)
                if skipped is not None:
                    self.ledger.ended(skipped)
                    order.ended(step.name)
                else:
                    self._start(step)
                    workers.submit(step)
            if not self.running:
                return
            end = workers.next()
            self._take(end)
            order.ended(end.step.name)

    def _settle_for(self, step: Step, workers: Workers) -> None:
        """Waits for what must be committed before it is known whether and how the step runs.

        That is the data of its condition; all that it reads, where workers read files; and also if
        it acts outside the store, where nothing can be taken back should one of its inputs turn out
        not to be storable.
        """
        if self.writer is not None and (
            workers.reads_files or step.condition or self._acts_outside(step)
        ):
            self.writer.settle(step.after)

    def _acts_outside(self, step: Step) -> bool:
        if step.kind != "asset":
            return False
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
        started = StepStarted(at=timing.at, run_id=self.run_id, step=step.name, reason=step.why)
        environment.store.later(scrubbed([started]))
        environment.reporter.step_started(step)
        self.running[step.name] = (step, timing)

    def _take(self, end: StepEnd) -> None:
        """Hands on what a step made, or records that it failed."""
        step, timing = self.running[end.step.name]
        error = end.error
        try:
            if end.returned is not None:
                self._hand_on(end.returned)
        except RunEndedError:  # what the run made counts for nothing
            raise
        except Exception as failure:  # noqa: BLE001 - whatever keeps it from being stored: recorded
            error = failure
        if isinstance(error, Exception):
            duration = timing.elapsed(self.environment.clock)
            self.ledger.ended(self.ledger.failed(step, error, duration))
        elif error is not None:
            raise error
        del self.running[step.name]

    def _canceled(self) -> None:
        """Records that the steps on their way were interrupted."""
        for step, timing in self.running.values():
            duration = timing.elapsed(self.environment.clock)
            self.ledger.ended(StepOutcome(step, "canceled", duration, message="interrupted"))

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
        for seen in returned.made.told:
            self.values.told(seen)
        for check in returned.made.checks:
            if check.blocking and not check.passed and check.severity == "error":
                key = AssetKey.from_text(check.key)
                self.values.block(key, f"its check `{check.check}` failed")
