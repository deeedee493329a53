"""Runs a plan: the only place with effects.

:class:`Run` begins, goes through the steps in order, and ends. Each step that makes something is
committed in one transaction, after its value files are durable; only then is anybody told. A
failed step ends its consumers as *upstream failed*, and the others go on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from msgspec import structs

from assetbook.dependencies.reasons import ReasonKind
from assetbook.errors import AssetbookError, RunEndedError
from assetbook.events.records import (
    CheckEvaluated,
    ErrorInfo,
    RunEnded,
    RunStarted,
    StepEnded,
    StepStarted,
)
from assetbook.execution.asset_step import run_asset_step
from assetbook.execution.capture import Sink, into, watched
from assetbook.execution.check_step import run_check_step
from assetbook.execution.environment import RunEnvironment, Timing
from assetbook.execution.failure import error_info
from assetbook.execution.interrupts import interrupts_held
from assetbook.execution.recording import Made
from assetbook.execution.reporter import StepOutcome
from assetbook.execution.resource_scope import ResourceScope
from assetbook.execution.scrubbing import scrubbed
from assetbook.execution.values import Held, RunValues
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


def run(plan: Plan, environment: RunEnvironment) -> RunResult:
    """Runs ``plan`` on this thread and returns how it ended; records everything in the store.

    Raises KeyboardInterrupt after an interrupt, once the run is recorded as canceled, and
    StoreError if the store cannot be written.
    """
    started = _Run(plan, environment)
    _live.add(started.run_id)
    try:
        return started.run()
    finally:
        _live.discard(started.run_id)


class _Run:
    """One run on its way."""

    def __init__(self, plan: Plan, environment: RunEnvironment) -> None:
        self.plan = plan
        self.environment = environment
        self.run_id = new_run_id()
        self.values = RunValues(environment)
        self.outcomes: dict[str, StepOutcome] = {}
        self.unsuccessful: set[str] = set()
        """The steps that were to make assets and did not."""
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
        failed = [each for each in self.outcomes.values() if each.status == "failed"]
        status = "failed" if failed else "success"
        duration = self._end(
            status, f"{failed[0].step.name}: {failed[0].message}" if failed else ""
        )
        outcomes = tuple(self.outcomes.values())
        return RunResult(self.run_id, status, outcomes, duration, self.plan, self.values.made)

    def _begin(self) -> None:
        started = RunStarted(
            at=self.timing.at,
            run_id=self.run_id,
            asked=self.plan.asked,
            steps=tuple([step.name for step in self.plan.steps]),
            origin=self.environment.origin,
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
        for step in self.plan.steps:
            skipped = self._skipped(step)
            if skipped is not None:
                self._ended(skipped)
            else:
                self._step(step, resources)

    def _skipped(self, step: Step) -> StepOutcome | None:
        """The outcome of a step that will not run; None if it will."""
        for name in step.after:
            if name in self.unsuccessful:
                message = f"`{name}` did not succeed"
                return StepOutcome(step, "upstream_failed", message=message)
        if step.kind == "check":
            before = [self.outcomes[name] for name in step.after if name in self.outcomes]
            pending = any(each.kind is ReasonKind.CHECK_NOT_RUN for each in step.reasons)
            if before and not pending and all(each.status == "skipped" for each in before):
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
                    outcome = self._work(step, resources, timing)
            else:
                outcome = self._work(step, resources, timing)
        except KeyboardInterrupt:
            duration = timing.elapsed(environment.clock)
            self._ended(StepOutcome(step, "canceled", duration, message="interrupted"))
            raise
        except RunEndedError:  # what it made counts for nothing, nor would any later step's
            raise
        except Exception as error:  # noqa: BLE001 - the author's code may raise anything: recorded
            outcome = self._failed(step, error, timing)
        self._ended(outcome)

    def _work(self, step: Step, resources: ResourceScope, timing: Timing) -> StepOutcome:
        if step.kind == "check":
            return self._check(step, resources, timing)
        made = run_asset_step(self.environment, self.run_id, step, self.values, resources, timing)
        return self._commit(step, made, timing)

    def _commit(self, step: Step, made: Made, timing: Timing) -> StepOutcome:
        """Commits what a step made, in one transaction, and only then hands it on."""
        environment = self.environment
        with interrupts_held():
            if made.texts:
                environment.store.put_texts(made.texts)
            materialized = tuple([event for _, event, _ in made.versions])
            events = scrubbed([*materialized, *made.checks])
            receipt = environment.store.commit(events, fence=self.run_id)
        versions: dict[AssetKey, int] = {}
        for key, event, form in made.versions:
            number = versions[key] = receipt.versions[key.text]
            self.values.put(key, Held.of(key, event, number, form))
        for check in made.checks:
            self._note_blocking(check)
        duration = timing.elapsed(environment.clock)
        return StepOutcome(step, "done", duration, materialized, versions, tuple(made.checks))

    def _check(self, step: Step, resources: ResourceScope, timing: Timing) -> StepOutcome:
        event, failure = run_check_step(
            self.environment, self.run_id, step, self.values, resources, timing
        )
        with interrupts_held():
            self.environment.store.commit(scrubbed([event]), fence=self.run_id)
        self._note_blocking(event)
        outcome = StepOutcome(step, "done", event.duration, checks=(event,))
        if failure is not None:
            message = f"{type(failure).__name__}: {failure}"
            return structs.replace(
                outcome, status="failed", message=message, error=event.error, exception=failure
            )
        if event.blocking and not event.passed and event.severity == "error":
            return structs.replace(outcome, status="failed", message=_said(event))
        return outcome

    def _note_blocking(self, check: CheckEvaluated) -> None:
        if check.blocking and not check.passed and check.severity == "error":
            key = AssetKey.from_text(check.key)
            self.values.block(key, f"its check `{check.check}` failed")

    def _failed(self, step: Step, error: Exception, timing: Timing) -> StepOutcome:
        info = error_info(error, self.environment.where)
        first_line = str(error).splitlines()[0] if str(error) else ""
        message = first_line if isinstance(error, AssetbookError) else f"{info.kind}: {first_line}"
        duration = timing.elapsed(self.environment.clock)
        return StepOutcome(step, "failed", duration, message=message, error=info, exception=error)

    def _ended(self, outcome: StepOutcome) -> None:
        """Records a step that made nothing, and tells of any."""
        step = outcome.step
        self.outcomes[step.name] = outcome
        # a check that failed blocks its asset: whoever reads that asset says so itself
        if step.kind == "asset" and outcome.status in _UNSUCCESSFUL:
            self.unsuccessful.add(step.name)
        if outcome.status != "done" and not outcome.checks:
            self._record(outcome, outcome.error)
        self.environment.reporter.step_ended(outcome)

    def _record(self, outcome: StepOutcome, error: ErrorInfo | None) -> None:
        event = StepEnded(
            at=self.environment.clock.now(),
            run_id=self.run_id,
            step=outcome.step.name,
            status=outcome.status,  # type: ignore[arg-type]
            duration=outcome.duration,
            message=outcome.message,
            error=error,
        )
        self.environment.store.later(scrubbed([event]))


_UNSUCCESSFUL = frozenset({"failed", "upstream_failed", "canceled"})


def _said(check: CheckEvaluated) -> str:
    return f"the blocking check `{check.check}` failed" + (
        f": {check.description}" if check.description else ""
    )
