"""Runs a plan: the only place with effects.

:class:`Run` begins, goes through the steps in order, and ends. Each step that makes something is
committed in one transaction, after its value files are durable; only then is anybody told. That is
done beside the next step, which has its inputs from memory. A failed step, also one whose value
cannot be stored, ends its consumers as *upstream failed*, and the others go on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from assetbook.dependencies.reasons import ReasonKind
from assetbook.errors import RunEndedError
from assetbook.events.records import RunEnded, RunStarted, StepStarted
from assetbook.execution.asset_step import run_asset_step
from assetbook.execution.background import BackgroundWriter
from assetbook.execution.capture import Sink, into, watched
from assetbook.execution.check_step import run_check_step
from assetbook.execution.committing import Committer, Returned
from assetbook.execution.environment import RunEnvironment, Timing
from assetbook.execution.interrupts import interrupts_held
from assetbook.execution.reporter import StepOutcome
from assetbook.execution.resource_scope import ResourceScope
from assetbook.execution.scrubbing import scrubbed
from assetbook.execution.step_ledger import StepLedger
from assetbook.execution.values import Held, RunValues
from assetbook.io.built_in import is_given
from assetbook.keys import AssetKey, RunId, new_run_id
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


_live: set[RunId] = set()


def live_runs() -> frozenset[RunId]:
    """The runs that this process is running at this moment."""
    return frozenset(_live)


@contextmanager
def counted_as_live(run_id: RunId) -> Iterator[None]:
    """While it lasts, this process says that it is running that run."""
    _live.add(run_id)
    try:
        yield
    finally:
        _live.discard(run_id)


def run(plan: Plan, environment: RunEnvironment) -> RunResult:
    """Runs ``plan`` on this thread and returns how it ended; records everything in the store.

    Raises KeyboardInterrupt after an interrupt, once the run is recorded as canceled, and
    StoreError if the store cannot be written.
    """
    started = _Run(plan, environment)
    with counted_as_live(started.run_id):
        return started.run()


class _Run:
    """One run on its way."""

    def __init__(self, plan: Plan, environment: RunEnvironment) -> None:
        self.plan = plan
        self.environment = environment
        self.run_id = new_run_id()
        self.values = RunValues(environment, self.run_id)
        self.ledger = StepLedger(environment, self.run_id)
        self.committer = Committer(environment, self.run_id, self.values, self.ledger)
        self.writer: BackgroundWriter | None = None
        if environment.values is not None and len(plan.steps) > 1:
            self.writer = BackgroundWriter(self.committer, self.ledger)
        self.timing = Timing.start(environment.clock)
        self.capture = environment.observe is not None

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
        try:
            for step in self.plan.steps:
                self._settle_for(step)
                skipped = self._skipped(step)
                if skipped is not None:
                    self.ledger.ended(skipped)
                else:
                    self._step(step, resources)
        finally:
            if self.writer is not None:
                with interrupts_held():
                    self.writer.close()

    def _settle_for(self, step: Step) -> None:
        """Waits for what must be committed before it is known whether and how the step runs.

        That is the data of its condition; and all that it reads, if it acts outside the store,
        where nothing can be taken back should one of its inputs turn out not to be storable.
        """
        if self.writer is not None and (step.condition or self._acts_outside(step)):
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

    def _step(self, step: Step, resources: ResourceScope) -> None:
        environment = self.environment
        timing = Timing.start(environment.clock)
        started = StepStarted(at=timing.at, run_id=self.run_id, step=step.name, reason=step.why)
        environment.store.later(scrubbed([started]))
        environment.reporter.step_started(step)
        try:
            if self.capture:
                with into(Sink(self.run_id, step.name, environment.clock, environment.store.later)):
                    returned = self._work(step, resources, timing)
            else:
                returned = self._work(step, resources, timing)
            self._hand_on(returned)
        except KeyboardInterrupt:
            duration = timing.elapsed(environment.clock)
            self.ledger.ended(StepOutcome(step, "canceled", duration, message="interrupted"))
            raise
        except RunEndedError:  # what the run made counts for nothing
            raise
        except Exception as error:  # noqa: BLE001 - the author's code may raise anything: recorded
            duration = timing.elapsed(environment.clock)
            self.ledger.ended(self.ledger.failed(step, error, duration))

    def _work(self, step: Step, resources: ResourceScope, timing: Timing) -> Returned:
        if step.kind == "check":
            return run_check_step(
                self.environment, self.run_id, step, self.values, resources, timing
            )
        made = run_asset_step(self.environment, self.run_id, step, self.values, resources, timing)
        duration = timing.elapsed(self.environment.clock)
        return Returned(StepOutcome(step, "done", duration), made)

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
        for check in returned.made.checks:
            if check.blocking and not check.passed and check.severity == "error":
                key = AssetKey.from_text(check.key)
                self.values.block(key, f"its check `{check.check}` failed")
