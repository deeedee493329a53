"""Decides what of an earlier run of a job is done again: pure, from how its steps ended.

A step that did what it was to do does not run again unless something that it takes does: what it
gave is read as it was stored. The elements of a dynamic output that was given are known, so that
each of them is a step of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from assetbook.definitions.flat_graph import Unfed
from assetbook.definitions.invocations import Collected, FromOutput
from assetbook.dependencies.reasons import Reason, ReasonKind
from assetbook.errors import SelectionError
from assetbook.planning.dynamic_steps import mapped_name, mapped_steps
from assetbook.planning.op_steps import (
    Element,
    FromStored,
    ListOf,
    OneSource,
    OpStep,
    StepSource,
    nodes_of,
    singles_of,
)
from assetbook.planning.re_execution import HowEnded
from assetbook.planning.steps import Plan, Step


@dataclass(frozen=True, slots=True)
class FormerOps:
    """How the steps of an earlier run of a job ended, and what they gave."""

    run: str
    """The run, as people name it."""
    ended: Mapping[str, HowEnded]
    """By step; of steps for elements each by its own name."""
    gave: Mapping[str, tuple[tuple[str, str | None], ...]]
    """By step its outputs, in order: the name and the mapping key, None if it is not dynamic."""

    def keys_of(self, step: str, output: str) -> list[str]:
        """The mapping keys of a dynamic output."""
        return [key for name, key in self.gave.get(step, ()) if name == output and key is not None]

    def is_settled(self, step: str) -> bool:
        """Whether the step did what it was to do, or was skipped."""
        return self.ended.get(step) in ("done", "skipped")


def plan_job_again(
    plan: Plan,
    former: FormerOps,
    reasons_of: Callable[[Step], tuple[Reason, ...]],
    *,
    follow: bool = True,
) -> Plan:
    """The part of ``plan``, which is that of the whole job, that is done again; touches nothing.

    ``reasons_of`` says why a step runs by itself: none if it does not. With ``follow`` those run
    too that take what a step of the plan gives. Raises SelectionError for a step that takes what
    neither runs nor was given.
    """
    planning = _Planning(plan, former, reasons_of, follow=follow)
    for step in plan.steps:
        planning.consider(step)
    return replace(plan, steps=tuple(planning.chosen.values()))


def stored_sources(plan: Plan) -> Iterator[tuple[Step, FromStored]]:
    """What the steps of ``plan`` take of an earlier run; not what they only wait for."""
    for step in plan.steps:
        assert step.op is not None
        for name, source in step.op.inputs.items():
            if name not in step.op.nothing:
                yield from (
                    (step, each) for each in singles_of(source) if isinstance(each, FromStored)
                )


class _Planning:
    def __init__(
        self,
        plan: Plan,
        former: FormerOps,
        reasons_of: Callable[[Step], tuple[Reason, ...]],
        *,
        follow: bool,
    ) -> None:
        self.former = former
        self.reasons_of = reasons_of
        self.follow = follow
        self.steps = {step.name: step for step in plan.steps}
        self.chosen: dict[str, Step] = {}

    def consider(self, step: Step) -> None:
        """Takes the step into the plan if it runs; of a template its steps, if they are known."""
        assert step.op is not None
        if not step.op.is_template or step.op.over is None or step.op.over[0] in self.chosen:
            self._consider(step)
            return
        keys = self.former.keys_of(*step.op.over)
        for each in mapped_steps(step, keys, self.steps):
            self._consider(each)

    def _consider(self, step: Step) -> None:
        op = step.op
        assert op is not None
        reasons = self.reasons_of(step)
        if not reasons and not (self.follow and self._follows(op)):
            return
        found = {name: self._source(step, name, each) for name, each in op.inputs.items()}
        inputs = {name: each for name, each in found.items() if each is not None}
        if len(inputs) < len(found):
            return  # something that it takes was skipped, and so it is
        after = dict.fromkeys(node for each in inputs.values() for node in nodes_of(each))
        self.chosen[step.name] = replace(
            step,
            reasons=reasons or (Reason(ReasonKind.RETRIED, self.former.run),),
            after=tuple(after),
            op=replace(op, inputs=inputs),
        )

    def _follows(self, op: OpStep) -> bool:
        """Whether it takes what a step of the plan gives."""
        return any(node in self.chosen for node in self._nodes(op.inputs.values()))

    def _nodes(self, sources: Iterable[StepSource]) -> Iterator[str]:
        """The steps that sources wait for; of what is collected each one that is known."""
        for source in sources:
            yield from nodes_of(source)
            if isinstance(source, Collected):
                yield from (mapped_name(source.node, key) for key in self._keys(source.node))

    def _keys(self, node: str) -> list[str]:
        """The keys of the elements for which the steps of a template run."""
        op = self.steps[node].op
        return [] if op is None or op.over is None else self.former.keys_of(*op.over)

    def _source(self, step: Step, name: str, source: StepSource) -> StepSource | None:
        """Where it comes from now; None if it was skipped."""
        if isinstance(source, ListOf):
            return self._list(step, name, source.sources)
        if not isinstance(source, Collected):
            return self._one(step, name, source)
        if source.node in self.chosen:
            return source
        op = self.steps[source.node].op
        if op is not None and op.over is not None:
            names = (mapped_name(source.node, key) for key in self._keys(source.node))
            return self._list(step, name, [FromOutput(each, source.output) for each in names])
        keys = self.former.keys_of(source.node, source.output)
        return self._list(step, name, [Element(source.node, source.output, key) for key in keys])

    def _list(self, step: Step, name: str, sources: Iterable[OneSource]) -> ListOf | None:
        """A list without what was skipped; None if all of several were."""
        found = [self._one(step, name, each) for each in sources]
        kept = [each for each in found if each is not None]
        return ListOf(tuple(kept)) if kept or not found else None

    def _one(self, step: Step, name: str, source: OneSource) -> OneSource | None:
        if not isinstance(source, FromOutput | Element) or source.node in self.chosen:
            return source
        key = source.mapping_key if isinstance(source, Element) else None
        assert step.op is not None
        if (source.output, key) in self.former.gave.get(source.node, ()):
            configured = Unfed(step.op.path, name)
            return FromStored(source.node, source.output, configured, key)
        if self.former.is_settled(source.node):
            return None
        raise SelectionError(
            f"the step `{step.name}` of run {self.former.run}",
            f"it takes what `{source.node}` gives, which did not succeed there and is not chosen",
            f"Choose `{source.node}` too, or all that failed: "
            f"`%retry {self.former.run} --from-failure`.",
        )
