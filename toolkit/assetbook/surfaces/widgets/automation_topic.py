"""What happens by itself, as a page watches it: the daemon, schedules, sensors, backfills."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assetbook.automation.known_schedules import KnownSchedule, known_schedules
from assetbook.automation.known_sensors import KnownSensor, known_sensors
from assetbook.automation.pinned_code import PinnedCode, ahead_text
from assetbook.instance.instance import Instance
from assetbook.instance.pins import pins
from assetbook.instance.sensor_record import CONDITIONS_SENSOR
from assetbook.storage.automations import Tick
from assetbook.storage.process_identity import is_alive
from assetbook.storage.sources import Pin
from assetbook.surfaces.automation_status import holder_text
from assetbook.surfaces.backfills_verb import backfills
from assetbook.surfaces.desk import Desk
from assetbook.surfaces.display.backfill_view import BackfillTable
from assetbook.surfaces.display.formatting import every_text
from assetbook.surfaces.display.view import View
from assetbook.surfaces.scheduling import schedules
from assetbook.surfaces.sensing import sensors
from assetbook.surfaces.widgets.changes import Document

_BACKFILLS = 20
_TICKS = 60


def automation_document(desk: Desk, given: Mapping[str, Any]) -> Document:
    """The daemon, and by id the schedules, sensors and newest backfills, each with how it stands
    and its last tick."""
    instance = desk.instance
    last = instance.own.last_ticks()
    return {
        "daemon": _daemon(instance),
        "schedules": _schedules(instance, last),
        "sensors": _sensors(instance, last),
        "backfills": _backfills(desk),
    }


def automation_pulse(desk: Desk, given: Mapping[str, Any]) -> object:
    """Changes with what is on or pinned, each tick and backfill, and with who runs the store."""
    own = desk.instance.own
    lease, newest = own.lease(), own.backfills(limit=_BACKFILLS)
    states = {name: (each.on, each.pin, each.cursor) for name, each in own.automations().items()}
    holder = None if lease is None else (str(lease.holder), is_alive(lease.holder))
    counts = own.chunk_counts([each.id for each in newest])
    backfilled = [each.status for each in newest]
    return own.last_ticks(), states, own.pins(), holder, backfilled, counts


def ticks_of(desk: Desk, given: Mapping[str, Any]) -> Any:
    """One schedule or sensor (``given["kind"]``, ``given["id"]``): its next ticks, its last ones
    with what they asked for, and how its notebook differs from what it runs."""
    verb = sensors if given.get("kind") == "sensor" else schedules
    shown = verb("show", str(given.get("id")), limit=_TICKS, desk=desk)
    assert isinstance(shown, View), "`show` shows one"
    return shown.to_json()


def _daemon(instance: Instance) -> dict[str, Any]:
    lease = instance.own.lease()
    alive = lease is not None and is_alive(lease.holder) is not False
    # when it was last heard of changes each second: a page is told who it is, and since when
    said = holder_text(lease).partition(", last heard of")[0]
    return {"alive": alive, "said": said}


def _schedules(instance: Instance, last: Mapping[str, Tick]) -> dict[str, Any]:
    code, kept, now = PinnedCode(instance), pins(instance), instance.clock.now()
    return {
        each.id: {
            "name": each.record.name,
            "location": each.location,
            "on": each.is_on,
            "pin": _pin(each, kept),
            "what": each.record.target,
            "when": each.record.ticks.describe(),
            "zone": each.record.timezone,
            "next": each.next_tick(now),
            "ahead": ahead_text(code.changed(each)) if each.is_on else "",
            "last": _tick(last.get(each.id)),
        }
        for each in known_schedules(instance)
    }


def _sensors(instance: Instance, last: Mapping[str, Tick]) -> dict[str, Any]:
    code, kept = PinnedCode(instance), pins(instance)
    return {
        each.id: {
            "name": each.record.name,
            "location": each.location,
            "on": each.is_on,
            "pin": _pin(each, kept),
            "what": each.record.target or each.record.description,
            "when": f"every {every_text(each.record.seconds)}",
            "conditions": each.record.name == CONDITIONS_SENSOR,
            "cursor": None if each.record.name == CONDITIONS_SENSOR else each.state.cursor,
            "ahead": ahead_text(code.changed(each)) if each.is_on else "",
            "last": _tick(last.get(each.id)),
        }
        for each in known_sensors(instance)
    }


def _pin(known: KnownSchedule | KnownSensor, kept: Mapping[str, Pin]) -> dict[str, Any] | None:
    """What source it runs: its own, its location's pin, or None for what its notebook says."""
    if known.bundle is not None:
        return {"own": True}
    pin = kept.get(known.location)
    return None if pin is None else {"own": False, "at": pin.at, "by": pin.by}


def _tick(tick: Tick | None) -> dict[str, Any] | None:
    if tick is None:
        return None
    return {"at": tick.at, "status": tick.status, "message": tick.message}


def _backfills(desk: Desk) -> dict[str, Any]:
    table = backfills(limit=_BACKFILLS, desk=desk)
    assert isinstance(table, BackfillTable), "without an action it lists all"
    found = table.to_json()
    return {each["id"]: each for each in found}
