"""What is read of schedules, sensors and the runs that they ask for."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from datetime import datetime

from assetbook.automation.alerts.alert import PREFIX
from assetbook.automation.alerts.due_alerts import Refused, Watched
from assetbook.automation.alerts.known_assets import KnownAssets
from assetbook.automation.known_schedules import KnownSchedule, ScheduleWatch
from assetbook.automation.known_sensors import KnownSensor, SensorWatch
from assetbook.automation.launches import Launch
from assetbook.instance.instance import Instance
from assetbook.storage.automations import StoredRequest, Tick

_PAGE = 500


class Watch:
    """Reads what is new of them, for one who looks again and again."""

    def __init__(self, instance: Instance, known: KnownAssets) -> None:
        self._store = instance.own
        self._known = known
        self._schedules = ScheduleWatch(instance)
        self._sensors = SensorWatch(instance)
        self._watched: dict[str, Watched] = {}

    def new_ticks(
        self, looked: Mapping[str, datetime], since: datetime
    ) -> Iterator[tuple[Watched, list[Tick]]]:
        """By automation, the ticks after the last one that was looked at, or else after ``since``,
        from the earliest on."""
        for name, state in self._store.automations().items():
            last = looked.get(name, since)
            if name.startswith(PREFIX) or state.evaluated_at is None or state.evaluated_at <= last:
                continue
            yield self._named(name), self._after(name, last)

    def _after(self, automation: str, last: datetime) -> list[Tick]:
        found: list[Tick] = []
        while True:
            older = found[-1] if found else None
            page = self._store.ticks(automation, older_than=older, limit=_PAGE)
            new = [tick for tick in page if tick.at > last]
            found += new
            if len(new) < _PAGE:
                return found[::-1]

    def refused(self, after: int) -> tuple[list[Refused], int]:
        """The requests with ids above ``after`` that were refused, and the id up to which none
        waits any more."""
        found = self._store.requests(after=after)
        waiting = [each.id for each in found if each.state == "waiting"]
        floor = min(waiting) - 1 if waiting else max((each.id for each in found), default=after)
        return [self._refused(each) for each in found if each.state == "refused"], floor

    def locations(self) -> set[str]:
        """Those of which a schedule or sensor is on."""
        every: list[KnownSchedule | KnownSensor] = [*self._schedules.look(), *self._sensors.look()]
        return {each.location for each in every if each.is_on}

    def _refused(self, stored: StoredRequest) -> Refused:
        launch = Launch.from_json(stored.request.launch)
        return Refused(
            stored.id,
            stored.request.run_id,
            stored.at,
            stored.message,
            f"job {launch.job}" if launch.job else launch.selection,
            launch.location,
            self._known.target_of(launch.location, launch.selection, launch.job),
            _command(launch.location, launch.selection, launch.job, launch.partition),
        )

    def _named(self, automation: str) -> Watched:
        if automation not in self._watched:
            self._watched = {each.id: self._of_schedule(each) for each in self._schedules.look()}
            self._watched |= {each.id: _of_sensor(each) for each in self._sensors.look()}
        return self._watched.get(automation) or Watched(automation, automation, "")

    def _of_schedule(self, known: KnownSchedule) -> Watched:
        record, location = known.record, known.location
        return Watched(
            known.id,
            f"schedule {record.name}",
            location,
            self._known.target_of(location, record.selection, record.job),
            _command(location, record.selection, record.job, record.partition),
            f"assetbook schedules dry-run {shlex.quote(record.name)}",
        )


def _of_sensor(known: KnownSensor) -> Watched:
    name = shlex.quote(known.record.name)
    look = f"assetbook sensors dry-run {name}"
    return Watched(
        known.id, f"sensor {known.record.name}", known.location, known.record.selection, look, look
    )


def _command(location: str, selection: str, job: str, partition: str) -> str:
    """What runs it from a shell."""
    if job:
        return f"assetbook launch {shlex.quote(location)} {shlex.quote(job)}"
    words = f"assetbook materialize {shlex.quote(location)} {shlex.quote(selection)}"
    return f"{words} --partition {shlex.quote(partition)}" if partition else words
