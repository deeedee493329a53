"""Runs one step of a run in this process: its function is called, its output gathered."""

from __future__ import annotations

from dataclasses import dataclass

from assetbook.execution.asset_call import call_asset
from assetbook.execution.asset_step import AssetStep
from assetbook.execution.capture import Sink, into
from assetbook.execution.check_step import run_check_step
from assetbook.execution.committing import Returned
from assetbook.execution.environment import RunEnvironment, Timing
from assetbook.execution.reporter import StepOutcome
from assetbook.execution.resource_scope import ResourceScope
from assetbook.execution.values import RunValues
from assetbook.keys import RunId
from assetbook.planning.steps import Step


@dataclass(frozen=True, slots=True)
class StepRunner:
    """What all steps of one run have in common. Its methods may be called on several threads."""

    environment: RunEnvironment
    run_id: RunId
    values: RunValues
    resources: ResourceScope

    def run(self, step: Step) -> Returned:
        """What a step made; nothing is committed. Whatever the author's code raises passes."""
        environment = self.environment
        if environment.observe is None:
            return self._made(step)
        sink = Sink(self.run_id, step.name, environment.clock, environment.store.later)
        with into(sink):
            return self._made(step)

    def _made(self, step: Step) -> Returned:
        environment, timing = self.environment, Timing.start(self.environment.clock)
        if step.kind == "check":
            return run_check_step(
                environment, self.run_id, step, self.values, self.resources, timing
            )
        begun = AssetStep.begin(environment, step, timing)
        called = call_asset(
            environment, self.run_id, step, begun.definition, self.values, self.resources, timing
        )
        made = begun.made(environment, self.run_id, self.values, called)
        return Returned(StepOutcome(step, "done", timing.elapsed(environment.clock)), made)
