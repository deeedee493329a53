"""Tells a reporter of a run that another process runs, or that is over: from its events.

The views that show a run while it goes show it the same way from elsewhere. Why a step runs is
known once it has begun; what the plan left as it is, is not recorded.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from assetbook.dependencies.reasons import Reason, ReasonKind
from assetbook.events.asset_events import AssetMaterialized, AssetObserved, CheckEvaluated
from assetbook.events.run_events import RunEnded, RunStarted, StepEnded, StepStarted, StepSucceeded
from assetbook.execution.reporter import StepOutcome
from assetbook.instance.followed_cells import FollowedCells
from assetbook.instance.instance import Instance
from assetbook.keys import AssetKey, RunId
from assetbook.planning.steps import Plan, Step, StepKind
from assetbook.storage.store import StoredEvent

_Made = AssetMaterialized | AssetObserved | CheckEvaluated | StepSucceeded


class Told(Protocol):
    """A reporter that may come late: a step may have begun some seconds ``ago``."""

    def run_started(self, run_id: RunId, plan: Plan) -> None:
        """The run is recorded."""
        ...

    def step_started(self, step: Step, ago: float = 0.0) -> None:
        """The step's code runs, since so many seconds."""
        ...

    def step_progress(self, step: Step, said: str) -> None:
        """How far it is."""
        ...

    def step_ended(self, outcome: StepOutcome) -> None:
        """The step ended."""
        ...

    def run_ended(self, status: str, duration: float) -> None:
        """The run ended."""
        ...


class Retelling:
    """One run, told to ``reporter`` as its events are found."""

    def __init__(self, instance: Instance, run_id: str, reporter: Told) -> None:
        self._instance = instance
        self._reporter = reporter
        self._assets: frozenset[str] = frozenset()
        self._kinds: dict[str, StepKind] = {}
        self._checked: tuple[str, ...] = ()
        """How the names of steps that check begin."""
        self._reasons: dict[str, str] = {}
        self._cells = FollowedCells(instance, run_id)
        self._running: dict[str, None] = {}

    def tell(self, events: Iterable[StoredEvent]) -> None:
        """Tells of the events that were found since last time, in order."""
        found = list(events)
        for stored in found:
            if isinstance(stored.event, StepStarted):
                self._reasons[stored.event.step] = stored.event.reason
        made = _by_step(found)
        self._kinds |= _kinds(found)
        for stored in found:
            event = stored.event
            if isinstance(event, RunStarted):
                self._started(event)
            elif isinstance(event, StepStarted):
                self._running[event.step] = None
                self._reporter.step_started(self._step(event.step), self._seconds_since(event.at))
            elif isinstance(event, StepEnded):
                self._running.pop(event.step, None)
                self._reporter.step_ended(self._unmade(event))
            elif isinstance(event, RunEnded):
                self._reporter.run_ended(event.status, event.duration)
            # the events of a step are one commit's: they are told together
            elif isinstance(event, _Made) and (together := made.pop(event.step, None)):
                self._running.pop(event.step, None)
                self._reporter.step_ended(self._made(event.step, together))

    def look(self) -> None:
        """Tells how far the notebooks are that steps run."""
        for step in self._running:
            if said := self._cells.look(step):
                self._reporter.step_progress(self._step(step), said)

    def _started(self, event: RunStarted) -> None:
        keys = [AssetKey.from_text(text).to_user_string() for text in event.keys]
        self._checked = tuple(f"{key}:" for key in keys)
        self._assets = frozenset(keys)
        if not keys:  # a run of a job of ops
            self._kinds |= dict.fromkeys(event.steps, "op")
        steps = tuple(self._step(name) for name in event.steps)
        self._reporter.run_started(RunId(event.run_id), Plan(event.asked, steps))

    def _step(self, name: str) -> Step:
        is_check = name not in self._assets and name.startswith(self._checked)
        kind = self._kinds.get(name, "check" if is_check else "asset")
        reason = self._reasons.get(name, "")
        reasons = (Reason(ReasonKind.NOT_VERSIONABLE, detail=reason),) if reason else ()
        return Step(name, kind, reasons=reasons)

    def _seconds_since(self, at: datetime) -> float:
        return max((self._instance.clock.now() - at).total_seconds(), 0.0)

    def _unmade(self, event: StepEnded) -> StepOutcome:
        return StepOutcome(
            self._step(event.step),
            event.status,
            event.duration,
            message=event.message,
            error=event.error,
        )

    def _made(self, step: str, together: list[StoredEvent]) -> StepOutcome:
        events = [each.event for each in together]
        materialized = tuple(each for each in events if isinstance(each, AssetMaterialized))
        checks = tuple(each for each in events if isinstance(each, CheckEvaluated))
        ids = {each.id for each in together}
        numbers = (self._number(AssetKey.from_text(each.key), ids) for each in materialized)
        return StepOutcome(
            self._step(step),
            "done",
            max(each.duration for each in events if isinstance(each, _Made)),
            materialized=materialized,
            versions=dict(each for each in numbers if each is not None),
            checks=checks,
            observed=tuple(each for each in events if isinstance(each, AssetObserved)),
        )

    def _number(self, key: AssetKey, ids: set[int]) -> tuple[AssetKey, int] | None:
        """The number that the store gave to the version that one of these events made."""
        for newest in (1, None):  # most often it is the latest one
            for version in self._instance.store.versions(key, newest=newest):
                if version.event_id in ids:
                    return key, version.number
        return None


def _kinds(events: Iterable[StoredEvent]) -> dict[str, StepKind]:
    """The kinds of the steps whose events tell of themselves that they are no asset's."""
    found: dict[str, StepKind] = {}
    for stored in events:
        event = stored.event
        if isinstance(event, StepSucceeded):
            found[event.step] = "op"
        elif isinstance(event, AssetObserved) and event.step:
            found.setdefault(event.step, "observe")
    return found


def _by_step(events: Iterable[StoredEvent]) -> dict[str, list[StoredEvent]]:
    made: dict[str, list[StoredEvent]] = {}
    for stored in events:
        if isinstance(stored.event, _Made) and stored.event.step:
            made.setdefault(stored.event.step, []).append(stored)
    return made
