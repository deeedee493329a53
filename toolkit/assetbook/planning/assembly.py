"""From what was chosen to a plan's steps: names, what each waits for, conditions, order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from assetbook.dependencies.asset_graph import AssetGraph, CheckNode
from assetbook.dependencies.reasons import Reason, ReasonKind
from assetbook.keys import AssetKey, CheckKey
from assetbook.planning.run_queue import priority_of
from assetbook.planning.step_names import names_of_steps
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
        self.step_of = names_of_steps(graph, chosen.reasons)
        self.made_by: dict[str, list[AssetKey]] = {}
        for key, name in self.step_of.items():
            self.made_by.setdefault(name, []).append(key)
        self.checking = _answered_in_one(graph, chosen.checks)
        self.blocking_of: dict[AssetKey, list[str]] = {}
        for name, nodes in self.checking.items():
            for node in nodes:
                if node.spec.blocking:
                    self.blocking_of.setdefault(node.spec.asset_key, []).append(name)

    def steps(self) -> list[Step]:
        """The steps, those of a key in the graph's order, its checks after it."""
        reasons, step_of = self.chosen.reasons, self.step_of
        steps: list[Step] = []
        done: set[str] = set()
        for key in self.graph.order:
            if key in reasons and step_of[key] not in done:
                done.add(step_of[key])
                steps.append(self._making_step(key))
            for node in self.chosen.checks.get(key, ()):
                if node.step_name not in done:
                    done.add(node.step_name)
                    steps.append(self._check_step(self.checking[node.step_name]))
        return steps

    def _making_step(self, key: AssetKey) -> Step:
        """The step that makes ``key``, or looks at it."""
        reasons, name = self.chosen.reasons, self.step_of[key]
        maker = self.graph.makers.get(key)
        if maker is None:
            return Step(name, "observe", (key,), reasons=reasons[key])
        if name == maker.name and not self.graph.in_partitions:
            return self._asset_step(name, tuple(each for each in maker.keys if each in reasons))
        return self._asset_step(name, tuple(self.made_by[name]))

    def _asset_step(self, name: str, keys: tuple[AssetKey, ...]) -> Step:
        inputs = self._inputs(keys)
        parents = dict.fromkeys(inputs)
        for key in keys:
            parents |= dict.fromkeys(self.graph.dag.parents_of(key))
        after = tuple(each for each in self._ends_of(parents) if each != name)
        reasons, condition = self._condition(keys)
        maker = self.graph.makers[keys[0]]
        pool, priority = maker.pool, priority_of(maker.op_tags)
        return Step(
            name, "asset", keys, None, reasons, inputs, after, condition, None, pool, priority
        )

    def _inputs(self, keys: tuple[AssetKey, ...]) -> tuple[AssetKey, ...]:
        """What a step that makes ``keys`` reads."""
        if len(keys) == 1:
            return tuple([each for port in self.graph.inputs[keys[0]] for each in port.keys])
        read = (each for key in keys for port in self.graph.inputs[key] for each in port.keys)
        return tuple(dict.fromkeys(read))

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
        self, keys: tuple[AssetKey, ...]
    ) -> tuple[tuple[Reason, ...], tuple[AssetKey, ...]]:
        """The step's reasons, and the upstreams whose data must change, if that is all."""
        reasons = [reason for key in keys for reason in self.chosen.reasons[key]]
        if len(reasons) > 1:
            reasons = list(dict.fromkeys(reasons))
        own = [each for each in reasons if each.kind is not ReasonKind.MADE_TOGETHER]
        if any(each.kind not in _CONDITIONAL for each in own):
            certain = (each for each in reasons if each.kind is not ReasonKind.IF_CHANGED)
            return tuple(certain), ()
        read = dict.fromkeys(up for key in keys for up in self.graph.data_inputs(key).values())
        ups = tuple(up for up in read if up in self.chosen.reasons)
        if not ups:
            return tuple(reasons), ()
        return tuple(Reason(ReasonKind.IF_CHANGED, str(up)) for up in ups), ups

    def _check_step(self, nodes: Sequence[CheckNode]) -> Step:
        """The step of the checks that one function answers."""
        reasons: list[Reason] = []
        after: dict[str, None] = {}
        keys = dict.fromkeys(node.spec.asset_key for node in nodes)
        for key in keys:
            if key in self.step_of:
                reasons.append(Reason(ReasonKind.OF_NEW_VERSION, str(key)))
                after[self.step_of[key]] = None
        for node in nodes:
            asked = node in self.chosen.checks.get(node.spec.asset_key, ())
            own = self.chosen.check_reasons.get(node.key, ())
            reasons += own
            found = own or node.spec.asset_key in self.step_of
            if (asked and not found) or node.key in self.chosen.unchecked:
                # it runs on the version that is there, should no new one come to be
                reasons.append(Reason(ReasonKind.CHECK_NOT_RUN, node.spec.name))
            after |= self._ends_of(node.others)
        inputs = tuple(port.key for port in nodes[0].inputs)
        name, first = nodes[0].step_name, nodes[0].key
        more = tuple(node.key for node in nodes[1:])
        waits = tuple(each for each in after if each != name)
        definition = nodes[0].definition
        return Step(
            name,
            "check",
            tuple(keys),
            first,
            tuple(reasons),
            inputs,
            waits,
            pool=definition.pool,
            priority=priority_of(definition.op_tags),
            more_checks=more,
        )


def _answered_in_one(
    graph: AssetGraph, checks: Mapping[AssetKey, list[CheckNode]]
) -> dict[str, list[CheckNode]]:
    """By step, the checks that it answers: those chosen, and what goes with them in one call."""
    found: dict[str, list[CheckNode]] = {}
    for node in (node for nodes in checks.values() for node in nodes):
        several = found.setdefault(node.step_name, [])
        for each in [node] if node.definition.can_subset else _with_mates(graph, node):
            if each not in several:
                several.append(each)
    return found


def _with_mates(graph: AssetGraph, node: CheckNode) -> list[CheckNode]:
    """The check, and all that its function answers, too."""
    keys = node.checked_together
    every = (each for key in keys for each in graph.check_nodes(key))
    return [each for each in every if each.step_name == node.step_name]


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
