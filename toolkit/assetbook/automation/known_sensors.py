"""The sensors of a store, by the snapshots of its locations alone, and where each stands."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from msgspec import structs

from assetbook.automation.record_watch import RecordWatch
from assetbook.instance.automation_pin import AutomationPin, pin_of
from assetbook.instance.instance import Instance
from assetbook.instance.sensor_record import SensorRecord, sensor_id
from assetbook.instance.snapshot_pages import sensors_in
from assetbook.storage.automations import AutomationState
from assetbook.storage.store import Store


class KnownSensor(msgspec.Struct, frozen=True):
    """A sensor as its location's newest snapshot has it, and its state in this store."""

    location: str
    record: SensorRecord
    state: AutomationState

    @property
    def id(self) -> str:
        """What the store calls it."""
        return sensor_id(self.location, self.record.name)

    @property
    def is_on(self) -> bool:
        """Whether it is evaluated here."""
        return self.record.on if self.state.on is None else self.state.on

    @property
    def bundle(self) -> str | None:
        """The digest of the source that it is evaluated from; None for the location's own."""
        return pin_of(self.state).bundle

    @property
    def snapshot(self) -> str | None:
        """The digest of what was defined where that bundle was made; None if nobody said so."""
        return pin_of(self.state).snapshot

    @property
    def due_at(self) -> datetime | None:
        """From when on it may be evaluated again; None for at once."""
        last = self.state.evaluated_at
        return None if last is None else last + timedelta(seconds=self.record.seconds)

    def is_due(self, now: datetime) -> bool:
        """Whether it is on, and has rested as long as it is to."""
        return self.is_on and (self.due_at is None or self.due_at <= now)


class SensorWatch:
    """The sensors of a store for one who looks again and again."""

    def __init__(self, instance: Instance) -> None:
        self._records = RecordWatch(instance, sensors_in, sensor_id)

    def look(self) -> list[KnownSensor]:
        """The sensors of all locations, in the order of their names."""
        return [KnownSensor(*each) for each in self._records.look()]


def known_sensors(instance: Instance) -> list[KnownSensor]:
    """The sensors of all locations, in the order of their names."""
    return SensorWatch(instance).look()


def turned_sensor(
    store: Store,
    known: KnownSensor,
    now: datetime,
    *,
    on: bool,
    bundle: str | None = None,
    snapshot: str | None = None,
) -> AutomationState:
    """Turns a sensor on or off from now on; durable when it returns.

    ``bundle`` is the source that it and its runs are pinned to; None has them run what the location
    is pinned to, or says. ``snapshot`` is the digest of what was defined with it. Raises
    ConflictError if somebody turned it meanwhile.
    """
    pin = AutomationPin(bundle=bundle, snapshot=snapshot)
    after = structs.replace(known.state, on=on, since=now, pin=pin.text)
    return store.change_automation(known.state, after)
