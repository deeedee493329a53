"""The program of two daemons on one store, of which one at a time fires what is due.

Their clock runs fast, and is the same for both. Each launches a run by recording its start, tagged
with the tick. Both are forked from one process that has everything imported; now and then one is
killed, or stopped for longer than a lease.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace
from tests.faults.warm_worker import REPOSITORY, environment

from assetbook.errors import ConflictError
from assetbook.events.parts import Origin
from assetbook.events.run_events import RunStarted
from assetbook.keys import RunId, new_run_id
from assetbook.storage.automations import LaunchRequest, Tick
from assetbook.storage.lease import Lease
from assetbook.storage.process_identity import current_process
from assetbook.storage.sqlite_store import SqliteStore

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
EVERY = timedelta(minutes=1)
SCHEDULES = 10
_LEASE = 0.15  # seconds without a heartbeat, after which a stopped holder loses its lease
_PAUSE = 0.003
_BETWEEN = 0.002
"""Seconds between a naive look and what it leads to."""


@dataclass(frozen=True)
class Plan:
    """What is due, and what happens to those who do it."""

    database: Path
    minutes: int
    """Each schedule is due so often."""
    seconds: float
    """For how long the clock goes through them."""
    kills: int = 0
    stops: int = 0
    seed: int = 0
    naive: bool = False

    @property
    def due(self) -> set[str]:
        """The names of all ticks."""
        every = range(self.minutes)
        return {_tag(_name(each), BEGIN + n * EVERY) for each in range(SCHEDULES) for n in every}


def fire_all(plan: Plan) -> None:
    """Returns when two daemons have gone through all that is due."""
    program = [sys.executable, "-W", "ignore", "-m", "tests.faults.tick_daemon"]
    numbers = plan.minutes, plan.seconds, plan.kills, plan.stops, plan.seed, int(plan.naive)
    given = [str(plan.database), *map(str, numbers)]
    subprocess.run([*program, *given], cwd=REPOSITORY, env=environment(), check=True, timeout=600)


def _name(number: int) -> str:
    return f"shop.ipynb:schedule_{number}"


def _tag(automation: str, at: datetime) -> str:
    return f"{automation} {at:%d %H:%M}"


class _FastClock:
    """Goes from BEGIN through all minutes in so many seconds, for every process alike."""

    def __init__(self, plan: Plan) -> None:
        self._began = time.monotonic()
        self._speed = plan.minutes * EVERY / plan.seconds

    def now(self) -> datetime:
        """The instant."""
        return BEGIN + (time.monotonic() - self._began) * self._speed


class _Daemon:
    """One process that fires what is due while it has the lease."""

    def __init__(self, plan: Plan, clock: _FastClock, store: SqliteStore) -> None:
        self._plan = plan
        self._clock = clock
        self._store = store
        self._last = BEGIN + (plan.minutes - 1) * EVERY

    def work(self) -> None:
        """Until nothing is due any more."""
        while not self._is_done():
            lease = self._acquired()
            with suppress(ConflictError):  # another one has taken over
                while not self._is_done():
                    lease = self._store.renew_lease(lease)
                    self.fire(lease)
                    time.sleep(_PAUSE)
                self._store.release_lease(lease)

    def work_naively(self) -> None:
        """The same without lease or transaction: looks, launches, and then writes it down."""
        while not self._is_done():
            for number in range(SCHEDULES):
                before = self._store.automation(_name(number))
                for at in self._due(before.evaluated_at):
                    time.sleep(_BETWEEN)
                    self._start(new_run_id(), _name(number), at)
                    with suppress(ConflictError):
                        after = replace(before, evaluated_at=at)
                        before = self._store.change_automation(before, after)

    def fire(self, lease: Lease) -> None:
        """Commits the ticks that are due, then launches what waits."""
        for number in range(SCHEDULES):
            for at in self._due(self._store.automation(_name(number)).evaluated_at):
                request = LaunchRequest(new_run_id(), "{}")
                tick = Tick(_name(number), at, "requested")
                self._store.commit_tick(lease, tick, [request])
        self.launch()

    def launch(self) -> None:
        """Starts the runs that wait: one that was started before is not started again."""
        for each in self._store.requests(states=["waiting"]):
            self._start(each.request.run_id, each.automation, each.at)
            with suppress(ConflictError):  # said by another one before it was stopped
                self._store.settle_request(each.request.run_id, "launched")

    def _start(self, run_id: RunId, automation: str, at: datetime) -> None:
        started = RunStarted(
            at=at,
            run_id=run_id,
            asked=_tag(automation, at),
            steps=(),
            origin=Origin(kind="schedule"),
        )
        with suppress(ConflictError):
            self._store.commit([started])

    def _due(self, evaluated_at: datetime | None) -> list[datetime]:
        first = BEGIN if evaluated_at is None else evaluated_at + EVERY
        until = min(self._clock.now(), self._last)
        return [first + n * EVERY for n in range(max(0, (until - first) // EVERY + 1))]

    def _is_done(self) -> bool:
        states = self._store.automations()
        return (
            len(states) == SCHEDULES
            and all(each.evaluated_at == self._last for each in states.values())
            and not self._store.requests(states=["waiting"], limit=1)
        )

    def _acquired(self) -> Lease:
        seen, since = self._store.lease(), time.monotonic()
        while True:
            waited = time.monotonic() - since >= _LEASE
            try:
                return self._store.acquire_lease(
                    current_process(), unchanged=seen if waited else None
                )
            except ConflictError:
                time.sleep(_PAUSE)
            now = self._store.lease()
            if now != seen:
                seen, since = now, time.monotonic()


class _Pair:
    """The two processes, by their pids."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._clock = _FastClock(plan)
        self._chance = random.Random(plan.seed)
        self._pids = [self._forked(), self._forked()]

    def disturb(self) -> None:
        """Kills and stops them, all through the time that the clock takes."""
        faults = ["kill"] * self._plan.kills + ["stop"] * self._plan.stops
        self._chance.shuffle(faults)
        for number, fault in enumerate(faults):
            until = self._plan.seconds * (number + self._chance.random()) / len(faults)
            time.sleep(max(0.0, self._began + until - time.monotonic()))
            victim = self._chance.choice(self._pids)
            if fault == "kill":
                self._kill(victim)
            else:
                os.kill(victim, signal.SIGSTOP)
                time.sleep(_LEASE * 1.5)
                os.kill(victim, signal.SIGCONT)

    def wait(self) -> bool:
        """Whether both that were left ended well."""
        ends = [os.waitstatus_to_exitcode(os.waitpid(each, 0)[1]) for each in self._pids]
        return not any(ends)

    @property
    def _began(self) -> float:
        return self._clock._began

    def _kill(self, victim: int) -> None:
        os.kill(victim, signal.SIGKILL)
        os.waitpid(victim, 0)
        self._pids.remove(victim)
        self._pids.append(self._forked())

    def _forked(self) -> int:
        child = os.fork()
        if child:
            return child
        code = 1
        try:
            with closing(SqliteStore(self._plan.database)) as store:
                daemon = _Daemon(self._plan, self._clock, store)
                daemon.work_naively() if self._plan.naive else daemon.work()
            code = 0
        except BaseException:
            sys.excepthook(*sys.exc_info())
            raise
        finally:
            os._exit(code)


def main(arguments: Sequence[str]) -> int:
    """0 if both that were left ended well."""
    parser = argparse.ArgumentParser()
    parser.add_argument("database", type=Path)
    parser.add_argument("minutes", type=int)
    parser.add_argument("seconds", type=float)
    for name in ("kills", "stops", "seed", "naive"):
        parser.add_argument(name, type=int)
    given = vars(parser.parse_args(arguments))
    pair = _Pair(Plan(**{**given, "naive": bool(given["naive"])}))
    pair.disturb()
    return 0 if pair.wait() else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
