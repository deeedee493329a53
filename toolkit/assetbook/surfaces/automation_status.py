"""What is on in a store, and who fires it: what the daemon's status and the overview have alike."""

from __future__ import annotations

from collections.abc import Iterator

from assetbook.automation.known_schedules import KnownSchedule, known_schedules
from assetbook.automation.known_sensors import KnownSensor, known_sensors
from assetbook.automation.pinned_code import PinnedCode, ahead_text
from assetbook.instance.instance import Instance
from assetbook.storage.lease import Lease
from assetbook.storage.process_identity import is_alive
from assetbook.surfaces.display.formatting import counted


def holder_text(lease: Lease | None) -> str:
    """Who runs the store, a sentence."""
    if lease is None:
        return "no daemon runs this store"
    said = f"{lease.holder}, since {lease.acquired_at:%Y-%m-%d %H:%M:%S} UTC"
    alive = is_alive(lease.holder)
    if alive is False:
        return f"the daemon is gone: {said}"
    return f"the daemon runs: {said}, last heard of at {lease.renewed_at:%H:%M:%S}"


def on_lines(instance: Instance) -> Iterator[str]:
    """How many schedules and sensors are on, when the first is due, and which of them run older
    code than their notebooks have."""
    schedules, sensors, now = (
        known_schedules(instance),
        known_sensors(instance),
        instance.clock.now(),
    )
    on = [each for each in schedules if each.is_on]
    coming = [each for known in on if (each := known.next_tick(now)) is not None]
    due = f", the next is due at {min(coming):%Y-%m-%d %H:%M} UTC" if coming else ""
    yield f"{len(on)} of {len(schedules)} schedules are on{due}"
    yield f"{sum(each.is_on for each in sensors)} of {len(sensors)} sensors are on"
    yield from ahead_of(instance)


def overview_line(instance: Instance) -> str:
    """The same in a few words; empty where nothing is to be fired, and nobody would."""
    schedules, sensors = known_schedules(instance), known_sensors(instance)
    lease = instance.own.lease()
    if lease is None and not schedules and not sensors:
        return ""
    alive = lease is not None and is_alive(lease.holder) is not False
    on = [
        f"{sum(each.is_on for each in some)} of {counted(len(some), name)} on"
        for some, name in ((schedules, "schedule"), (sensors, "sensor"))
        if some
    ]
    return ", ".join(["runs" if alive else "none runs this store", *on])


def ahead_of(instance: Instance, location: str | None = None) -> Iterator[str]:
    """Of those of a location (None: of all) that are on, how far their notebooks are ahead of what
    they run; a line each."""
    code = PinnedCode(instance)
    every: list[KnownSchedule | KnownSensor]
    every = [*known_schedules(instance), *known_sensors(instance)]
    for each in every:
        changed = code.changed(each) if each.is_on and location in (None, each.location) else ()
        if changed:
            yield f"{each.record.name} in {each.location}: {ahead_text(changed)}"
