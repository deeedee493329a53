"""Decides which steps run: pure, from the graph, the states and what was asked.

What is named and not fresh runs, and of what it needs the missing, stale and blocked. Unknown
upstreams that have a value, and assets that read the world outside, are left, counted, and run
when asked for. A step whose only reason is a stale upstream runs if that upstream's data changes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from assetbook.dependencies.asset_graph import AssetGraph, CheckNode
from assetbook.dependencies.freshness import AssetState
from assetbook.dependencies.reasons import Reason, ReasonKind
from assetbook.keys import AssetKey, CheckKey
from assetbook.planning.steps import Left, Plan, Step


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for."""

    asked: str
    targets: tuple[AssetKey, ...]
    named: frozenset[AssetKey] = frozenset()
    """Targets that were named one by one, not by a pattern or as upstreams."""
    force: bool = False
    """Run the targets though they are fresh, and read blocked inputs."""
    only: bool = False
    """Bring nothing but the targets."""
    unknown: bool = False
    """Run unknown upstreams too."""
    sources: bool = False
    """Read again what reads the world outside."""


def make_plan(
    graph: AssetGraph,
    states: Mapping[AssetKey, AssetState],
    request: Request,
    pending_checks: Collection[CheckKey] = (),
) -> Plan:
    """The plan for ``request``; touches nothing.

    ``pending_checks`` are checks that have not run, in their present form, on the latest version.
    """
    return _Planner(graph, states, request, frozenset(pending_checks)).plan()


class _Planner:
    def __init__(
        self,
        graph: AssetGraph,
        states: Mapping[AssetKey, AssetState],
        request: Request,
        pending: frozenset[CheckKey],
    ) -> None:
        self.graph = graph
        self.states = states
        self.request = request
        self.pending = pending
        self.reasons: dict[AssetKey, tuple[Reason, ...]] = {}
        self.left: list[Left] = []
        self.checks: dict[AssetKey, list[CheckNode]] = {}

    def plan(self) -> Plan:
        targets = [key for key in self.request.targets if key in self.graph.makers]
        considered = self._considered(targets)
        chosen = frozenset(targets)
        for key in considered:
            self._consider(key, key in chosen)
        if not self.request.only:
            self._drop_unneeded(chosen)
        steps = self._steps()
        return Plan(
            self.request.asked,
            steps,
            tuple(self.left),
            tuple(targets),
            {key: step for step in steps if step.kind == "asset" for key in step.keys},
        )

    def _considered(self, targets: list[AssetKey]) -> list[AssetKey]:
        """The targets and what they need, upstream first."""
        order = self.graph.order
        wanted = set(targets)
        if not self.request.only and len(wanted) < len(order):
            self._add_needed(wanted)
        return list(order) if len(wanted) == len(order) else [key for key in order if key in wanted]

    def _add_needed(self, wanted: set[AssetKey]) -> None:
        left = list(wanted)
        while left:
            more = [each for each in self._needs(left.pop()) if each not in wanted]
            wanted.update(more)
            left += more

    def _needs(self, key: AssetKey) -> Iterator[AssetKey]:
        """What must be there before ``key`` can be made."""
        for mate in self._mates(key):
            yield from self.graph.dag.parents_of(mate)
        for port in self.graph.inputs.get(key, ()):
            yield port.key

    def _mates(self, key: AssetKey) -> tuple[AssetKey, ...]:
        """``key`` and what is always made together with it."""
        maker = self.graph.makers.get(key)
        if maker is None or maker.can_subset or len(maker.outputs) == 1:
            return (key,)
        return maker.keys

    def _consider(self, key: AssetKey, target: bool) -> None:
        if key not in self.graph.makers:
            return
        state = self.states[key]
        reasons = self._reasons(key, state, target) or self._if_changed(key)
        if reasons:
            self._run(key, reasons)
        elif key not in self.reasons:
            self._leave(key, state, target)
            if (target or state.state == "blocked") and state.number is not None:
                self._check(key, [node for node in self._own(key) if node.key in self.pending])

    def _run(self, key: AssetKey, reasons: tuple[Reason, ...]) -> None:
        """Puts ``key`` into the plan, with what is always made together with it."""
        self.reasons[key] = reasons
        self._check(key, self._own(key))
        for mate in self._mates(key):
            if mate not in self.reasons:
                self.left = [left for left in self.left if left.key != mate]
                self.reasons[mate] = (Reason(ReasonKind.MADE_TOGETHER, str(key)),)
                self._check(mate, self._own(mate))

    def _own(self, key: AssetKey) -> list[CheckNode]:
        """The checks of ``key`` that are steps of their own."""
        return [node for node in self.graph.check_nodes(key) if node.own_step]

    def _check(self, key: AssetKey, nodes: list[CheckNode]) -> None:
        if nodes:
            self.checks[key] = nodes

    def _reasons(self, key: AssetKey, state: AssetState, target: bool) -> tuple[Reason, ...]:
        request = self.request
        if target and request.force:
            return _FORCED
        if state.state in ("missing", "stale"):
            return state.reasons
        if state.state == "blocked" and not self._only_unchecked(key, state):
            return state.reasons
        if state.state == "unknown":
            if target:
                return state.reasons
            return (Reason(ReasonKind.ASKED_UNKNOWN),) if request.unknown else ()
        if state.own_as_of:
            if request.sources:
                return (Reason(ReasonKind.ASKED_SOURCES),)
            if key in request.named:
                return (Reason(ReasonKind.NAMED),)
        return ()

    def _if_changed(self, key: AssetKey) -> tuple[Reason, ...]:
        """An asset that has no reason of its own runs if what it reads turns out to change."""
        return tuple(
            Reason(ReasonKind.IF_CHANGED, str(port.key))
            for port in self.graph.inputs[key]
            if port.key in self.reasons
        )

    def _leave(self, key: AssetKey, state: AssetState, target: bool) -> None:
        if state.state == "unknown":
            self.left.append(Left(key, "unknown", state.reasons[0].text, "--unknown"))
        elif state.state == "fresh" and state.own_as_of:
            self.left.append(Left(key, "fresh", _as_of(state), "--sources"))
        elif target and state.state == "fresh":
            self.left.append(Left(key, "fresh", "fresh"))

    def _only_unchecked(self, key: AssetKey, state: AssetState) -> bool:
        """Whether running its checks, not the asset, is what unblocks it."""
        own = {node.spec.name for node in self._own(key)}
        return all(
            reason.kind in (ReasonKind.CHECK_NOT_RUN, ReasonKind.CHECK_CHANGED)
            and reason.culprit in own
            for reason in state.reasons
        )

    def _drop_unneeded(self, targets: frozenset[AssetKey]) -> None:
        """Drops upstream steps that nothing in the plan reads or follows."""
        if targets.issuperset(self.reasons) and targets.issuperset(self.checks):
            return
        needed = set(targets)
        for key in reversed(self.graph.order):
            if key in needed and key in self.reasons:
                needed.update(self._mates(key))
                needed.update(self._needs(key))
        for key in [*self.reasons, *self.checks]:
            if key not in needed:
                self.reasons.pop(key, None)
                self.checks.pop(key, None)

    def _steps(self) -> tuple[Step, ...]:
        step_of = {key: self._step_name(key) for key in self.reasons}
        blocking_of = {
            key: [node.key.to_user_string() for node in nodes if node.spec.blocking]
            for key, nodes in self.checks.items()
        }
        steps: list[Step] = []
        done: set[str] = set()
        for key in self.graph.order:
            if key in self.reasons and step_of[key] not in done:
                done.add(step_of[key])
                maker = self.graph.makers[key]
                keys = tuple(each for each in maker.keys if each in self.reasons)
                steps.append(self._asset_step(step_of[key], keys, step_of, blocking_of))
            for node in self.checks.get(key, ()):
                steps.append(self._check_step(node, step_of))
        return tuple(_sorted(steps))

    def _step_name(self, key: AssetKey) -> str:
        maker = self.graph.makers[key]
        return str(key) if len(maker.outputs) == 1 else maker.name

    def _asset_step(
        self,
        name: str,
        keys: tuple[AssetKey, ...],
        step_of: Mapping[AssetKey, str],
        blocking_of: Mapping[AssetKey, list[str]],
    ) -> Step:
        inputs = tuple([port.key for port in self.graph.inputs[keys[0]]])
        parents = dict.fromkeys(inputs)
        for key in keys:
            parents |= dict.fromkeys(self.graph.dag.parents_of(key))
        after: dict[str, None] = {}
        for parent in parents:
            before = step_of.get(parent)
            if before == name:
                continue
            if before is not None:
                after[before] = None
            for check in blocking_of.get(parent, ()):
                after[check] = None
        reasons, condition = self._condition(keys)
        return Step(name, "asset", keys, None, reasons, inputs, tuple(after), condition)

    def _condition(
        self, keys: tuple[AssetKey, ...]
    ) -> tuple[tuple[Reason, ...], tuple[AssetKey, ...]]:
        """The step's reasons, and the upstreams whose data must change, if that is all."""
        reasons = [reason for key in keys for reason in self.reasons[key]]
        if len(reasons) > 1:
            reasons = list(dict.fromkeys(reasons))
        own = [each for each in reasons if each.kind is not ReasonKind.MADE_TOGETHER]
        if any(each.kind not in _CONDITIONAL for each in own):
            certain = (each for each in reasons if each.kind is not ReasonKind.IF_CHANGED)
            return tuple(certain), ()
        ports = [port.key for key in keys for port in self.graph.inputs[key]]
        ups = tuple(up for up in dict.fromkeys(ports) if up in self.reasons)
        if not ups:
            return tuple(reasons), ()
        return tuple(Reason(ReasonKind.IF_CHANGED, str(up)) for up in ups), ups

    def _check_step(self, node: CheckNode, step_of: Mapping[AssetKey, str]) -> Step:
        key = node.spec.asset_key
        reasons: list[Reason] = []
        if key in step_of:
            reasons.append(Reason(ReasonKind.OF_NEW_VERSION, str(key)))
        if key not in step_of or (node.key in self.pending and self.states[key].number):
            # it runs on the version that is there, should no new one come to be
            reasons.append(Reason(ReasonKind.CHECK_NOT_RUN, node.spec.name))
        inputs = tuple(port.key for port in node.inputs)
        before = (key, *node.others)
        after = tuple(dict.fromkeys(step_of[each] for each in before if each in step_of))
        return Step(
            node.key.to_user_string(), "check", (key,), node.key, tuple(reasons), inputs, after
        )


_FORCED = (Reason(ReasonKind.FORCED),)
_CONDITIONAL = (ReasonKind.UPSTREAM_STALE, ReasonKind.IF_CHANGED)


def _as_of(state: AssetState) -> str:
    return f"as of {state.as_of:%Y-%m-%d %H:%M}" if state.as_of is not None else "as of a past time"


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
