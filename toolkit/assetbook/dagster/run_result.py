"""What Dagster's ``materialize`` gives back: how a run ended, and what it made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from assetbook.dagster.step_events import (
    AssetCheckEvaluation,
    DagsterEvent,
    DagsterEventType,
    events_of,
    step_key_of,
)
from assetbook.definitions.run_status_context import MonitoredRun, monitored_run
from assetbook.errors import SelectionError, did_you_mean
from assetbook.events.run_events import StepUpForRetry
from assetbook.instance.outcome import MaterializeOutcome
from assetbook.keys import AssetKey


class ExecuteInProcessResult:
    """How a run ended, and what it made, by Dagster's names.

    The events are made of how the steps ended, in Dagster's order within each step; those of
    Dagster's machinery (engine, resources, type checks) are not among them.
    """

    def __init__(self, outcome: MaterializeOutcome) -> None:
        self._outcome = outcome

    @property
    def success(self) -> bool:
        """Whether every step ended well."""
        return self._outcome.success

    @property
    def run_id(self) -> str:
        """The run's id."""
        return self._outcome.run_id or ""

    @property
    def dagster_run(self) -> MonitoredRun:
        """The run, as sensors of runs are told it."""
        status = "success" if self.success else "failed"
        return monitored_run(self._outcome.instance, self.run_id, status)

    @property
    def all_events(self) -> list[DagsterEvent]:
        """What happened, run and steps."""
        kind = DagsterEventType
        end = DagsterEvent(kind.RUN_SUCCESS if self.success else kind.RUN_FAILURE)
        return [DagsterEvent(kind.RUN_START), *self.all_node_events, end]

    @property
    def all_node_events(self) -> list[DagsterEvent]:
        """What happened in the steps."""
        retries = Counter(each.step for each in self._retries())
        return [
            each
            for one in self._outcome.outcomes
            for each in events_of(one, len(one.step.inputs), retries[one.step.name])
        ]

    def _retries(self) -> Iterator[StepUpForRetry]:
        outcome = self._outcome
        if outcome.run_id is not None:
            stored = outcome.instance.events(run_id=outcome.run_id, kinds=(StepUpForRetry,))
            yield from (each.event for each in stored if isinstance(each.event, StepUpForRetry))

    def events_for_node(self, node_name: str) -> list[DagsterEvent]:
        """What happened in one step; of an op that runs for elements, in all of its steps."""
        return [each for each in self.all_node_events if node_of(each) == node_name]

    def filter_events(self, event_filter: Any) -> list[DagsterEvent]:
        """The events of which ``event_filter`` is true."""
        return [each for each in self.all_events if event_filter(each)]

    def asset_value(self, asset_key: AssetKey | str | Sequence[str]) -> Any:
        """The value of an asset; raises SelectionError if there is none."""
        return self._outcome.asset_value(AssetKey.from_coercible(asset_key))

    def output_for_node(self, node_str: str, output_name: str = "result") -> Any:
        """The value of one output of a step; raises SelectionError if there is none."""
        return self.asset_value(self._key_of(node_str, output_name))

    def get_asset_materialization_events(self) -> list[DagsterEvent]:
        """The materializations, in order."""
        return self._of(DagsterEventType.ASSET_MATERIALIZATION)

    def asset_materializations_for_node(self, node_name: str) -> list[Any]:
        """The materializations of one step."""
        events = self.get_asset_materialization_events()
        return [each.materialization for each in events if node_of(each) == node_name]

    def get_asset_check_evaluations(self) -> list[AssetCheckEvaluation]:
        """What the checks found, in order."""
        found = self._of(DagsterEventType.ASSET_CHECK_EVALUATION)
        return [each.event_specific_data for each in found]

    def get_step_success_events(self) -> list[DagsterEvent]:
        """The steps that ended well."""
        return self._of(DagsterEventType.STEP_SUCCESS)

    def get_step_failure_events(self) -> list[DagsterEvent]:
        """The steps that failed."""
        return self._of(DagsterEventType.STEP_FAILURE)

    def get_step_skipped_events(self) -> list[DagsterEvent]:
        """The steps that were skipped."""
        return self._of(DagsterEventType.STEP_SKIPPED)

    def get_run_success_event(self) -> DagsterEvent:
        """That the run ended well; raises SelectionError if it did not."""
        return self._end(DagsterEventType.RUN_SUCCESS)

    def get_run_failure_event(self) -> DagsterEvent:
        """That the run failed; raises SelectionError if it did not."""
        return self._end(DagsterEventType.RUN_FAILURE)

    def _end(self, kind: DagsterEventType) -> DagsterEvent:
        if found := self._of(kind):
            return found[0]
        raise SelectionError(f"the event {kind.value}", f"the run ended otherwise: {self!r}")

    def get_failed_step_keys(self) -> set[str]:
        """The keys of the steps that failed."""
        return {each.step_key or "" for each in self.get_step_failure_events()}

    def failure_data_for_node(self, node_str: str) -> Any:
        """The failure of a step, ``.error.cause`` the author's own; None if it did not fail."""
        for each in self.get_step_failure_events():
            if node_of(each) == node_str:
                return each.event_specific_data
        return None

    def retry_attempts_for_node(self, node_str: str) -> int:
        """How often steps of a node were tried again."""
        again = DagsterEventType.STEP_RESTARTED
        return sum(each.event_type is again for each in self.events_for_node(node_str))

    def is_node_success(self, node_str: str) -> bool:
        """Whether a step ended well."""
        return any(node_of(each) == node_str for each in self.get_step_success_events())

    def is_node_failed(self, node_str: str) -> bool:
        """Whether a step failed."""
        return any(node_of(each) == node_str for each in self.get_step_failure_events())

    def is_node_skipped(self, node_str: str) -> bool:
        """Whether a step was skipped."""
        return any(node_of(each) == node_str for each in self.get_step_skipped_events())

    def is_node_untouched(self, node_str: str) -> bool:
        """Whether a step never began."""
        return not self.events_for_node(node_str)

    def _of(self, kind: DagsterEventType) -> list[DagsterEvent]:
        return [each for each in self.all_events if each.event_type is kind]

    def _key_of(self, node: str, output: str) -> AssetKey:
        known = {step_key_of(each.step): each.step for each in self._outcome.outcomes}
        if node not in known:
            raise SelectionError(
                f"the output of the step `{node}`",
                "this run has no such step",
                did_you_mean(node, known) or f"It has {', '.join(known)}.",
            )
        keys = known[node].keys
        named = {key.parts[-1]: key for key in keys}
        if len(keys) == 1 and output in ("result", *named):
            return keys[0]
        if output not in named:
            raise SelectionError(
                f"the output `{output}` of the step `{node}`",
                "it made no such output",
                did_you_mean(output, named) or f"It made {', '.join(named)}.",
            )
        return named[output]

    def __repr__(self) -> str:
        return repr(self._outcome)


def node_of(event: DagsterEvent) -> str | None:
    """The node that an event's step is of: ``echo`` of the step ``echo[num_0]``."""
    return None if event.step_key is None else event.step_key.partition("[")[0]
