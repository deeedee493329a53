"""``sensors``: what looks for reasons to run something, turned on and off, and tried out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Literal

import msgspec
from msgspec import structs

from assetbook.automation.known_sensors import KnownSensor, known_sensors, turned_sensor
from assetbook.automation.pinned_code import PinnedCode
from assetbook.automation.sensor_tick import AskedRun, SensorAnswer
from assetbook.errors import SelectionError, UsageError, did_you_mean
from assetbook.instance.instance import Instance
from assetbook.instance.sensor_record import CONDITIONS_SENSOR
from assetbook.named_arguments import named_arguments
from assetbook.storage.automations import TickStatus
from assetbook.surfaces.daemon_hands import LocationHands
from assetbook.surfaces.desk import Desk, current_desk
from assetbook.surfaces.display.formatting import counted
from assetbook.surfaces.display.sensor_view import SensorTable, SensorView
from assetbook.surfaces.display.view import Sentence
from assetbook.surfaces.scheduling import asked_text, daemon_note, live_at
from assetbook.surfaces.sensor_hands import asked_of
from assetbook.surfaces.suggestion import typed

SENSOR_ACTIONS = ("list", "show", "on", "off", "dry-run", "cursor")


@named_arguments
def sensors(
    action: str = "list",
    name: str = "",
    *,
    cursor: str | None = None,
    limit: int = 20,
    desk: Desk | None = None,
) -> SensorTable | SensorView | Sentence:
    """The sensors of all locations, whether they are on here, and what they last said.

    The conditions of a location are a sensor of it, ``default_automation_condition_sensor``.
    ``show`` tells the last evaluations of one, and why; ``on`` and ``off`` turn it on and off in
    this store; ``dry-run`` evaluates it now, and launches and stores nothing; ``cursor`` sets its
    cursor to the one given, or removes it.
    """
    at = desk or current_desk()
    if cursor is not None and action not in ("cursor", "dry-run"):
        raise UsageError(
            f"sensors {action} --cursor", "a cursor is set or tried", "`sensors cursor NAME`."
        )
    if action == "list":
        if name:
            raise UsageError(
                f"sensors list {name}", "it lists all", f"One: `{typed(f'sensors show {name}')}`."
            )
        found, code = known_sensors(at.instance), PinnedCode(at.instance)
        ahead = {each.id: code.changed(each) for each in found if each.is_on}
        last, note = at.instance.own.last_ticks(), daemon_note(at.instance)
        return SensorTable(found, last, note, ahead).living(at, "automation")
    if not name:
        raise UsageError(f"sensors {action}", "which one is not said", _there_are(at.instance))
    return _ACTIONS[action](_Asked(at, _named(at.instance, name), cursor, limit))


class _Asked(msgspec.Struct, frozen=True):
    at: Desk
    known: KnownSensor
    cursor: str | None
    limit: int

    @property
    def instance(self) -> Instance:
        return self.at.instance


def _there_are(instance: Instance) -> str:
    names = ", ".join(dict.fromkeys(each.record.name for each in known_sensors(instance)))
    return f"There are: {names or 'none'}."


def _named(instance: Instance, name: str) -> KnownSensor:
    every = known_sensors(instance)
    fitting = [each for each in every if name in (each.id, each.record.name)]
    if len(fitting) == 1:
        return fitting[0]
    names = [each.id for each in fitting] or [each.record.name for each in every]
    raise SelectionError(
        f"the sensor `{name}`",
        "several locations have one of that name" if fitting else "no location defines it",
        did_you_mean(name, names) or f"There are: {', '.join(names) or 'none'}.",
    )


def _show(asked: _Asked) -> SensorView:
    known = _named(asked.instance, asked.known.id)
    asked.instance.end_dead_runs()
    own = asked.instance.own
    newest = own.ticks(known.id, limit=asked.limit)
    told = own.ticks(known.id, statuses=_TOLD, limit=asked.limit)  # most asked for nothing
    ticks = sorted({each.at: each for each in (*newest, *told)}.values(), key=_at, reverse=True)
    ids = [run_id for tick in ticks for run_id in tick.run_ids]
    found = (asked.instance.own.runs(beginning=each, limit=1) for each in ids)
    runs = {run.id: run for some in found for run in some}
    code, note = PinnedCode(asked.instance), daemon_note(asked.instance)
    return SensorView(known, ticks, runs, note, code.changed(known), code.differences(known))


_TOLD: tuple[TickStatus, ...] = ("requested", "failed")
_at = attrgetter("at")


def _on(asked: _Asked) -> SensorView:
    bundle = snapshot = None
    if (live := live_at(asked.at, asked.known.location)) is not None:
        now, _, _ = live.standing()
        sources = live.run_sources(live.loaded(), now, needed=True)
        bundle, snapshot = sources.bundle, sources.snapshot
    now_at, own = asked.instance.clock.now(), asked.instance.own
    turned_sensor(own, asked.known, now_at, on=True, bundle=bundle, snapshot=snapshot)
    return _show(asked)


def _off(asked: _Asked) -> Sentence:
    turned_sensor(asked.instance.own, asked.known, asked.instance.clock.now(), on=False)
    return Sentence(f"`{asked.known.record.name}` is off in this store")


def _cursor(asked: _Asked) -> Sentence:
    state = asked.known.state
    asked.instance.own.change_automation(state, structs.replace(state, cursor=asked.cursor))
    said = "removed: it begins anew" if asked.cursor is None else f"set to {asked.cursor}"
    return Sentence(f"the cursor of `{asked.known.record.name}` is {said}")


def _dry_run(asked: _Asked) -> Sentence:
    known = asked.known
    if asked.cursor is not None:
        state = structs.replace(known.state, cursor=asked.cursor)
        known = structs.replace(known, state=state)
    answer = _answer(asked.at, known)
    logs = answer["logs"].splitlines()
    if answer["error"]:
        return Sentence("\n".join([f"an evaluation now would fail: {answer['error']}", *logs]))
    if not answer["requests"]:
        why = answer["skip"] or "it gave no reason"
        lines = [f"an evaluation now would run nothing: {why}"]
    else:
        runs = counted(len(answer["requests"]), "run")
        lines = [f"an evaluation now would ask for {runs}; nothing was launched:"]
        lines += [f"  {_said(each)}" for each in answer["requests"]]
    if answer["cursor"] != answer["before"] and known.record.name != CONDITIONS_SENSOR:
        lines.append(f"its cursor would be {answer['cursor']}")
    return Sentence("\n".join([*lines, *logs]))


def _said(asked: AskedRun) -> str:
    checks = ", ".join(f"check {each}" for each in asked["checks"])
    what = checks or asked["job"] or ", ".join(asked["assets"] or ()) or asked["selection"]
    return asked_text(what, {name: asked[name] for name in _DETAILS})


_DETAILS: tuple[Literal["run_key", "partition", "config", "tags"], ...] = (
    "run_key",
    "partition",
    "config",
    "tags",
)


def _answer(at: Desk, known: KnownSensor) -> SensorAnswer:
    """What it says now: by the living definition where this notebook has it."""
    name = known.record.name
    live = live_at(at, known.location)
    if live is not None and (
        name == CONDITIONS_SENSOR or live.session.living_named("sensor", name)
    ):
        from assetbook.surfaces.sensor_answers import sensor_answers

        asked = {"location": known.location, "sensors": [asked_of(at.instance, known)]}
        return sensor_answers(live, asked)[name]
    return LocationHands(at.instance).evaluate_sensors([known])[name]


_ACTIONS: Mapping[str, Callable[[_Asked], SensorView | Sentence]] = {
    "show": _show,
    "on": _on,
    "off": _off,
    "dry-run": _dry_run,
    "cursor": _cursor,
}
