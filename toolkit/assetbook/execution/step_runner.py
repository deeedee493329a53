"""Runs one step of a run: it begins here, its function is called, and what it gave is recorded.

The call may be left to another process; beginning and recording need the definitions as they are in
this one.
"""

from __future__ import annotations

import msgspec

from assetbook.definitions.results import AssetCheckResult, ObserveResult
from assetbook.definitions.time_limit import time_limit
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.execution.asset_call import Called, call_asset
from assetbook.execution.asset_step import AssetStep
from assetbook.execution.capture import Sink, into
from assetbook.execution.check_step import CheckStep, call_checks
from assetbook.execution.committing import Returned
from assetbook.execution.environment import RunEnvironment, Timing
from assetbook.execution.figures import own_figures
from assetbook.execution.graph_reads import GraphReads
from assetbook.execution.log_keeping import sink_of
from assetbook.execution.observation_step import ObservationStep, call_observation
from assetbook.execution.op_call import OpCalled, call_op
from assetbook.execution.op_step import BegunOp
from assetbook.execution.reporter import StepOutcome
from assetbook.execution.resource_scope import ResourceScope
from assetbook.execution.values import RunValues
from assetbook.keys import RunId
from assetbook.planning.steps import Step

Begun = AssetStep | CheckStep | ObservationStep | BegunOp
"""A step that has begun."""
Answer = Called | tuple[AssetCheckResult, ...] | ObserveResult | OpCalled
"""What the call of a step's function gave."""


def step_limit(graph: AssetGraph, step: Step) -> float | None:
    """The seconds that a step may take, by the tags of its op or of what it makes; None for as long
    as it takes. Raises ConfigError for a tag that says no time."""
    if step.op is not None:
        return time_limit(step.op.tags, f"`{step.name}`")
    if step.kind != "asset":
        return None
    limits = [time_limit(tags, f"`{key}`") for key in step.keys if (tags := graph.specs[key].tags)]
    return min([each for each in limits if each is not None], default=None) if limits else None


class StepRunner(msgspec.Struct, frozen=True):
    """What all steps of one run have in common. Its methods may be called on several threads."""

    environment: RunEnvironment
    run_id: RunId
    values: RunValues
    resources: ResourceScope
    seen: GraphReads = msgspec.field(default_factory=GraphReads)

    def run(self, step: Step) -> Returned:
        """What a step made; nothing is committed. Whatever an asset's code raises passes."""
        if self.environment.unwatched is None:
            return self._ran(step)
        with into(self.sink(step)), own_figures():
            return self._ran(step)

    def sink(self, step: Step) -> Sink:
        """Where what the step prints, logs and displays goes."""
        return sink_of(self.environment, self.run_id, step.name)

    def _ran(self, step: Step) -> Returned:
        begun = self.begin(step)
        try:
            answer = self._call(begun)
        except Exception as error:  # noqa: BLE001 - what a check raises is recorded
            return self.failed(begun, error)
        return self.end(begun, answer)

    def begin(self, step: Step) -> Begun:
        """The step as it begins now."""
        timing = Timing.start(self.environment.clock)
        if step.kind == "check":
            return CheckStep.begin(self.environment, self.run_id, step, self.values, timing)
        if step.kind == "op":
            return BegunOp.begin(self.environment, step, timing)
        if step.kind == "observe":
            return ObservationStep.begin(self.environment, step, timing)
        return AssetStep.begin(self.environment, step, timing)

    def _call(self, begun: Begun) -> Answer:
        given = (self.environment, self.run_id)
        if isinstance(begun, CheckStep):
            return call_checks(
                *given, begun.step, begun.inputs, begun.definition, self.values, self.resources
            )
        if isinstance(begun, ObservationStep):
            return call_observation(*given, begun.definition, self.resources)
        if isinstance(begun, BegunOp):
            return call_op(
                *given, begun.step, begun.definition, self.values, self.resources, begun.ports
            )
        return call_asset(
            *given,
            begun.step,
            begun.definition,
            self.values,
            self.resources,
            begun.timing,
            begun.code_version,
        )

    def end(self, begun: Begun, answer: Answer) -> Returned:
        """What the step made, as its function gave that."""
        environment = self.environment
        if isinstance(begun, CheckStep):
            assert isinstance(answer, tuple)
            return begun.found(environment, answer)
        if isinstance(begun, ObservationStep):
            assert isinstance(answer, ObserveResult)
            return begun.found(environment, self.run_id, answer)
        run = environment, self.run_id, self.values
        if isinstance(begun, BegunOp):
            assert isinstance(answer, OpCalled)
            made = begun.made(*run, answer, self.seen)
        else:
            assert isinstance(answer, Called)
            made = begun.made(*run, answer)
        duration = begun.timing.elapsed(environment.clock)
        return Returned(
            StepOutcome(begun.step, "done", duration), made, attempt=begun.step.retry + 1
        )

    def failed(self, begun: Begun, error: Exception) -> Returned:
        """What is recorded of a check whose function raised ``error``; raises that of an asset."""
        if isinstance(begun, CheckStep):
            return begun.failed(self.environment, error)
        raise error
