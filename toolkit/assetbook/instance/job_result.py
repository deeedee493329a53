"""How a run of a job ended, asked op by op."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assetbook.definitions.flat_graph import op_output
from assetbook.definitions.graph_body import GraphBody
from assetbook.definitions.job_definition import JobDefinition
from assetbook.definitions.op_ports import OpInput
from assetbook.errors import SelectionError, did_you_mean
from assetbook.events.parts import ErrorInfo
from assetbook.events.records import Event
from assetbook.events.run_events import StepUpForRetry
from assetbook.execution.reporter import StepOutcome
from assetbook.execution.run_result import RunResult
from assetbook.instance.instance import Instance
from assetbook.planning.steps import Plan
from assetbook.storage.store import StoredEvent


class JobResult:
    """What ``execute_in_process`` and ``launch`` give back: how it ended, and what ops gave.

    A node is an op by its path, as ``outer.add_one``, or for outputs a graph.
    """

    def __init__(
        self,
        job: JobDefinition,
        result: RunResult,
        instance: Instance,
        resources: Mapping[str, object],
    ) -> None:
        self.job_def = job
        self.result = result
        self.instance = instance
        self.earlier: tuple[JobResult, ...] = ()
        """The runs that this one did again by itself, oldest first."""
        self._resources = resources

    @property
    def success(self) -> bool:
        """Whether every step ended well, or was skipped."""
        return self.result.success

    @property
    def plan(self) -> Plan:
        """The steps that it was to run."""
        return self.result.plan

    @property
    def run_id(self) -> str:
        """The run's id."""
        return self.result.run_id

    @property
    def outcomes(self) -> tuple[StepOutcome, ...]:
        """How each step ended, in order."""
        return self.result.outcomes

    def output_value(self, output_name: str = "result") -> Any:
        """What the job's graph gave under that name; raises SelectionError if it gave nothing."""
        names = [each.name for each in self.job_def.graph.outputs]
        if output_name not in names:
            raise SelectionError(
                f"the output `{output_name}` of the job `{self.job_def.name}`",
                "it has no such output",
                did_you_mean(output_name, names) or f"It has {', '.join(names) or 'none'}.",
            )
        source = op_output(self.job_def.graph, output_name)
        return self.output_for_node(source.node, source.output)

    def output_for_node(self, node: str, output_name: str = "result") -> Any:
        """What an op or a graph gave: by mapping key, where it is dynamic or runs for elements.

        Raises SelectionError if there is no such node, or it gave nothing.
        """
        path, output = self._place(node, output_name)
        ops = self.result.ops
        assert ops is not None
        found: dict[str | None, Any] = {}
        for step in self._steps(path):
            for held in ops.of(step.step.name):
                if held.port.name == output:
                    port = OpInput(output, held.port.dagster_type)
                    found[held.record.mapping_key or _element(step)] = ops.value(
                        held, port, self._resources
                    )
        if not found:
            flat = self.job_def.ops[path]
            dynamic = flat.over is not None or any(each.is_dynamic for each in flat.op.outputs)
            if dynamic and self.is_node_success(path):
                return {}
            raise SelectionError(
                f"the output `{output_name}` of `{node}`",
                "it did not come",
                f"In this run the op {self._said(path)}.",
            )
        return found.get(None, found)

    @property
    def all_events(self) -> list[Event]:
        """The events of the run, in order."""
        return [each.event for each in self._stored()]

    def events_for_node(self, node: str) -> list[Event]:
        """The events of an op's steps, in order."""
        names = {each.step.name for each in self._steps(self._known(node))}
        events = self.all_events
        return [each for each in events if getattr(each, "step", None) in names]

    def failure_data_for_node(self, node: str) -> ErrorInfo | None:
        """Why an op failed; None if it did not."""
        failed = (each for each in self._steps(self._known(node)) if each.status == "failed")
        found = next(failed, None)
        return found.error if found is not None else None

    def retry_attempts_for_node(self, node: str) -> int:
        """How often steps of an op were tried again."""
        return sum(isinstance(each, StepUpForRetry) for each in self.events_for_node(node))

    def get_failed_step_keys(self) -> set[str]:
        """The names of the steps that failed."""
        return {each.step.name for each in self.result.failures}

    def is_node_success(self, node: str) -> bool:
        """Whether every step of an op did what it was to do."""
        return self._are(node, "done")

    def is_node_failed(self, node: str) -> bool:
        """Whether a step of an op failed."""
        return any(each.status == "failed" for each in self._steps(self._known(node)))

    def is_node_skipped(self, node: str) -> bool:
        """Whether an op was skipped."""
        return self._are(node, "skipped")

    def is_node_untouched(self, node: str) -> bool:
        """Whether no step of an op began, or was skipped."""
        found = {each.status for each in self._steps(self._known(node))}
        return found <= {"upstream_failed"}

    def _are(self, node: str, status: str) -> bool:
        found = self._steps(self._known(node))
        return bool(found) and all(each.status == status for each in found)

    def _stored(self) -> list[StoredEvent]:
        return self.instance.events(run_id=self.run_id)

    def _steps(self, path: str) -> list[StepOutcome]:
        return [each for each in self.outcomes if each.step.op and each.step.op.path == path]

    def _known(self, node: str) -> str:
        """The path of an op; raises SelectionError if there is none."""
        if node in self.job_def.ops:
            return node
        raise SelectionError(
            f"the op `{node}`",
            f"the job `{self.job_def.name}` has none of that name",
            did_you_mean(node, self.job_def.ops) or f"It has {', '.join(self.job_def.ops)}.",
        )

    def _place(self, node: str, output: str) -> tuple[str, str]:
        """The op and its output that an output of ``node`` is."""
        graph: Any = self.job_def.graph
        for name in node.split("."):
            if not isinstance(graph, GraphBody):
                break
            graph = {each.name: each.node for each in graph.composed.invocations}.get(name)
        if isinstance(graph, GraphBody) and output in graph.composed.outputs:
            source = op_output(graph, output, node)
            return source.node, source.output
        return self._known(node), output

    def _said(self, path: str) -> str:
        found = {each.status for each in self._steps(path)}
        return "did not run" if not found else f"ended as {', '.join(sorted(found))}"

    def __repr__(self) -> str:
        return f"<run {self.run_id} of {self.job_def.name}: {self.result.status}>"


def _element(outcome: StepOutcome) -> str | None:
    """The mapping key of the element that the step was for."""
    return outcome.step.op.mapping_key if outcome.step.op is not None else None
