"""The plan of a job: a step for each op, in an order in which they can run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from assetbook.definitions.flat_graph import FlatOp, FlatSource, Unfed
from assetbook.definitions.hooks import HookDefinition
from assetbook.definitions.invocations import Collected, FanIn, FromInput, FromOutput
from assetbook.definitions.job_definition import JobDefinition
from assetbook.definitions.op_selection import selected_ops
from assetbook.definitions.retries import RetryPolicy
from assetbook.dependencies.reasons import Reason, ReasonKind
from assetbook.errors import SelectionError
from assetbook.keys import AssetKey
from assetbook.planning.op_steps import (
    Element,
    FromAsset,
    FromStored,
    ListOf,
    OneSource,
    OpStep,
    StepSource,
    nodes_of,
)
from assetbook.planning.run_queue import priority_of
from assetbook.planning.steps import Plan, Step


def plan_job(job: JobDefinition, op_selection: str | Sequence[str] | None = None) -> Plan:
    """The plan that runs ``job``, or the ops of it that ``op_selection`` means; touches nothing.

    What a selected op takes of one that is not is stored by an earlier run, or configured.
    Raises SelectionError for what names no op, and where elements would have no producer.
    """
    selection = job.op_selection if op_selection is None else op_selection
    chosen = selected_ops(job.graph, job.ops, selection)
    reasons = (Reason(ReasonKind.OF_JOB, job.name),)
    planning = OpPlanning(job.ops, chosen, reasons, job.hooks, job.op_retry_policy)
    steps = (planning.step(op) for path, op in job.ops.items() if path in chosen)
    return Plan(job.name, tuple(steps))


@dataclass(frozen=True, slots=True)
class OpPlanning:
    """Makes the steps of the ops of one job or graph, one at a time."""

    ops: Mapping[str, FlatOp]
    chosen: frozenset[str]
    """The paths of those that will run."""
    reasons: tuple[Reason, ...]
    hooks: frozenset[HookDefinition] = frozenset()
    retry_policy: RetryPolicy | None = None
    """For ops that have none of their own."""
    prefix: str = ""
    """What stands before each path: ``orders.`` for the graph of an asset."""
    step_prefix: str = ""
    """What stands before the path in a step's name: ``orders.``, or ``orders[2026-01-01].``."""
    part_of: tuple[AssetKey, ...] = ()
    """The assets that the graph makes."""
    given: Mapping[str, FromAsset] = field(default_factory=dict)
    """What the inputs of the whole graph stand for, where that is known."""
    assets: Mapping[tuple[str, str], AssetKey] = field(default_factory=dict)
    """By path and output the asset that it is."""

    def step(self, op: FlatOp) -> Step:
        """The step of one op; of one that runs for elements, the one that stands for them."""
        inputs = {name: self._source(op, name, source) for name, source in op.inputs.items()}
        after = dict.fromkeys(node for source in inputs.values() for node in nodes_of(source))
        after |= dict.fromkeys(self._givers_of_elements(op))
        over = None if op.over is None else (self._producer(op, op.over[0]), op.over[1])
        materializes = {
            output: key for (path, output), key in self.assets.items() if path == op.path
        }
        return Step(
            self._name(op.path),
            "op",
            tuple(materializes.values()),
            reasons=self.reasons,
            after=tuple(after),
            op=OpStep(
                self.prefix + op.path,
                inputs,
                op.op.outputs,
                over,
                nothing=frozenset(each.name for each in op.op.inputs if each.is_nothing),
                materializes=materializes,
                part_of=self.part_of,
                tags=op.tags,
                hooks=op.hooks | self.hooks,
                retry_policy=op.retry_policy or self.retry_policy,
            ),
            pool=op.op.pool,
            priority=priority_of(op.tags),
        )

    def _name(self, path: str) -> str:
        name = self.step_prefix + path
        return name if self.ops[path].over is None else f"{name}[?]"

    def _givers_of_elements(self, op: FlatOp) -> Iterator[str]:
        """The steps whose elements were gone through for what is collected: without elements there
        is no other step to wait for."""
        for source in op.inputs.values():
            over = self.ops[source.node].over if isinstance(source, Collected) else None
            if over is not None:
                yield self._producer(op, over[0])

    def _source(self, op: FlatOp, name: str, source: FlatSource) -> StepSource:
        if isinstance(source, FanIn):
            return ListOf(tuple(self._one(op, name, each) for each in source.sources))
        if isinstance(source, Collected):
            return Collected(self._producer(op, source.node), source.output)
        return self._one(op, name, source)

    def _one(self, op: FlatOp, name: str, source: FromOutput | FromInput | Unfed) -> OneSource:
        if isinstance(source, FromInput):
            return self.given.get(source.name, source)
        if isinstance(source, Unfed):
            return Unfed(self.prefix + source.path, source.input)
        if op.over == (source.node, source.output):
            return Element(self._producer(op, source.node), source.output)
        if source.node not in self.chosen and self.ops[source.node].over is None:
            configured = Unfed(self.prefix + op.path, name)
            return FromStored(self.step_prefix + source.node, source.output, configured)
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
