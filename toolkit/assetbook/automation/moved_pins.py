"""What a location's schedules and sensors run once its pin has moved."""

from __future__ import annotations

from msgspec import structs

from assetbook.automation.known_schedules import KnownSchedule, known_schedules
from assetbook.automation.known_sensors import KnownSensor, known_sensors
from assetbook.errors import ConflictError
from assetbook.instance.automation_pin import pin_of
from assetbook.instance.instance import Instance
from assetbook.storage.automations import AutomationState

_TRIES = 5


def follow_pin(instance: Instance, location: str, bundle: str, snapshot: str | None) -> list[str]:
    """Has those that are on and run a source of their own run the one that the location is pinned
    to now; their names. Durable when it returns.

    Raises ConflictError if one of them is changed by others again and again.
    """
    moved = []
    known: list[KnownSchedule | KnownSensor] = [*known_schedules(instance)]
    known += known_sensors(instance)
    for each in known:
        if each.location == location and each.is_on and each.bundle not in (None, bundle):
            _move(instance, each.state, bundle, snapshot)
            moved.append(each.record.name)
    return moved


def _move(instance: Instance, state: AutomationState, bundle: str, snapshot: str | None) -> None:
    for left in reversed(range(_TRIES)):  # a tick may be recorded meanwhile
        moved = structs.replace(pin_of(state), bundle=bundle, snapshot=snapshot)
        try:
            instance.own.change_automation(state, structs.replace(state, pin=moved.text))
            return
        except ConflictError:
            if not left:
                raise
            state = instance.own.automation(state.automation)
