"""The plan of a job: a step for each op, in an order in which they can run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assetbook.definitions.flat_graph import FlatOp, FlatSource, Unfed
from assetbook.definitions.invocations import Collected, FanIn, FromInput, FromOutput
from assetbook.definitions.job_definition import JobDefinition
from assetbook.definitions.op_selection import selected_ops
from assetbook.dependencies.reasons import Reason, ReasonKind
from assetbook.errors import SelectionError
from assetbook.planning.op_steps import (
    Element,
    FromStored,
    ListOf,
    OneSource,
    OpStep,
    StepSource,
    nodes_of,
)
from assetbook.planning.steps import Plan, Step


def plan_job(job: JobDefinition, op_selection: str | Sequence[str] | None = None) -> Plan:
    """The plan that runs ``job``, or the ops of it that ``op_selection`` means; touches nothing.

    What a selected op takes of one that is not is stored by an earlier run, or configured.
    Raises SelectionError for what names no op, and where elements would have no producer.
    """
    selection = job.op_selection if op_selection is None else op_selection
    chosen = selected_ops(job.graph, job.ops, selection)
    reasons = (Reason(ReasonKind.OF_JOB, job.name),)
    return Plan(job.name, op_steps(job, chosen, reasons))


def op_steps(
    job: JobDefinition, chosen: frozenset[str], reasons: tuple[Reason, ...]
) -> tuple[Step, ...]:
    """The steps of the ops of ``job`` at the paths ``chosen``, each after what it needs."""
    planning = _Planning(job, chosen, reasons)
    return tuple(planning.step(op) for path, op in job.ops.items() if path in chosen)


class _Planning:
    def __init__(
        self, job: JobDefinition, chosen: frozenset[str], reasons: tuple[Reason, ...]
    ) -> None:
        self.job = job
        self.ops: Mapping[str, FlatOp] = job.ops
        self.chosen = chosen
        self.reasons = reasons

    def step(self, op: FlatOp) -> Step:
        """The step of one op; of one that runs for elements, the one that stands for them."""
        inputs = {name: self._source(op, name, source) for name, source in op.inputs.items()}
        after = dict.fromkeys(node for source in inputs.values() for node in nodes_of(source))
        over = None if op.over is None else (self._producer(op, op.over[0]), op.over[1])
        return Step(
            self._name(op.path),
            "op",
            reasons=self.reasons,
            after=tuple(after),
            op=OpStep(
                op.path,
                inputs,
                op.op.outputs,
                over,
                nothing=frozenset(each.name for each in op.op.inputs if each.is_nothing),
                tags=op.tags,
                hooks=op.hooks | self.job.hooks,
                retry_policy=op.retry_policy or self.job.op_retry_policy,
                pool=op.op.pool,
            ),
        )

    def _name(self, path: str) -> str:
        return path if self.ops[path].over is None else f"{path}[?]"

    def _source(self, op: FlatOp, name: str, source: FlatSource) -> StepSource:
        if isinstance(source, FanIn):
            return ListOf(tuple(self._one(op, name, each) for each in source.sources))
        if isinstance(source, Collected):
            return Collected(self._producer(op, source.node), source.output)
        return self._one(op, name, source)

    def _one(self, op: FlatOp, name: str, source: FromOutput | FromInput | Unfed) -> OneSource:
        if isinstance(source, FromInput | Unfed):
            return source
        if op.over == (source.node, source.output):
            return Element(self._producer(op, source.node), source.output)
        if source.node not in self.chosen and self.ops[source.node].over is None:
            return FromStored(source.node, source.output, Unfed(op.path, name))
        return FromOutput(self._producer(op, source.node), source.output)

    def _producer(self, op: FlatOp, path: str) -> str:
        """The step of what gives elements; raises SelectionError if it is not to run."""
        if path in self.chosen:
            return self._name(path)
        raise SelectionError(
            f"the selection of `{op.path}`",
            f"it takes elements of `{path}`, which is not selected",
            f"Select `{path}` too: what elements there are is only known when it runs.",
        )
