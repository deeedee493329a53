"""What a run of a job recorded, as Dagster's events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import SimpleNamespace

from assetbook.dagster.step_events import (
    DagsterEvent,
    DagsterEventType,
    failure_of,
    materialized,
    observed,
)
from assetbook.definitions.invocations import FromOutput
from assetbook.events.asset_events import AssetMaterialized, AssetObserved
from assetbook.events.records import Event
from assetbook.events.run_events import (
    HookEnded,
    StepEnded,
    StepOutput,
    StepStarted,
    StepSucceeded,
    StepUpForRetry,
)
from assetbook.instance.job_result import JobResult
from assetbook.planning.op_steps import Element, FromStored, OpStep, singles_of
from assetbook.types.resolution import Nothing

_OF_ASSETS = (AssetMaterialized, AssetObserved)


def job_events(result: JobResult) -> list[DagsterEvent]:
    """What happened, step by step in the order of their begin; what an op tells of assets stands
    before its outputs."""
    translation = _Translation(result)
    by_step: dict[str, list[DagsterEvent]] = {}
    for name, events in _by_step(result.all_events).items():
        by_step[name] = [made for each in events for made in translation.events_of(name, each)]
    return [each for events in by_step.values() for each in events]


def _by_step(recorded: Iterable[Event]) -> dict[str, list[Event]]:
    """The events of each step. Steps that are written while others run are recorded interleaved;
    what a step tells of assets is recorded right after its success."""
    found: dict[str, list[Event]] = {}
    succeeded = ""
    for event in recorded:
        if isinstance(event, StepSucceeded):
            succeeded = event.step
        step = getattr(event, "step", None)
        if step:
            found.setdefault(step, []).append(event)
        elif isinstance(event, _OF_ASSETS) and succeeded:
            before = next(
                at for at, each in enumerate(found[succeeded]) if isinstance(each, StepSucceeded)
            )
            found[succeeded].insert(before, event)
    return found


class _Translation:
    """How the records of one run are said in Dagster's events."""

    def __init__(self, result: JobResult) -> None:
        self._steps = {each.step.name: each.step.op for each in result.outcomes if each.step.op}
        self._outcomes = {each.step.name: each for each in result.outcomes}

    def events_of(self, step: str, event: Event) -> Iterator[DagsterEvent]:
        kind = DagsterEventType
        if isinstance(event, StepStarted):
            yield DagsterEvent(kind.STEP_RESTARTED if event.retry else kind.STEP_START, event.step)
            yield from [DagsterEvent(kind.LOADED_INPUT, event.step)] * self._loads(event.step)
        elif isinstance(event, StepUpForRetry):
            yield DagsterEvent(kind.STEP_UP_FOR_RETRY, event.step, message=event.message)
        elif isinstance(event, StepSucceeded):
            for output in event.outputs:
                yield from self._output(event.step, output)
            yield DagsterEvent(kind.STEP_SUCCESS, event.step)
        elif isinstance(event, StepEnded):
            yield from self._ended(event)
        elif isinstance(event, HookEnded):
            how = kind.HOOK_COMPLETED if event.error is None else kind.HOOK_ERRORED
            yield DagsterEvent(how, event.step, message=event.hook)
        elif isinstance(event, AssetMaterialized):
            yield materialized(event, step)
        elif isinstance(event, AssetObserved):
            yield observed(event, step)

    def _ended(self, event: StepEnded) -> Iterator[DagsterEvent]:
        kind = DagsterEventType
        op = self._steps[event.step]
        if event.status == "skipped" and not op.is_template:
            yield DagsterEvent(kind.STEP_SKIPPED, event.step, message=event.message)
        elif event.status == "failed":
            failure = failure_of(self._outcomes[event.step])
            yield DagsterEvent(kind.STEP_FAILURE, event.step, failure, event.message)

    def _output(self, step: str, output: StepOutput) -> Iterator[DagsterEvent]:
        handle = SimpleNamespace(
            step_key=step, output_name=output.name, mapping_key=output.mapping_key
        )
        data = SimpleNamespace(step_output_handle=handle)
        yield DagsterEvent(DagsterEventType.STEP_OUTPUT, step, data)
        ports = {each.name: each for each in self._steps[step].outputs}
        if ports[output.name].dagster_type is not Nothing:
            yield DagsterEvent(DagsterEventType.HANDLED_OUTPUT, step)

    def _loads(self, step: str) -> int:
        """How many values of other steps it reads; those that were skipped are none."""
        op: OpStep = self._steps[step]
        return sum(
            isinstance(source, FromOutput | Element | FromStored) and self._came(source.node)
            for name, given in op.inputs.items()
            if name not in op.nothing
            for source in singles_of(given)
        )

    def _came(self, step: str) -> bool:
        outcome = self._outcomes.get(step)
        return outcome is not None and outcome.status == "done"
