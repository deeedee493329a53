"""``schedules``: when what is due, turned on and off, and tried out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from assetbook.automation.known_schedules import KnownSchedule, known_schedules, turned
from assetbook.automation.launches import TickAnswer, own_launch
from assetbook.automation.pinned_code import PinnedCode, ahead_lines
from assetbook.errors import SelectionError, UsageError, did_you_mean
from assetbook.instance.asset_record import SCRATCH
from assetbook.instance.instance import Instance
from assetbook.instance.schedule_record import ScheduleRecord
from assetbook.named_arguments import named_arguments
from assetbook.storage.process_identity import is_alive
from assetbook.surfaces.desk import Desk, current_desk
from assetbook.surfaces.display.formatting import counted
from assetbook.surfaces.display.schedule_view import ScheduleTable, ScheduleView, TickRuns
from assetbook.surfaces.display.view import Sentence
from assetbook.surfaces.live import LiveNotebook
from assetbook.surfaces.suggestion import typed

_NEXT = 5
ACTIONS = ("list", "show", "on", "off", "dry-run")


@named_arguments
def schedules(
    action: str = "list", name: str = "", *, limit: int = 20, desk: Desk | None = None
) -> ScheduleTable | ScheduleView | Sentence:
    """The schedules of all locations, whether they are on here, and when they are due next.

    ``show`` tells the next and the last ticks of one, with what became of them; ``on`` and ``off``
    turn it on and off in this store; ``dry-run`` says what a tick now would ask for, and launches
    nothing.
    """
    at = desk or current_desk()
    if action == "list":
        return _list(at, name)
    if not name:
        raise UsageError(f"schedules {action}", "which one is not said", _there_are(at.instance))
    return _ACTIONS[action](at, _named(at.instance, name), limit)


def _list(at: Desk, name: str) -> ScheduleTable:
    if name:
        raise UsageError(
            f"schedules list {name}", "it lists all", f"One: `{typed(f'schedules show {name}')}`."
        )
    found, now = known_schedules(at.instance), at.instance.clock.now()
    code = PinnedCode(at.instance)
    ahead = {each.id: code.changed(each) for each in found if each.is_on}
    table = ScheduleTable(found, at.instance.own.last_ticks(), now, _note(at), ahead)
    return table.living(at, "automation")


def _there_are(instance: Instance) -> str:
    names = ", ".join(each.record.name for each in known_schedules(instance))
    return f"There are: {names or 'none'}."


def _note(at: Desk) -> str:
    return daemon_note(at.instance)


def daemon_note(instance: Instance) -> str:
    """What to do if nobody fires what is due in this store; empty if somebody does."""
    lease = instance.own.lease()
    if lease is not None and is_alive(lease.holder) is not False:
        return ""
    return f"no daemon runs this store: start one by `{typed('daemon start')}`"


def schedule_lines(
    instance: Instance, known: KnownSchedule | None, record: ScheduleRecord
) -> list[str]:
    """What is said where a schedule is defined: when, what, and whether it is on."""
    now = instance.clock.now()
    lines = [f"{record.name}: {record.target}, {record.ticks.describe()}"]
    coming = [_local(each, record.timezone) for each in islice(record.ticks.after(now), 3)]
    lines.append(f"  next: {', '.join(coming)}")
    if known is not None and known.is_on:
        changed = PinnedCode(instance).changed(known)
        pinned = ", pinned to these cells" if known.bundle is not None and not changed else ""
        lines += [f"  on{pinned}", *(f"  {each}" for each in ahead_lines(known, changed))]
        if note := daemon_note(instance):
            lines.append(f"  {note}")
    else:
        lines.append(f"  off: `{typed(f'schedules on {record.name}')}` turns it on here")
    return lines


def _local(instant: datetime, zone: str) -> str:
    return f"{instant.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def _named(instance: Instance, name: str) -> KnownSchedule:
    every = known_schedules(instance)
    fitting = [each for each in every if name in (each.id, each.record.name)]
    if len(fitting) == 1:
        return fitting[0]
    names = [each.id for each in fitting] or [each.record.name for each in every]
    raise SelectionError(
        f"the schedule `{name}`",
        "several locations have one of that name" if fitting else "no location defines it",
        did_you_mean(name, names) or f"There are: {', '.join(names) or 'none'}.",
    )


def _show(at: Desk, known: KnownSchedule, limit: int) -> ScheduleView:
    store = at.instance.own
    at.instance.end_dead_runs()
    ticks = store.ticks(known.id, limit=limit)
    asked = [run_id for tick in ticks for run_id in tick.run_ids]
    runs = [run for each in asked for run in store.runs(beginning=each, limit=1)]
    requests = store.requests(known.id, since=ticks[-1].at) if asked else []
    coming = list(islice(known.record.ticks.after(at.instance.clock.now()), _NEXT))
    code, told = PinnedCode(at.instance), TickRuns(runs, requests)
    ahead, differences = code.changed(known), code.differences(known)
    return ScheduleView(known, coming, ticks, told, _note(at), ahead, differences)


def _on(at: Desk, known: KnownSchedule, limit: int) -> ScheduleView:
    bundle = snapshot = None
    if (live := live_at(at, known.location)) is not None:
        now, _, _ = live.standing()
        sources = live.run_sources(live.loaded(), now, needed=True)
        bundle, snapshot = sources.bundle, sources.snapshot
    at_now, own = at.instance.clock.now(), at.instance.own
    turned(own, known, at_now, on=True, bundle=bundle, snapshot=snapshot)
    return _show(at, _named(at.instance, known.id), limit)


def _off(at: Desk, known: KnownSchedule, limit: int) -> Sentence:
    turned(at.instance.own, known, at.instance.clock.now(), on=False)
    return Sentence(f"`{known.record.name}` is off in this store")


def _dry_run(at: Desk, known: KnownSchedule, limit: int) -> Sentence:
    answer = _answer(at, known)
    logs = answer.logs.splitlines()
    if answer.error:
        return Sentence("\n".join([f"a tick now would fail: {answer.error}", *logs]))
    if not answer.launches:
        said = answer.skip or "it gave no reason"
        return Sentence("\n".join([f"a tick now would run nothing: {said}", *logs]))
    runs = counted(len(answer.launches), "run")
    lines = [f"a tick now would ask for {runs}; nothing was launched:"]
    for run_key, launch in answer.launches:
        what: dict[str, Any] = {"run_key": run_key, "partition": launch.partition}
        what |= {"config": dict(launch.config), "tags": dict(launch.tags)}
        checks = ", ".join(f"check {each}" for each in launch.checks)
        target = checks or launch.job or launch.selection
        lines.append(f"  {asked_text(target, what)}")
    return Sentence("\n".join([*lines, *logs]))


def _answer(at: Desk, known: KnownSchedule) -> TickAnswer:
    """What a tick now asks for: by the living definition where this notebook has it."""
    from assetbook.surfaces.daemon_hands import LocationHands, answer_of

    if not known.record.calls:
        return TickAnswer(((None, own_launch(known)),))
    name, now = known.record.name, at.instance.clock.now()
    live = live_at(at, known.location)
    if live is not None and live.session.living_named("schedule", name) is not None:
        from assetbook.surfaces.tick_answer import tick_answer

        return answer_of(known, tick_answer(live, {"schedule": name, "at": now.isoformat()}))
    return LocationHands(at.instance).evaluate(known, now)


def live_at(at: Desk, location: str) -> LiveNotebook | None:
    """The notebook that lives here, if it is that location."""
    return at if isinstance(at, LiveNotebook) and (at.location or SCRATCH) == location else None


def asked_text(what: str, details: Mapping[str, Any]) -> str:
    """``revenue (run_key x, tags day=mon)``: what a request is for, and what it says."""
    said = []
    for name, value in details.items():
        if isinstance(value, Mapping) and name == "tags":
            value = ", ".join(f"{tag}={text}" for tag, text in value.items())
        if value:
            said.append(f"{name} {value}")
    return f"{what} ({', '.join(said)})" if said else what


_ACTIONS: Mapping[str, Callable[[Desk, KnownSchedule, int], ScheduleView | Sentence]] = {
    "show": _show,
    "on": _on,
    "off": _off,
    "dry-run": _dry_run,
}
