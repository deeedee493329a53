"""From what was chosen to a plan's steps: names, what each waits for, conditions, order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from assetbook.dependencies.asset_graph import AssetGraph, CheckNode
from assetbook.dependencies.reasons import Reason, ReasonKind
from assetbook.keys import AssetKey, CheckKey
from assetbook.planning.run_queue import priority_of
from assetbook.planning.steps import Step


@dataclass(frozen=True, slots=True)
class Chosen:
    """What will run: assets, each with its reasons, and by asset the checks that are steps."""

    reasons: Mapping[AssetKey, tuple[Reason, ...]]
    checks: Mapping[AssetKey, list[CheckNode]]
    unchecked: frozenset[CheckKey]
    """Checks that have not run on a version that is there."""
    check_reasons: Mapping[CheckKey, tuple[Reason, ...]] = field(default_factory=dict)
    """Why checks run, beside what follows from the rest."""


def steps_of(graph: AssetGraph, chosen: Chosen) -> tuple[Step, ...]:
    """The steps that make and check what was chosen, in an order in which they can run."""
    return tuple(_sorted(_Assembly(graph, chosen).steps()))


class _Assembly:
    """The names of all steps, by which they wait for each other."""

    def __init__(self, graph: AssetGraph, chosen: Chosen) -> None:
        self.graph = graph
        self.chosen = chosen
        self.step_of = {key: self._name(key) for key in chosen.reasons}
        self.blocking_of = {
            key: [node.key.to_user_string() for node in nodes if node.spec.blocking]
            for key, nodes in chosen.checks.items()
        }

    def steps(self) -> list[Step]:
        """The steps, those of a key in the graph's order, its checks after it."""
        reasons, step_of = self.chosen.reasons, self.step_of
        steps: list[Step] = []
        done: set[str] = set()
        for key in self.graph.order:
            if key in reasons and step_of[key] not in done:
                done.add(step_of[key])
                maker = self.graph.makers[key]
                keys = tuple(each for each in maker.keys if each in reasons)
                steps.append(self._asset_step(step_of[key], keys))
            for node in self.chosen.checks.get(key, ()):
                steps.append(self._check_step(node))
        return steps

    def _name(self, key: AssetKey) -> str:
        maker = self.graph.makers[key]
        return str(key) if len(maker.outputs) == 1 else maker.name

    def _asset_step(self, name: str, keys: tuple[AssetKey, ...]) -> Step:
        inputs = self._inputs(keys)
        parents = dict.fromkeys(inputs)
        for key in keys:
            parents |= dict.fromkeys(self.graph.dag.parents_of(key))
        after = tuple(each for each in self._ends_of(parents) if each != name)
        reasons, condition = self._condition(keys, inputs)
        maker = self.graph.makers[keys[0]]
        pool, priority = maker.pool, priority_of(maker.op_tags)
        return Step(
            name, "asset", keys, None, reasons, inputs, after, condition, None, pool, priority
        )

    def _inputs(self, keys: tuple[AssetKey, ...]) -> tuple[AssetKey, ...]:
        """What a step that makes ``keys`` reads."""
        if len(keys) == 1:
            return tuple([port.key for port in self.graph.inputs[keys[0]]])
        ports = (port.key for key in keys for port in self.graph.inputs[key])
        return tuple(dict.fromkeys(ports))

    def _ends_of(self, keys: Iterable[AssetKey]) -> dict[str, None]:
        """The steps after which ``keys`` may be read: those that make them, and that may block."""
        ends: dict[str, None] = {}
        for key in keys:
            made_by = self.step_of.get(key)
            if made_by is not None:
                ends[made_by] = None
            for check in self.blocking_of.get(key, ()):
                ends[check] = None
        return ends

    def _condition(
        self, keys: tuple[AssetKey, ...], inputs: tuple[AssetKey, ...]
    ) -> tuple[tuple[Reason, ...], tuple[AssetKey, ...]]:
        """The step's reasons, and the upstreams whose data must change, if that is all."""
        reasons = [reason for key in keys for reason in self.chosen.reasons[key]]
        if len(reasons) > 1:
            reasons = list(dict.fromkeys(reasons))
        own = [each for each in reasons if each.kind is not ReasonKind.MADE_TOGETHER]
        if any(each.kind not in _CONDITIONAL for each in own):
            certain = (each for each in reasons if each.kind is not ReasonKind.IF_CHANGED)
            return tuple(certain), ()
        ups = tuple(up for up in inputs if up in self.chosen.reasons)
        if not ups:
            return tuple(reasons), ()
        return tuple(Reason(ReasonKind.IF_CHANGED, str(up)) for up in ups), ups

    def _check_step(self, node: CheckNode) -> Step:
        key = node.spec.asset_key
        reasons = list(self.chosen.check_reasons.get(node.key, ()))
        if key in self.step_of:
            reasons.append(Reason(ReasonKind.OF_NEW_VERSION, str(key)))
        if node.key in self.chosen.unchecked or not reasons:
            # it runs on the version that is there, should no new one come to be
            reasons.append(Reason(ReasonKind.CHECK_NOT_RUN, node.spec.name))
        inputs = tuple(port.key for port in node.inputs)
        after = {self.step_of[key]: None} if key in self.step_of else {}
        after |= self._ends_of(node.others)
        return Step(
            node.key.to_user_string(),
            "check",
            (key,),
            node.key,
            tuple(reasons),
            inputs,
            tuple(after),
            pool=node.definition.pool,
            priority=priority_of(node.definition.op_tags),
        )


_CONDITIONAL = (ReasonKind.UPSTREAM_STALE, ReasonKind.IF_CHANGED)


def _sorted(steps: Iterable[Step]) -> list[Step]:
    """Steps in an order in which each comes after what it waits for; stable."""
    given = list(steps)
    place = {step.name: index for index, step in enumerate(given)}
    if all(place.get(name, -1) < index for index, step in enumerate(given) for name in step.after):
        return given
    ordered: dict[str, Step] = {}

    def put(step: Step) -> None:
        if step.name in ordered:
            return
        for name in step.after:
            if name in place:
                put(given[place[name]])
        ordered[step.name] = step

    for step in given:
        put(step)
    return list(ordered.values())
