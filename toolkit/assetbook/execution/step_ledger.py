"""How the steps of a run ended: kept, recorded and told, from whichever thread comes to know it."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

from assetbook.definitions.retries import Failure
from assetbook.errors import AssetbookError
from assetbook.events.run_events import StepEnded
from assetbook.execution.environment import RunEnvironment
from assetbook.execution.failure import error_info
from assetbook.execution.pool_slots import PoolSlots
from assetbook.execution.reporter import StepOutcome
from assetbook.execution.scrubbing import scrubbed
from assetbook.keys import RunId
from assetbook.metadata.wired import wired_metadata
from assetbook.planning.dynamic_steps import template_name
from assetbook.planning.steps import Plan, Step

_UNSUCCESSFUL = frozenset({"failed", "upstream_failed", "canceled"})


class StepLedger:
    """The outcomes of one run's steps."""

    def __init__(self, environment: RunEnvironment, run_id: RunId, pools: PoolSlots) -> None:
        self._environment = environment
        self._pools = pools
        self._run_id = run_id
        self._lock = threading.Lock()
        self._outcomes: dict[str, StepOutcome] = {}
        self._unsuccessful: set[str] = set()
        """The steps that were to make something, or to look at it, and did not."""

    def ended(self, outcome: StepOutcome) -> None:
        """Records a step that made nothing, and tells of any; one after the other."""
        step = outcome.step
        with self._lock:
            self._outcomes[step.name] = outcome
            # a check that failed blocks its asset: whoever reads that asset says so itself
            if step.kind != "check" and outcome.status in _UNSUCCESSFUL:
                self._unsuccessful.add(step.name)
            if outcome.status != "done" and not outcome.checks:
                self._record(outcome)
            self._environment.reporter.step_ended(outcome)
        self._pools.ended(step.name)

    def failed(self, step: Step, error: Exception, duration: float) -> StepOutcome:
        """The outcome of a step that ended with ``error`` after so many seconds."""
        info = error_info(error, self._environment.where)
        first_line = str(error).splitlines()[0] if str(error) else ""
        message = first_line if isinstance(error, AssetbookError) else f"{info.kind}: {first_line}"
        return StepOutcome(step, "failed", duration, message=message, error=info, exception=error)

    def upstream_failed(self, step: Step) -> StepOutcome | None:
        """The outcome of a step that comes after one that did not succeed; else None."""
        for name in step.after:
            if name in self._unsuccessful:
                return StepOutcome(step, "upstream_failed", message=f"`{name}` did not succeed")
        return None

    def nothing_new(self, names: Iterable[str]) -> bool:
        """Whether all of these steps were skipped, and there are any."""
        found = [self._outcomes.get(name) for name in names]
        return bool(found) and all(each is not None and each.status == "skipped" for each in found)

    def outcome(self, name: str) -> StepOutcome | None:
        """How the step ended; None if it has not."""
        return self._outcomes.get(name)

    def outcomes(self, plan: Plan) -> tuple[StepOutcome, ...]:
        """The outcomes so far, in the plan's order."""
        found = [self._outcomes[step.name] for step in plan.steps if step.name in self._outcomes]
        if len(found) == len(self._outcomes):
            return tuple(found)
        places = {step.name: place for place, step in enumerate(plan.steps)}
        every = self._outcomes.items()  # those for elements at the place of what stood for them
        ordered = sorted(
            every, key=lambda each: places.get(each[0], places.get(template_name(each[0]), 0))
        )
        return tuple([outcome for _, outcome in ordered])

    def _record(self, outcome: StepOutcome) -> None:
        step = outcome.step
        keys = step.keys if step.kind == "asset" else ()
        event = StepEnded(
            at=self._environment.clock.now(),
            run_id=self._run_id,
            step=step.name,
            status=outcome.status,  # type: ignore[arg-type]
            duration=outcome.duration,
            message=outcome.message,
            error=outcome.error,
            metadata=_said_of(outcome.exception),
            keys=tuple([key.text for key in keys]),
            partitions=tuple([key.partition or "" for key in keys]) if step.partitions else (),
        )
        self._environment.store.later(scrubbed([event]))


def _said_of(error: BaseException | None) -> dict[str, Any]:
    """The metadata of a Failure that an author raised."""
    return wired_metadata(error.metadata) if isinstance(error, Failure) else {}
