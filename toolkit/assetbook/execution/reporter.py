"""Who is told what happens during a run. The runner prints nothing itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Protocol

import msgspec

from assetbook.events.asset_events import AssetMaterialized, AssetObserved, CheckEvaluated
from assetbook.events.parts import ErrorInfo
from assetbook.keys import AssetKey, RunId
from assetbook.planning.run_queue import Waiting
from assetbook.planning.steps import Plan, Step

StepStatus = Literal["done", "failed", "skipped", "canceled", "upstream_failed"]


class StepOutcome(msgspec.Struct, frozen=True):
    """How one step ended. What it materialized is durable by the time anybody sees this."""

    step: Step
    status: StepStatus
    duration: float = 0.0
    """Seconds."""
    materialized: tuple[AssetMaterialized, ...] = ()
    versions: Mapping[AssetKey, int] = {}
    """The numbers that the store gave to the new versions."""
    checks: tuple[CheckEvaluated, ...] = ()
    observed: tuple[AssetObserved, ...] = ()
    message: str = ""
    error: ErrorInfo | None = None
    exception: BaseException | None = None
    """The exception itself, in the process where it happened."""


class Reporter(Protocol):
    """Is told of a run as it goes, one thing at a time. Must not raise: that would end the run.

    How a step ended is told on the thread that commits it, the rest on the one that runs it.
    """

    def run_queued(self, run_id: RunId, plan: Plan, waiting: Waiting) -> None:
        """The run waits for its turn; told again whenever its place or what holds it back changes.
        It may be planned anew before it starts."""
        ...

    def run_started(self, run_id: RunId, plan: Plan) -> None:
        """The run is recorded and its first step is about to start."""
        ...

    def step_waits(self, step: Step, why: str) -> None:
        """The step may start but for a slot of its pool; ``why`` says who has those."""
        ...

    def step_started(self, step: Step) -> None:
        """The step's code is about to run."""
        ...

    def step_progress(self, step: Step, said: str) -> None:
        """How far a step is that can tell it: which cell of its notebook runs."""
        ...

    def step_ended(self, outcome: StepOutcome) -> None:
        """The step ended, and what it says is committed."""
        ...

    def run_ended(self, status: str, duration: float) -> None:
        """The run ended with ``status`` after ``duration`` seconds, and that is committed."""
        ...


class Silent:
    """A reporter that says nothing."""

    def run_queued(self, run_id: RunId, plan: Plan, waiting: Waiting) -> None:
        """Says nothing."""

    def run_started(self, run_id: RunId, plan: Plan) -> None:
        """Says nothing."""

    def step_waits(self, step: Step, why: str) -> None:
        """Says nothing."""

    def step_started(self, step: Step) -> None:
        """Says nothing."""

    def step_progress(self, step: Step, said: str) -> None:
        """Says nothing."""

    def step_ended(self, outcome: StepOutcome) -> None:
        """Says nothing."""

    def run_ended(self, status: str, duration: float) -> None:
        """Says nothing."""
