"""The schedules of a store, by the snapshots of its locations alone, and where each stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

import msgspec
from msgspec import structs

from assetbook.automation.due_ticks import DueTick, due_ticks
from assetbook.automation.record_watch import RecordWatch
from assetbook.instance.automation_pin import AutomationPin, pin_of
from assetbook.instance.instance import Instance
from assetbook.instance.schedule_record import ScheduleRecord, schedule_id
from assetbook.instance.snapshot_pages import schedules_in
from assetbook.storage.automations import AutomationState
from assetbook.storage.store import Store


class KnownSchedule(msgspec.Struct, frozen=True):
    """A schedule as its location's newest snapshot has it, and its state in this store."""

    location: str
    record: ScheduleRecord
    state: AutomationState

    @property
    def id(self) -> str:
        """What the store calls it."""
        return schedule_id(self.location, self.record.name)

    @property
    def is_on(self) -> bool:
        """Whether its ticks run here."""
        return self.record.on if self.state.on is None else self.state.on

    @property
    def bundle(self) -> str | None:
        """The digest of the source that its runs are pinned to; None for the location's own."""
        return pin_of(self.state).bundle

    @property
    def snapshot(self) -> str | None:
        """The digest of what was defined where that bundle was made; None if nobody said so."""
        return pin_of(self.state).snapshot

    @property
    def last(self) -> datetime | None:
        """The instant after which its ticks count; None where nobody has looked at it yet."""
        known = [each for each in (self.state.since, self.state.evaluated_at) if each is not None]
        return max(known, default=None)

    def due(self, now: datetime) -> Iterator[DueTick]:
        """Its ticks up to now that nobody recorded, from the earliest on."""
        if not self.is_on or self.last is None:
            return iter(())
        return due_ticks(self.record.ticks, self.last, now, self.record.on_missed)

    def next_tick(self, now: datetime) -> datetime | None:
        """When it is due next; None for one that is off."""
        return next(self.record.ticks.after(now), None) if self.is_on else None


def known_schedules(instance: Instance) -> list[KnownSchedule]:
    """The schedules of all locations, in the order of their names."""
    return ScheduleWatch(instance).look()


class ScheduleWatch:
    """The schedules of a store for one who looks again and again: what is as it was is not decoded
    or counted out anew."""

    def __init__(self, instance: Instance) -> None:
        self._records = RecordWatch(instance, schedules_in, schedule_id)
        self._first: dict[str, tuple[ScheduleRecord, datetime, datetime | None]] = {}

    def look(self) -> list[KnownSchedule]:
        """The schedules of all locations, in the order of their names."""
        return [KnownSchedule(*each) for each in self._records.look()]

    def next_due(self, known: KnownSchedule) -> datetime | None:
        """The first tick that nobody recorded, maybe past; None for one that is off, or of which
        ``noted`` has not made sure since when it counts."""
        if not known.is_on or known.last is None:
            return None
        before = self._first.get(known.id)
        if before is None or before[:2] != (known.record, known.last):
            first = next(known.record.ticks.after(known.last), None)
            before = self._first[known.id] = known.record, known.last, first
        return before[2]


def _when(record: ScheduleRecord) -> str:
    return json.dumps([*record.cron, record.timezone])


def turned(
    store: Store,
    known: KnownSchedule,
    now: datetime,
    *,
    on: bool,
    bundle: str | None = None,
    snapshot: str | None = None,
) -> AutomationState:
    """Turns a schedule on or off from now on; durable when it returns.

    ``bundle`` is the source that its runs are pinned to; None has them run what the location is
    pinned to, or says. ``snapshot`` is the digest of what was defined with it. Raises ConflictError
    if somebody turned it meanwhile.
    """
    pin = AutomationPin(bundle=bundle, snapshot=snapshot, when=_when(known.record))
    after = structs.replace(known.state, on=on, since=now, pin=pin.text)
    return store.change_automation(known.state, after)


def noted(store: Store, known: KnownSchedule, now: datetime) -> KnownSchedule:
    """The schedule with what the store has to know of it before its ticks count: since when it is
    looked at, and by which cron lines; after these were edited nothing that is past is due.
    One that is off is left: when it is turned on says since when."""
    if not known.is_on:
        return known
    pin = pin_of(known.state)
    if known.last is not None and pin.when in (None, _when(known.record)):
        return known
    after = structs.replace(
        known.state, since=now, pin=structs.replace(pin, when=_when(known.record)).text
    )
    return structs.replace(known, state=store.change_automation(known.state, after))
