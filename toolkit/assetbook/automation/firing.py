"""The one process of a store that fires what is due, and launches what was asked for.

It reads snapshots and runs none of the author's code: a tick's functions and its runs are in
processes of their locations. A tick is committed with what it asks for; a request that waits is
launched under the run id that is kept for it, however often somebody dies meanwhile.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Literal, Protocol

from assetbook.automation.due_ticks import DueTick
from assetbook.automation.known_schedules import KnownSchedule, known_schedules, noted
from assetbook.automation.launches import Launch, TickAnswer, own_launch, requests_of
from assetbook.clock import Clock
from assetbook.errors import AssetbookError, ConflictError
from assetbook.instance.instance import Instance
from assetbook.storage.automations import RequestState, StoredRequest, Tick, TickStatus
from assetbook.storage.lease import Lease
from assetbook.storage.process_identity import current_process

_AT_ONCE = 500
"""Skipped ticks that one transaction records."""
_LAUNCHED_AT_ONCE = 4
_WAITING: tuple[RequestState, ...] = ("waiting",)
_log = logging.getLogger("assetbook.daemon")


class Hands(Protocol):
    """What reaches the processes of locations for the daemon."""

    def evaluate(self, known: KnownSchedule, at: datetime) -> TickAnswer:
        """What the functions of a schedule ask for at a tick. It may hang as long as its time limit
        lets it; whatever becomes of that process is in the answer."""
        ...

    def launch(self, request: StoredRequest, launch: Launch) -> str:
        """Returns when the run is recorded as started, or there was nothing to do, which the text
        says; raises AssetbookError for what keeps it from starting."""
        ...


@dataclass
class Daemon:
    """Fires ticks and launches runs, as long as it holds the store's lease."""

    instance: Instance
    hands: Hands
    lease_seconds: float = 15.0
    pause: float = 1.0
    """Seconds between two looks."""
    stop: threading.Event = field(default_factory=threading.Event)
    """Set to end it once what it is at is done."""
    _lease: Lease | None = None
    _renewed: float = 0.0

    @property
    def clock(self) -> Clock:
        """The instance's."""
        return self.instance.clock

    def run(self) -> None:
        """Waits for the lease, then works until it is stopped or loses that (ConflictError)."""
        self._lease = self._acquired()
        if self._lease is None:
            return
        try:
            while not self.stop.is_set():
                self.step()
                self.stop.wait(self.pause)
        finally:
            self.instance.own.release_lease(self._lease)

    def _acquired(self) -> Lease | None:
        """The lease, once it is free; None if it was stopped before that."""
        store = self.instance.own
        seen, since = store.lease(), self.clock.monotonic()
        while not self.stop.is_set():
            waited = self.clock.monotonic() - since >= self.lease_seconds
            try:
                return store.acquire_lease(current_process(), unchanged=seen if waited else None)
            except ConflictError as held:
                _log.info("waiting: %s", held.found)
            now = store.lease()
            if waited or _is_other(now, seen):
                seen, since = now, self.clock.monotonic()
            self.stop.wait(min(self.pause, self.lease_seconds / 5))
        return None

    def step(self) -> None:
        """One look: ticks that are due, then runs that wait to be launched, then what died."""
        self._renew()
        for known in known_schedules(self.instance):
            try:
                self._fire(noted(self.instance.own, known, self.clock.now()))
            except ConflictError:
                self._renew(at_once=True)  # raises if another daemon has taken over
        self._launch_waiting()
        self.instance.end_dead_runs()

    def _renew(self, *, at_once: bool = False) -> None:
        assert self._lease is not None, "the lease is acquired first"
        now = self.clock.monotonic()
        if at_once or now - self._renewed >= self.lease_seconds / 3:
            self._lease = self.instance.own.renew_lease(self._lease)
            self._renewed = now

    # -- ticks

    def _fire(self, known: KnownSchedule) -> None:
        """Records each tick that is due, and what those that run ask for."""
        due = known.due(self.clock.now())
        while batch := list(islice(due, _AT_ONCE)):
            for run_of in _apart(batch):
                if run_of[0].runs:
                    self._evaluate(known, run_of[0])
                else:
                    self._skip(known, run_of)
            self._renew()

    def _skip(self, known: KnownSchedule, ticks: list[DueTick]) -> None:
        assert self._lease is not None
        zone = known.record.timezone
        stored = [
            Tick(known.id, each.at, "missed", each.skipped or "", zone=zone) for each in ticks
        ]
        self.instance.own.record_ticks(self._lease, stored)

    def _evaluate(self, known: KnownSchedule, due: DueTick) -> None:
        assert self._lease is not None
        started = self.clock.now()
        if known.record.calls:
            answer = self.hands.evaluate(known, due.at)
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
        self._renew()
        receipt = self.instance.own.commit_tick(self._lease, tick, requests_of(answer))
        if receipt.is_new:
            _log.info("%s at %s: %s %s", known.id, due.at, tick.status, tick.message)

    # -- runs

    def _launch_waiting(self) -> None:
        waiting = self.instance.own.requests(states=_WAITING, limit=100)
        if len(waiting) == 1:
            self._launch(waiting[0])
        elif waiting:
            with ThreadPoolExecutor(_LAUNCHED_AT_ONCE) as pool:
                list(pool.map(self._launch, waiting))

    def _launch(self, request: StoredRequest) -> None:
        """Launches a request, or settles one whose run began before somebody died."""
        run_id, store = request.request.run_id, self.instance.own
        if store.runs(beginning=run_id, limit=1):
            self._settle(request, "launched", "")
            return
        try:
            said = self.hands.launch(request, Launch.from_json(request.request.launch))
        except AssetbookError as error:
            self._settle(request, "refused", f"{error.asked}: {error.found}")
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
