"""The one process of a store that fires what is due, and launches what was asked for.

It reads snapshots and runs none of the author's code: a tick's functions and its runs are in
processes of their locations. A tick is committed with what it asks for; a request that waits is
launched under the run id that is kept for it, however often somebody dies meanwhile.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Literal, Protocol

from assetbook.automation.alarm import Alarm
from assetbook.automation.alerts.alerting import Alerting
from assetbook.automation.backfill_work import BackfillWork
from assetbook.automation.daily_care import DailyCare
from assetbook.automation.due_ticks import DueTick
from assetbook.automation.heartbeat import Heartbeat
from assetbook.automation.in_flight import InFlight
from assetbook.automation.known_schedules import KnownSchedule, ScheduleWatch, noted
from assetbook.automation.known_sensors import KnownSensor, SensorWatch
from assetbook.automation.launches import Launch, TickAnswer, own_launch, requests_of
from assetbook.automation.leaving import LeftToAnother
from assetbook.automation.sensing import SensorHands, due_groups, evaluate_group
from assetbook.clock import Clock
from assetbook.errors import AssetbookError, ConflictError, CorruptStoreError, StoreError
from assetbook.instance.instance import Instance
from assetbook.keys import RunId
from assetbook.storage.automations import RequestState, StoredRequest, Tick, TickStatus
from assetbook.storage.lease import Lease
from assetbook.storage.process_identity import current_process
from assetbook.storage.run_record import RunStatus

_AT_ONCE = 500
"""Skipped ticks that one transaction records."""
_EVALUATED_AT_ONCE = 8
_LAUNCHED_AT_ONCE = 4
_LAUNCHED_AGAIN = 10.0
"""Seconds after which a run is launched again that the store's own trouble kept from it."""
_PATIENCE = 10.0
"""Seconds that functions have to answer once the daemon is to end."""
_MOST_QUEUED = 8
"""Each run that is queued is a process that waits: no more are started beside so many."""
_QUEUED: tuple[RunStatus, ...] = ("queued",)
_WAITING: tuple[RequestState, ...] = ("waiting",)
_log = logging.getLogger("assetbook.daemon")


class Hands(SensorHands, Protocol):
    """What reaches the processes of locations for the daemon."""

    def evaluate(self, known: KnownSchedule, at: datetime) -> TickAnswer:
        """What the functions of a schedule ask for at a tick. It may hang as long as its time limit
        lets it; whatever becomes of that process is in the answer."""
        ...

    def launch(self, request: StoredRequest, launch: Launch) -> str:
        """Returns when the run is recorded as started, or there was nothing to do, which the text
        says; raises AssetbookError for what keeps it from starting."""
        ...

    def abandon(self) -> None:
        """Ends the processes that evaluate something: who waits for them gets LeftToAnother."""
        ...


@dataclass
class Daemon:
    """Fires ticks and launches runs, as long as it holds the store's lease."""

    instance: Instance
    hands: Hands
    lease_seconds: float = 15.0
    pause: float = 1.0
    """Seconds between two looks, if nothing is due before."""

    def __post_init__(self) -> None:
        self._alarm = Alarm()
        self._care = DailyCare(self.instance)
        self._caring = InFlight(1)
        self._alerting = Alerting(self.instance, lambda: self.lease)
        self._is_over = False
        self._watch = ScheduleWatch(self.instance)
        self._sensors = SensorWatch(self.instance)
        self._evaluating = InFlight(_EVALUATED_AT_ONCE)
        self._apart: set[str] = set()
        """The ids of sensors that are asked by themselves, since others ended with them."""
        self._launching = InFlight(_LAUNCHED_AT_ONCE)
        self._not_before: dict[RunId, float] = {}
        """From when on runs are launched again that the store's own trouble kept from it."""
        self._backfills = BackfillWork(self.instance, self.hands.launch, self._may_go_on)
        self._held: Heartbeat

    @property
    def clock(self) -> Clock:
        """The instance's."""
        return self.instance.clock

    def run(self) -> None:
        """Waits for the lease, then works until it is stopped or loses that (ConflictError)."""
        lease = self._acquired()
        if lease is None:
            return
        with self.hold(lease):
            while not self._is_over:
                self._alarm.wait(self.step())
            self._evaluating.finish(_PATIENCE, self.hands.abandon)
            self._launching.finish()
            self._backfills.finish()
            self._caring.finish()
            self._alerting.finish()

    def hold(self, lease: Lease) -> Heartbeat:
        """Has it work under ``lease``, which is kept as long as the heartbeat is entered."""
        self._held = Heartbeat(self.instance.own, lease, self.lease_seconds / 3)
        return self._held

    @property
    def lease(self) -> Lease:
        """Under which it works; raises ConflictError once another process has taken it."""
        return self._held.lease

    def _may_go_on(self) -> bool:
        return not self._is_over and self._held.is_kept

    @property
    def is_busy(self) -> bool:
        """Whether something goes on beside its looks."""
        return bool(self._evaluating or self._launching or self._caring)

    def end(self) -> None:
        """Has it end once what it is at is done; also from a signal's handler."""
        self._is_over = True
        self._alarm.ring()

    def _acquired(self) -> Lease | None:
        """The lease, once it is free; None if it was stopped before that."""
        store = self.instance.own
        seen, since = store.lease(), self.clock.monotonic()
        told = None
        while not self._is_over:
            waited = self.clock.monotonic() - since >= self.lease_seconds
            try:
                return store.acquire_lease(current_process(), unchanged=seen if waited else None)
            except ConflictError as held:
                if held.found != told:
                    told = held.found
                    _log.info("waiting: %s", told)
            now = store.lease()
            if waited or _is_other(now, seen):
                seen, since = now, self.clock.monotonic()
            self._alarm.wait(min(self.pause, self.lease_seconds / 5))
        return None

    def step(self) -> float:
        """One look: what is due, then runs that wait to be launched, then what died.

        Gives the seconds after which there is something to do again, ``pause`` at most.
        """
        self._evaluating.settle()
        self._launching.settle()
        coming = [self._looked_at(known) for known in self._watch.look()]
        self._look_at_sensors()
        self._launch_waiting()
        self._backfills.look(self._alarm.ring)
        self._caring.settle()
        if self._care.is_due():
            self._caring.start("daily care", self._care.work, self._alarm.ring)
        self._alerting.look()
        self.instance.end_dead_runs()
        next_due = min(filter(None, coming), default=None)
        if next_due is None:
            return self.pause
        return max(0.0, min(self.pause, (next_due - self.clock.now()).total_seconds()))

    # -- ticks

    def _looked_at(self, known: KnownSchedule) -> datetime | None:
        """When the schedule is due next, once what is due of it by now is on its way."""
        if known.id in self._evaluating:
            return None
        try:
            known = noted(self.instance.own, known, self.clock.now())
        except ConflictError:  # somebody turned it meanwhile: the next look sees how
            return None
        due = self._watch.next_due(known)
        if due is None or due > self.clock.now():
            return due
        if known.record.calls:
            self._evaluating.start(known.id, partial(self._ask_and_fire, known), self._alarm.ring)
        else:
            self._fire(known)
        return None

    def _look_at_sensors(self) -> None:
        """Has those evaluated that are due, beside the next looks."""
        for group in due_groups(self._sensors.look(), self.clock.now(), self._apart):
            if group.name not in self._evaluating:
                work = partial(self._evaluate_sensors, group.sensors)
                self._evaluating.start(group.name, work, self._alarm.ring)

    def _evaluate_sensors(self, group: Sequence[KnownSensor]) -> None:
        with suppress(LeftToAnother):
            evaluate_group(self.instance, self.hands, lambda: self.lease, group, self._apart)

    def _ask_and_fire(self, known: KnownSchedule) -> None:
        """The same as ``_fire``; what nobody answered is due again for the next daemon."""
        with suppress(LeftToAnother):
            self._fire(known)

    def _fire(self, known: KnownSchedule) -> None:
        """Records each tick that is due, and what those that run ask for."""
        due = known.due(self.clock.now())
        while batch := list(islice(due, _AT_ONCE)):
            for run_of in _apart(batch):
                if run_of[0].runs:
                    self._evaluate(known, run_of[0])
                else:
                    self._skip(known, run_of)

    def _skip(self, known: KnownSchedule, ticks: list[DueTick]) -> None:
        zone = known.record.timezone
        stored = [
            Tick(known.id, each.at, "missed", each.skipped or "", zone=zone) for each in ticks
        ]
        self.instance.own.record_ticks(self.lease, stored)

    def _evaluate(self, known: KnownSchedule, due: DueTick) -> None:
        started = self.clock.now()
        if known.record.calls:
            answer = self._answered(known, due.at)
        else:
            answer = TickAnswer(((None, own_launch(known)),))
        status: TickStatus = "requested" if answer.launches else "skipped"
        tick = Tick(
            known.id,
            due.at,
            "failed" if answer.error else status,
            answer.error or answer.skip,
            started,
            self.clock.now(),
            known.record.timezone,
            answer.logs,
        )
        receipt = self.instance.own.commit_tick(self.lease, tick, requests_of(answer))
        if receipt.is_new:
            _log.info("%s at %s: %s %s", known.id, due.at, tick.status, tick.message)

    def _answered(self, known: KnownSchedule, at: datetime) -> TickAnswer:
        try:
            return self.hands.evaluate(known, at)
        except LeftToAnother:
            raise
        except Exception as error:  # noqa: BLE001 - one schedule is not to end what fires all others
            _log.exception("%s at %s", known.id, at)
            return TickAnswer(error=f"{type(error).__name__}: {error}")

    # -- runs

    def _launch_waiting(self) -> None:
        """Starts to launch what waits, the earliest first, unless many runs are queued as it is."""
        waiting = self.instance.own.requests(states=_WAITING, limit=2 * _LAUNCHED_AT_ONCE)
        now = self.clock.monotonic()
        new = [
            each
            for each in waiting
            if each.request.run_id not in self._launching
            and self._not_before.get(each.request.run_id, now) <= now
        ]
        if not new or len(self.instance.own.runs(statuses=_QUEUED, limit=_MOST_QUEUED)) >= (
            _MOST_QUEUED
        ):
            return
        for request in new:
            self._launching.start(
                request.request.run_id, partial(self._launch, request), self._alarm.ring
            )

    def _launch(self, request: StoredRequest) -> None:
        """Launches a request, or settles one whose run began before somebody died."""
        run_id, store = request.request.run_id, self.instance.own
        if store.runs(beginning=run_id, limit=1):
            self._settle(request, "launched", "")
            return
        try:
            said = self.hands.launch(request, Launch.from_json(request.request.launch))
        except CorruptStoreError as error:
            self._settle(request, "refused", f"{error.asked}: {error.found}")
            return
        except StoreError as error:  # as while the disk is full: the run waits on
            _log.warning("%s: run %s waits: %s", request.automation, run_id, error.found)
            self._not_before[run_id] = self.clock.monotonic() + _LAUNCHED_AGAIN
            return
        except AssetbookError as error:
            self._settle(request, "refused", f"{error.asked}: {error.found}")
            return
        except Exception as error:  # noqa: BLE001 - one run is not to end what launches all others
            _log.exception("%s: run %s", request.automation, run_id)
            self._settle(request, "refused", f"{type(error).__name__}: {error}")
            return
        self._settle(request, "launched", said)

    def _settle(
        self, request: StoredRequest, state: Literal["launched", "refused"], message: str
    ) -> None:
        _log.info("%s: run %s %s %s", request.automation, request.request.run_id, state, message)
        self.instance.own.settle_request(request.request.run_id, state, message)


def _is_other(now: Lease | None, seen: Lease | None) -> bool:
    if now is None or seen is None:
        return now is not seen
    return (now.token, now.heartbeat) != (seen.token, seen.heartbeat)


def _apart(ticks: list[DueTick]) -> Iterator[list[DueTick]]:
    """Each tick that runs by itself, those that do not in one."""
    skipped: list[DueTick] = []
    for each in ticks:
        if not each.runs:
            skipped.append(each)
            continue
        if skipped:
            yield skipped
            skipped = []
        yield [each]
    if skipped:
        yield skipped
