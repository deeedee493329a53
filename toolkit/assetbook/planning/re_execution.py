"""Decides what of an earlier run is done again: pure, from how its steps ended and the states now.

To *resume* is to do what is left of a run that was broken off, and again what no longer counts of
what it made. *From failure* runs the steps that did not succeed, and needs the rest as it is. *All*
runs every step again, a *selection* the chosen ones.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from assetbook.dependencies.asset_graph import AssetGraph, CheckNode
from assetbook.dependencies.asset_state import AssetState
from assetbook.dependencies.reasons import OF_CODE, Reason, ReasonKind
from assetbook.keys import AssetKey, CheckKey
from assetbook.planning.assembly import Chosen, steps_of
from assetbook.planning.steps import Left, Plan

Kind = Literal["resume", "all", "from_failure", "selection"]
HowEnded = Literal["done", "skipped", "failed", "upstream_failed", "canceled", "begun", "unreached"]


@dataclass(frozen=True, slots=True)
class FormerStep:
    """A step of an earlier run, and how it ended there."""

    name: str
    keys: tuple[AssetKey, ...]
    """The assets that it makes; for a check, the asset that it checks."""
    ended: HowEnded
    run: str
    """The run in which it ended so, as people name it."""
    run_ended: str = "ended"
    """How that run came to its end: ``was interrupted``, ``broke off``, ``failed``."""
    check: CheckKey | None = None

    @property
    def is_left(self) -> bool:
        """Whether it did not do what it was to do."""
        return self.ended not in ("done", "skipped")


@dataclass(frozen=True, slots=True)
class Again:
    """What is to be done again, and of what."""

    asked: str
    kind: Kind
    steps: Sequence[FormerStep]
    run: str
    """The run of which it is, as people name it."""
    chosen: frozenset[AssetKey] = frozenset()
    """For a selection: the assets that are meant."""
    forced: bool = False
    """Whether the run was to run what is fresh, too."""
    changed: Collection[AssetKey | CheckKey] = frozenset()
    """What has other code than it had in that run."""
    given: Mapping[AssetKey, str] = field(default_factory=dict)
    """The versions that are read in the place of the latest ones."""


def plan_again(
    graph: AssetGraph,
    states: Mapping[AssetKey, AssetState],
    again: Again,
    pending_checks: Collection[CheckKey] = (),
) -> Plan:
    """The plan that does again what ``again`` says; touches nothing.

    ``pending_checks`` are checks that have not run, in their present form, on the latest version.
    """
    return _Planner(graph, states, again, frozenset(pending_checks)).plan()


class _Planner:
    def __init__(
        self,
        graph: AssetGraph,
        states: Mapping[AssetKey, AssetState],
        again: Again,
        pending: frozenset[CheckKey],
    ) -> None:
        self.graph = graph
        self.states = states
        self.again = again
        self.pending = pending
        self.reasons: dict[AssetKey, tuple[Reason, ...]] = {}
        self.check_reasons: dict[CheckKey, tuple[Reason, ...]] = {}
        self.left: list[Left] = []
        self.steps = {key: step for step in again.steps if not step.check for key in step.keys}

    def plan(self) -> Plan:
        for key in self.graph.order:  # upstream first: what is done again moves what reads it
            step = self.steps.get(key)
            if step is not None and key not in self.reasons:
                self._run(step.keys, key, self._reasons(key, step))
        self._bring_needed()
        checks = self._checks()
        unchecked = frozenset(key for key in self.pending if self._has_version(key.asset_key))
        chosen = Chosen(self.reasons, checks, unchecked, self.check_reasons)
        steps = steps_of(self.graph, chosen)
        return Plan(
            self.again.asked,
            steps,
            tuple(self.left),
            tuple(self.reasons),
            {key: step for step in steps if step.kind == "asset" for key in step.keys},
            # those of other stores have names as `prod:41`
            given={k: int(name) for k, name in self.again.given.items() if name.isdecimal()},
        )

    def _run(self, keys: Sequence[AssetKey], first: AssetKey, reasons: tuple[Reason, ...]) -> None:
        """Puts ``first`` into the plan, with what its step makes together with it."""
        if not reasons:
            return
        self.reasons[first] = reasons
        for mate in keys:
            made_with = (Reason(ReasonKind.MADE_TOGETHER, str(first)),)
            self.reasons.setdefault(mate, made_with)

    def _reasons(self, key: AssetKey, step: FormerStep) -> tuple[Reason, ...]:
        """Why it runs; none if it does not."""
        kind = self.again.kind
        if kind in ("all", "selection"):
            if kind == "selection" and key not in self.again.chosen:
                return ()
            if step.ended == "skipped" and kind == "all":
                return self._if_changed(key)
            return (Reason(ReasonKind.RETRIED, self.again.run), *self._since(key))
        if step.is_left:
            return self._of_left(key, step)
        return self._no_longer_counts(key) or self._if_changed(key)

    def _of_left(self, key: AssetKey, step: FormerStep) -> tuple[Reason, ...]:
        """Why a step runs that did not do what it was to do."""
        state = self.states[key]
        if self.again.kind == "resume" and not self.again.forced and step.ended != "failed":
            if self._follows_alone(state) and (if_changed := self._if_changed(key)):
                return if_changed
            if state.state == "fresh" and not state.own_as_of:
                self.left.append(Left(key, "fresh", "fresh"))
                return ()
        return (why_left(step), *self._since(key))

    def _follows_alone(self, state: AssetState) -> bool:
        """Whether nothing but what it reads could be a reason to make it."""
        return state.state == "fresh" or (
            state.state == "stale"
            and all(each.kind is ReasonKind.UPSTREAM_STALE for each in state.reasons)
        )

    def _no_longer_counts(self, key: AssetKey) -> tuple[Reason, ...]:
        """Why what the run made of it cannot be used as it is."""
        state = self.states[key]
        if state.state == "blocked":
            return () if self.again.forced or self._only_unchecked(key, state) else state.reasons
        if self.again.kind == "from_failure":
            self._leave(key, state)
            return ()
        if state.state not in ("missing", "stale"):
            return ()
        certain = [each for each in state.reasons if each.kind is not ReasonKind.UPSTREAM_STALE]
        return tuple(certain)

    def _leave(self, key: AssetKey, state: AssetState) -> None:
        """Takes note that something is read as it is though it is not what it would be now."""
        if state.state == "stale":
            self.left.append(Left(key, "stale", state.reasons[0].text, "`%materialize`"))

    def _only_unchecked(self, key: AssetKey, state: AssetState) -> bool:
        own = {node.spec.name for node in self._own(key)}
        return all(
            reason.kind in (ReasonKind.CHECK_NOT_RUN, ReasonKind.CHECK_CHANGED)
            and reason.culprit in own
            for reason in state.reasons
        )

    def _if_changed(self, key: AssetKey) -> tuple[Reason, ...]:
        if key not in self.graph.makers:
            return ()
        read = dict.fromkeys(self.graph.data_inputs(key).values())
        return tuple(Reason(ReasonKind.IF_CHANGED, str(up)) for up in read if up in self.reasons)

    def _since(self, key: AssetKey) -> tuple[Reason, ...]:
        """That it has other code by now, where it has."""
        if key not in self.again.changed:
            return ()
        of_code = [each for each in self.states[key].reasons if each.kind in OF_CODE]
        return tuple(of_code) or (Reason(ReasonKind.CODE_SINCE, self.again.run),)

    def _bring_needed(self) -> None:
        """Adds what is read and has no version that may be read."""
        for key in reversed(self.graph.order):
            if key not in self.reasons:
                continue
            for port in self.graph.inputs.get(key, ()):
                if port.key not in self.reasons and self._is_lacking(port.key):
                    maker = self.graph.makers[port.key]
                    keys = (port.key,) if maker.can_subset else maker.keys
                    self._run(keys, port.key, self.states[port.key].reasons)

    def _is_lacking(self, key: AssetKey) -> bool:
        if key not in self.graph.makers or key in self.again.given:
            return False
        state = self.states[key]
        if state.state == "blocked" and not self.again.forced:
            return not self._only_unchecked(key, state)
        return state.state == "missing"

    def _own(self, key: AssetKey) -> list[CheckNode]:
        """The checks of ``key`` that are steps of their own."""
        return [node for node in self.graph.check_nodes(key) if node.own_step]

    def _checks(self) -> dict[AssetKey, list[CheckNode]]:
        """The checks that run: of all that is made, and those that were steps and are left."""
        former = {step.check: step for step in self.again.steps if step.check is not None}
        found: dict[AssetKey, list[CheckNode]] = {}
        for key in self.graph.order:
            for node in self._own(key):
                step = former.get(node.key)
                reasons = self._check_reasons(node.key, step) if step is not None else ()
                if reasons:
                    self.check_reasons[node.key] = reasons
                if reasons or key in self.reasons or self._blocks_unseen(node.key):
                    found.setdefault(key, []).append(node)
        return found

    def _check_reasons(self, check: CheckKey, step: FormerStep) -> tuple[Reason, ...]:
        kind, run = self.again.kind, self.again.run
        since = (Reason(ReasonKind.CODE_SINCE, run),) if check in self.again.changed else ()
        if kind in ("all", "selection"):
            chosen = kind == "all" or check.asset_key in self.again.chosen
            return (Reason(ReasonKind.RETRIED, run), *since) if chosen else ()
        return (why_left(step), *since) if step.is_left else ()

    def _blocks_unseen(self, check: CheckKey) -> bool:
        """Whether something that runs reads an asset that this check has not looked at."""
        key = check.asset_key
        if check not in self.pending or self.states[key].state != "blocked":
            return False
        return any(
            port.key == key for each in self.reasons for port in self.graph.inputs.get(each, ())
        )

    def _has_version(self, key: AssetKey) -> bool:
        state = self.states.get(key)
        return state is not None and state.number is not None


def why_left(step: FormerStep) -> Reason:
    """Why a step that did not do what it was to do runs again."""
    if step.ended == "failed":
        return Reason(ReasonKind.FAILED_THERE, step.run)
    if step.ended == "upstream_failed":
        return Reason(ReasonKind.UPSTREAM_FAILED_THERE, step.run)
    kind = ReasonKind.NOT_REACHED if step.ended == "unreached" else ReasonKind.BROKEN_OFF
    return Reason(kind, step.run, step.run_ended)
