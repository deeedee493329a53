"""Decides which steps run: pure, from the graph, the states and what was asked.

What is named and not fresh runs, and of what it needs the missing, stale and blocked. Unknown
upstreams that have a value, and assets that read the world outside, are left, counted, and run
when asked for. A step whose only reason is a stale upstream runs if that upstream's data changes.
What checks read that will run is needed like any input of theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from assetbook.dependencies.asset_graph import AssetGraph, CheckNode
from assetbook.dependencies.asset_state import AssetState
from assetbook.dependencies.reasons import Reason, ReasonKind
from assetbook.keys import AssetKey, CheckKey
from assetbook.planning.assembly import Chosen, steps_of
from assetbook.planning.steps import Left, Plan


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
    given: Mapping[AssetKey, str] = field(default_factory=dict)
    """The versions that are read in the place of the latest ones."""
    checks: frozenset[str] | None = None
    """The checks, as ``orders:full``, that run with what is made; None for all."""


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
        self.given_to = readers_of(graph, request)
        self.waiting = {
            str(key)
            for key in graph.remembered
            if key not in graph.makers and key in states and states[key].state == "stale"
        }
        """What only another location can make fresh, or waits for that."""

    def plan(self) -> Plan:
        given = self.request.given
        wanted = [key for key in self.request.targets if key in self.graph.makers]
        targets = [key for key in wanted if key not in given]
        self._choose(targets)
        unchecked = frozenset(key for key in self.pending if self._has_version(key.asset_key))
        steps = steps_of(self.graph, Chosen(self.reasons, self.checks, unchecked))
        return Plan(
            self.request.asked,
            steps,
            tuple(self.left),
            tuple(targets),
            {key: step for step in steps if step.kind == "asset" for key in step.keys},
            # those of other stores have names as `prod:41`
            given={key: int(name) for key, name in given.items() if name.isdecimal()},
        )

    def _has_version(self, key: AssetKey) -> bool:
        state = self.states.get(key)
        return state is not None and state.number is not None

    def _choose(self, targets: list[AssetKey]) -> None:
        """Says what will run; again if checks that will run read what was not looked at."""
        chosen = frozenset(targets)
        wanted = set(targets)
        while True:
            considered = self._considered(wanted)
            for key in considered:
                self._consider(key, key in chosen)
            if self.request.only:
                return
            self._drop_unneeded(chosen)
            read = {each for key in self.checks for each in self._read_by_checks(key)}
            if read.issubset(considered):
                return
            wanted |= read
            self.reasons, self.left, self.checks = {}, [], {}

    def _read_by_checks(self, key: AssetKey) -> Iterator[AssetKey]:
        """What the checks of ``key`` that will run read or follow, but for ``key``."""
        for node in self.checks.get(key, ()):
            yield from node.needs

    def _considered(self, targets: Collection[AssetKey]) -> list[AssetKey]:
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
            yield from port.keys

    def _mates(self, key: AssetKey) -> tuple[AssetKey, ...]:
        """``key`` and what is always made together with it."""
        maker = self.graph.makers.get(key)
        if maker is None or maker.can_subset or len(maker.outputs) == 1:
            return (key,)
        return self.graph.made_with(key)

    def _consider(self, key: AssetKey, target: bool) -> None:
        if key in self.request.given:
            return
        if key not in self.graph.makers:
            if self.graph.source(key) is not None:
                self._consider_source(key)
            return
        state = self.states[key]
        reasons = self._reasons(key, state, target) or self._if_changed(key)
        if reasons:
            self._run(key, reasons)
        elif key not in self.reasons:
            self._leave(key, state, target)
            if (target or state.state == "blocked") and state.number is not None:
                self._check(key, [node for node in self._own(key) if node.key in self.pending])

    def _consider_source(self, key: AssetKey) -> None:
        """A source is looked at if nobody did yet, and when sources are asked for."""
        state = self.states[key]
        if state.number is None:
            self.reasons[key] = state.reasons
        elif self.request.sources:
            self.reasons[key] = (Reason(ReasonKind.ASKED_SOURCES),)
        else:
            self.left.append(Left(key, state.state, _as_of(state), "--sources"))

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
        """The checks of ``key`` that are steps of their own, and that are to run."""
        asked = self.request.checks
        return [node for node in self._every_own(key) if asked is None or node.name in asked]

    def _every_own(self, key: AssetKey) -> list[CheckNode]:
        return [node for node in self.graph.check_nodes(key) if node.own_step]

    def _check(self, key: AssetKey, nodes: list[CheckNode]) -> None:
        if nodes:
            self.checks[key] = nodes

    def _reasons(self, key: AssetKey, state: AssetState, target: bool) -> tuple[Reason, ...]:
        request = self.request
        if target and request.force:
            return _FORCED
        if key in self.given_to and (target or state.state == "stale"):
            return self._with_versions(key, state, target)
        if self._waits_elsewhere(state):
            self.waiting.add(str(key))
            return ()
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

    def _waits_elsewhere(self, state: AssetState) -> bool:
        """Whether it is stale for no other reason than that what another location makes is: made
        again it would be the same, and stale."""
        return state.state == "stale" and all(
            reason.kind is ReasonKind.UPSTREAM_STALE and reason.culprit in self.waiting
            for reason in state.reasons
        )

    def _with_versions(self, key: AssetKey, state: AssetState, target: bool) -> tuple[Reason, ...]:
        """That it is to be made with given versions, and what else makes it stale."""
        stale = state.reasons if state.state == "stale" else ()
        names = {str(given) for given in self.request.given}
        others = [
            reason
            for reason in stale
            if reason.kind != ReasonKind.INPUT_NEWER or reason.culprit not in names
        ]
        if not target and len(others) == len(stale):
            return state.reasons
        given = ", ".join(f"{each}@{self.request.given[each]}" for each in self.given_to[key])
        sure = [reason for reason in others if reason.kind != ReasonKind.UPSTREAM_STALE]
        return Reason(ReasonKind.WITH_VERSION, given), *sure

    def _if_changed(self, key: AssetKey) -> tuple[Reason, ...]:
        """An asset that has no reason of its own runs if what it reads turns out to change."""
        return tuple(
            Reason(ReasonKind.IF_CHANGED, str(each))
            for each in self.graph.data_inputs(key).values()
            if each in self.reasons
        )

    def _leave(self, key: AssetKey, state: AssetState, target: bool) -> None:
        if state.state == "unknown":
            self.left.append(Left(key, "unknown", state.reasons[0].text, "--unknown"))
        elif state.state == "fresh" and state.own_as_of:
            self.left.append(Left(key, "fresh", _as_of(state), "--sources"))
        elif state.state == "stale":
            self.left.append(Left(key, "stale", state.reasons[0].text))
        elif target and state.state == "fresh":
            self.left.append(Left(key, "fresh", "fresh"))

    def _only_unchecked(self, key: AssetKey, state: AssetState) -> bool:
        """Whether running its checks, not the asset, is what unblocks it."""
        own = {node.spec.name for node in self._every_own(key)}
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
        left = list(targets)
        while left:
            key = left.pop()
            met = set(self._read_by_checks(key))
            if key in self.reasons:
                met.update(self._mates(key))
                met.update(self._needs(key))
            left += met - needed
            needed |= met
        for key in [*self.reasons, *self.checks]:
            if key not in needed:
                self.reasons.pop(key, None)
                self.checks.pop(key, None)


def readers_of(graph: AssetGraph, request: Request) -> dict[AssetKey, tuple[AssetKey, ...]]:
    """The assets that will read given versions, themselves or by what they read, and which."""
    found: dict[AssetKey, tuple[AssetKey, ...]] = {}
    if not request.given:
        return found
    for key in graph.order:
        if request.only and key not in request.targets:
            continue
        read: dict[AssetKey, None] = {}
        for each in (each for port in graph.inputs.get(key, ()) for each in port.keys):
            by_way = (each,) if each in request.given else found.get(each, ())
            read.update(dict.fromkeys(by_way))
        if read and key not in request.given:
            found[key] = tuple(read)
    return found


_FORCED = (Reason(ReasonKind.FORCED),)


def _as_of(state: AssetState) -> str:
    return f"as of {state.as_of:%Y-%m-%d %H:%M}" if state.as_of is not None else "as of a past time"
