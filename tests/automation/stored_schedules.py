"""Schedules in a store without a notebook: a snapshot that holds them, and hands that run nothing
of anybody's code."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from assetbook.automation.known_schedules import KnownSchedule, known_schedules, turned
from assetbook.automation.launches import Launch, TickAnswer
from assetbook.errors import ConflictError
from assetbook.events.parts import Origin
from assetbook.events.run_events import RunStarted
from assetbook.instance.asset_record import Snapshot
from assetbook.instance.instance import Instance
from assetbook.instance.schedule_record import ScheduleRecord
from assetbook.instance.snapshots import remember
from assetbook.storage.automations import StoredRequest

SHOP = "shop.ipynb"


def record(name: str, cron: str = "* * * * *", **more: object) -> ScheduleRecord:
    """A schedule of the asset ``one``."""
    return ScheduleRecord(name=name, cron=(cron,), selection="one", **more)  # type: ignore[arg-type]


def define(instance: Instance, *records: ScheduleRecord, location: str = SHOP) -> None:
    """Stores what the location defines from now on."""
    at = instance.clock.now()
    remember(instance, Snapshot(location=location, at=at, schedules=records), {})


def turn_on(instance: Instance, since: datetime | None = None) -> None:
    """Turns on all that are off, as of then."""
    for known in known_schedules(instance):
        if not known.is_on:
            turned(instance.own, known, since or instance.clock.now(), on=True)


@dataclass
class RecordingHands:
    """Starts a run by recording that it started, asked for by its tick."""

    instance: Instance
    answers: Callable[[KnownSchedule, datetime], TickAnswer] = lambda known, at: TickAnswer()
    launched: list[Launch] = field(default_factory=list)
    mutex: threading.Lock = field(default_factory=threading.Lock)

    def evaluate(self, known: KnownSchedule, at: datetime) -> TickAnswer:
        """As the test says."""
        return self.answers(known, at)

    def abandon(self) -> None:
        """Nothing of it is in processes."""

    def launch(self, request: StoredRequest, launch: Launch) -> str:
        """The run is recorded as started."""
        started = RunStarted(
            at=request.at,
            run_id=request.request.run_id,
            asked=f"{request.automation} {request.at:%Y-%m-%d %H:%M}",
            steps=(),
            origin=Origin(kind="schedule"),
        )
        with self.mutex:
            self.launched.append(launch)
        with suppress(ConflictError):  # another daemon has started it, and was killed then
            self.instance.own.commit([started])
        return ""
