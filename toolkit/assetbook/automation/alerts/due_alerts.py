"""Which alerts are due, from what happened: nothing is read or written here, no clock is asked.

Each function gives the state after what it was shown, and the alerts that follow from it. Shown the
same again from the same state it gives the same, with the same keys: so whoever is killed between
looking and writing down looks again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

import msgspec
from msgspec.structs import replace

from assetbook.automation.alerts.alert import Alert, AlertState
from assetbook.automation.due_ticks import ON_TIME, late_text
from assetbook.storage.automations import Tick

Found: TypeAlias = tuple[AlertState, list[Alert]]
_RETRIED_WITHIN = timedelta(minutes=2)
_NAMED = 5


class EndedRun(msgspec.Struct, frozen=True):
    """A run that came to its end, and what it did of what it was to do."""

    id: str
    at: datetime
    failed: bool
    """False for one that succeeded or was canceled."""
    asked: str
    location: str = ""
    message: str = ""
    by_hand: bool = False
    """Whether a person started it, not a schedule or anything else of the daemon's."""
    retried: bool = False
    """Whether it is to be run again by itself."""
    things_failed: tuple[str, ...] = ()
    """What failed in it: assets by key and partition, steps of a job by its name and theirs."""
    things_made: frozenset[str] = frozenset()
    """What it did well, named so."""
    assets: tuple[str, ...] = ()
    """The texts of the keys of the assets that failed, or, if none did, that it made."""
    step: str = ""
    remedy: str = ""

    @property
    def subject(self) -> str:
        """What it is about, for people."""
        return f"{self.asked} in {self.location}" if self.location else self.asked


def run_ended(state: AlertState, ended: EndedRun, *, interactive: bool) -> Found:
    """A run that failed, and what failed before and was made now, by whomever."""
    good = sorted(ended.things_made & state.failing.keys())
    failing = {thing: run for thing, run in state.failing.items() if thing not in good}
    alerts = [_recovered(ended, good)] if good else []
    if ended.failed and (interactive or not ended.by_hand):
        failing |= dict.fromkeys(ended.things_failed, ended.id)
        alerts.append(_failed(ended))
    return replace(state, failing=failing), alerts


def _failed(ended: EndedRun) -> Alert:
    return Alert(
        kind="failed",
        subject=ended.subject,
        said=f"run {ended.id[:6]} failed: {ended.message}",
        key=f"failed {ended.id}",
        at=ended.at,
        location=ended.location,
        assets=ended.assets,
        run_id=ended.id,
        step=ended.step,
        remedy=ended.remedy,
        not_before=ended.at + _RETRIED_WITHIN if ended.retried else None,
        if_not_retried=ended.retried,
    )


def _recovered(ended: EndedRun, good: Sequence[str]) -> Alert:
    return Alert(
        kind="recovered",
        subject=ended.subject,
        said=f"{some(good)} had failed, and run {ended.id[:6]} made it",
        key=f"recovered {ended.id}",
        at=ended.at,
        location=ended.location,
        assets=ended.assets,
        run_id=ended.id,
    )


class Watched(msgspec.Struct, frozen=True):
    """A schedule or sensor whose ticks are looked at."""

    id: str
    name: str
    """For people: ``schedule nightly``."""
    location: str
    target: str = ""
    """The assets that it runs, as typed; empty for a job."""
    remedy: str = ""
    """The command that runs what it runs."""
    look: str = ""
    """The command that shows how its function fails."""

    @property
    def subject(self) -> str:
        """What its alerts are about, for people."""
        return f"{self.name} in {self.location}" if self.location else self.name


def ticked(state: AlertState, of: Watched, ticks: Sequence[Tick]) -> Found:
    """Ticks that did not run or ran late, those that failed after one that did not, and the first
    good one.

    ``ticks`` are the new ones of one automation, from the earliest on.
    """
    if not ticks:
        return state, []
    alerts: list[Alert] = []
    failing = dict(state.failing)
    missed = [tick for tick in ticks if tick.status == "missed"]
    if missed:
        alerts.append(_missed(of, missed))
    late = [tick for tick in ticks if tick.started_at and tick.started_at - tick.at > ON_TIME]
    if late:
        alerts.append(_ran_late(of, late))
    for tick in ticks:
        if tick.status == "failed" and of.subject not in failing:
            failing[of.subject] = tick.at.isoformat()
            said = f"the tick of {tick.at:%Y-%m-%d %H:%M:%S} UTC failed: {tick.message}"
            alerts.append(_of_tick("failed", of, tick, said, of.look))
        elif tick.status in ("requested", "skipped") and of.subject in failing:
            del failing[of.subject]
            alerts.append(_of_tick("recovered", of, tick, "its function answers again", ""))
    known = {**state.ticks, of.id: ticks[-1].at}
    return replace(state, ticks=known, failing=failing), alerts


def _of_tick(kind: str, of: Watched, tick: Tick, said: str, remedy: str) -> Alert:
    return Alert(
        kind="failed" if kind == "failed" else "recovered",
        subject=of.subject,
        said=said,
        key=f"{kind} tick {of.id} {tick.at.isoformat()}",
        at=tick.at,
        location=of.location,
        target=of.target,
        remedy=remedy,
        detail=tick.logs if kind == "failed" else "",
    )


def _missed(of: Watched, missed: Sequence[Tick]) -> Alert:
    last = missed[-1]
    if len(missed) == 1:
        said = f"the tick of {last.at:%Y-%m-%d %H:%M} UTC did not run: {last.message}"
    else:
        first = missed[0].at
        between = f"from {first:%Y-%m-%d %H:%M} to {last.at:%Y-%m-%d %H:%M} UTC"
        said = f"{len(missed)} ticks {between} did not run; of the last one: {last.message}"
    return Alert(
        kind="missed",
        subject=of.subject,
        said=said,
        key=f"missed {of.id} {missed[0].at.isoformat()} {last.at.isoformat()}",
        at=last.at,
        location=of.location,
        target=of.target,
        remedy=of.remedy,
    )


def _ran_late(of: Watched, late: Sequence[Tick]) -> Alert:
    first, last = late[0], late[-1]
    assert first.started_at is not None, "one that ran"
    by = late_text(first.started_at - first.at)
    said = (
        f"the tick of {first.at:%Y-%m-%d %H:%M} UTC ran {by} late: no daemon looked at it in time"
    )
    if len(late) > 1:
        between = f"from {first.at:%Y-%m-%d %H:%M} to {last.at:%Y-%m-%d %H:%M} UTC"
        said = (
            f"{len(late)} ticks {between} ran late, the first one by {by}: no daemon looked in time"
        )
    return Alert(
        kind="late",
        subject=of.subject,
        said=said,
        key=f"late tick {of.id} {first.at.isoformat()} {last.at.isoformat()}",
        at=last.at,
        location=of.location,
        target=of.target,
        remedy="assetbook daemon status",
    )


class Refused(msgspec.Struct, frozen=True):
    """A run that was asked for and could not be launched."""

    id: int
    run_id: str
    at: datetime
    message: str
    what: str
    """What was to run, for people."""
    location: str
    target: str = ""
    """The assets, as typed; empty for a job."""
    remedy: str = ""


def run_refused(state: AlertState, refused: Iterable[Refused], floor: int) -> Found:
    """Runs that could not be launched; ``floor`` is the id up to which none waits any more."""
    new = [each for each in refused if each.run_id not in state.refused_told]
    alerts = [
        Alert(
            kind="failed",
            subject=f"{each.what} in {each.location}",
            said=f"the run could not be launched: {each.message}",
            key=f"refused {each.run_id}",
            at=each.at,
            location=each.location,
            target=each.target,
            remedy=each.remedy,
        )
        for each in new
    ]
    told = {each.run_id for each in refused if each.id > floor}
    return replace(state, refused=floor, refused_told=tuple(sorted(told))), alerts


class LateAsset(msgspec.Struct, frozen=True):
    """An asset whose freshness policy fails."""

    key: str
    """The text of its key."""
    name: str
    location: str
    since: str
    """Of which version: a word that is another one for another version."""
    said: str
    remedy: str = ""


def lateness(state: AlertState, late: Iterable[LateAsset], now: datetime) -> Found:
    """Assets that are late and were not, and those that were and are not: ``late`` is all."""
    found = {each.key: each for each in late}
    alerts = [_late(each, now) for key, each in found.items() if state.late.get(key) != each.since]
    good = [key for key in state.late if key not in found]
    alerts += [
        Alert(
            kind="recovered",
            subject=f"{key} in time",
            said="it is in time again",
            key=f"recovered {key} {state.late[key]}",
            at=now,
            assets=(key,),
        )
        for key in good
    ]
    return replace(state, late={key: each.since for key, each in found.items()}), alerts


def _late(each: LateAsset, now: datetime) -> Alert:
    return Alert(
        kind="late",
        subject=f"{each.name} in time",
        said=each.said,
        key=f"late {each.key} {each.since}",
        at=now,
        location=each.location,
        assets=(each.key,),
        remedy=each.remedy,
    )


class DifferingCode(msgspec.Struct, frozen=True):
    """A location whose loading gives other code than running its cells gave."""

    location: str
    marker: str
    """Another word for other code."""
    assets: tuple[str, ...]
    said: str
    remedy: str = ""


def code_differs(state: AlertState, found: Iterable[DifferingCode], now: datetime) -> Found:
    """Locations whose code differs, or differs in another way than before: ``found`` is all."""
    every = {each.location: each for each in found}
    alerts = [
        Alert(
            kind="code differs",
            subject=f"the code of {each.location}",
            said=each.said,
            key=f"code differs {each.location} {each.marker}",
            at=now,
            location=each.location,
            assets=each.assets,
            remedy=each.remedy,
        )
        for each in every.values()
        if state.differs.get(each.location) != each.marker
    ]
    markers: Mapping[str, str] = {location: each.marker for location, each in every.items()}
    return replace(state, differs=dict(markers)), alerts


def some(names: Sequence[str]) -> str:
    """``a, b and 4 more``."""
    shown = ", ".join(names[:_NAMED])
    return f"{shown} and {len(names) - _NAMED} more" if len(names) > _NAMED else shown
