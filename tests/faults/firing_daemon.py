"""The program of two real daemons on one store, whose clock runs fast and now and then jumps.

Both are forked from one process that has everything imported; now and then one is killed. What they
launch is recorded as started. The control launches first and commits the tick afterwards.
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
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.automation.stored_schedules import SHOP, RecordingHands, define, record, turn_on
from tests.faults.warm_worker import REPOSITORY, environment

from assetbook.automation.due_ticks import DueTick
from assetbook.automation.firing import Daemon
from assetbook.automation.known_schedules import KnownSchedule
from assetbook.automation.launches import own_launch
from assetbook.errors import ConflictError
from assetbook.instance.instance import Instance
from assetbook.keys import new_run_id
from assetbook.storage.automations import LaunchRequest, StoredRequest

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SCHEDULES = 10
JUMPS = (timedelta(0), timedelta(hours=-1), timedelta(hours=1), timedelta(days=-1))
"""By which the clock is off, one after the other; to the last minute it is right again."""
_LEASE = 0.5  # seconds
_BETWEEN = 0.005
"""Seconds between the control's launch and its commit."""


@dataclass(frozen=True)
class Plan:
    """What is due, and what happens to those who do it."""

    folder: Path
    minutes: int
    """Each schedule is due so often."""
    seconds: float
    """For how long the clock goes through them."""
    kills: int = 0
    seed: int = 0
    launching_first: bool = False

    @property
    def due(self) -> set[str]:
        """What is asked for by all ticks."""
        every = [BEGIN + n * MINUTE for n in range(1, self.minutes + 1)]
        names = [f"{SHOP}:schedule_{number}" for number in range(SCHEDULES)]
        return {f"{name} {at:%Y-%m-%d %H:%M}" for name in names for at in every}


def fire_all(plan: Plan) -> None:
    """Returns when two daemons have gone through all that is due."""
    program = [sys.executable, "-W", "ignore", "-m", "tests.faults.firing_daemon"]
    numbers = plan.minutes, plan.seconds, plan.kills, plan.seed, int(plan.launching_first)
    given = [str(plan.folder), *map(str, numbers)]
    subprocess.run([*program, *given], cwd=REPOSITORY, env=environment(), check=True, timeout=900)


class JumpingClock:
    """Goes from BEGIN to the last minute in so many seconds, for every process alike, and is off
    by one of the jumps in each eighth of that time but the last ones."""

    def __init__(self, plan: Plan) -> None:
        self._began = time.monotonic()
        self._plan = plan

    def now(self) -> datetime:
        """The instant, never after the last minute."""
        share = min(1.0, (time.monotonic() - self._began) / self._plan.seconds)
        right = BEGIN + share * (self._plan.minutes + 0.5) * MINUTE
        jump = JUMPS[int(share * 8) % len(JUMPS)] if share < 0.75 else timedelta(0)
        return min(right + jump, BEGIN + (self._plan.minutes + 0.5) * MINUTE)

    def monotonic(self) -> float:
        """The computer's."""
        return time.monotonic()


class LaunchingFirst(Daemon):
    """Launches what a tick asks for before it is committed."""

    def _evaluate(self, known: KnownSchedule, due: DueTick) -> None:
        request = StoredRequest(0, known.id, due.at, LaunchRequest(new_run_id(), ""))
        self.hands.launch(request, own_launch(known))
        time.sleep(_BETWEEN)
        super()._evaluate(known, due)

    def _launch_waiting(self) -> None:
        pass


class _Pair:
    """The two processes, by their pids."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._clock = JumpingClock(plan)
        self._chance = random.Random(plan.seed)
        self._pids = [self._forked(), self._forked()]

    def kill(self) -> None:
        """Kills one after the other, all through the time that the clock takes."""
        began = time.monotonic()
        for number in range(self._plan.kills):
            until = self._plan.seconds * (number + self._chance.random()) / self._plan.kills
            time.sleep(max(0.0, began + until - time.monotonic()))
            victim = self._chance.choice(self._pids)
            os.kill(victim, signal.SIGKILL)
            os.waitpid(victim, 0)
            self._pids.remove(victim)
            self._pids.append(self._forked())

    def wait(self) -> bool:
        """Whether both that were left ended well."""
        ends = [os.waitstatus_to_exitcode(os.waitpid(each, 0)[1]) for each in self._pids]
        return not any(ends)

    def _forked(self) -> int:
        child = os.fork()
        if child:
            return child
        code = 1
        try:
            self._work()
            code = 0
        except BaseException:
            sys.excepthook(*sys.exc_info())
            raise
        finally:
            os._exit(code)

    def _work(self) -> None:
        instance = Instance.open(self._plan.folder)
        instance.clock = self._clock
        kind = LaunchingFirst if self._plan.launching_first else Daemon
        daemon = kind(instance, RecordingHands(instance), lease_seconds=_LEASE, pause=0.01)
        step = daemon.step

        def step_until_done() -> float:
            if _is_done(instance, self._plan):
                daemon.end()
            return step()

        daemon.step = step_until_done  # type: ignore[method-assign]
        while not _is_done(instance, self._plan):
            try:
                daemon.run()
            except ConflictError:  # another one took over while this one stood
                continue
            return


def _is_done(instance: Instance, plan: Plan) -> bool:
    last = BEGIN + plan.minutes * MINUTE
    states = instance.own.automations().values()
    done = all(each.evaluated_at is not None and each.evaluated_at >= last for each in states)
    return done and (plan.launching_first or not instance.own.requests(states=["waiting"], limit=1))


def main(arguments: Sequence[str]) -> int:
    """0 if both that were left ended well."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("minutes", type=int)
    parser.add_argument("seconds", type=float)
    for name in ("kills", "seed", "launching_first"):
        parser.add_argument(name, type=int)
    given = vars(parser.parse_args(arguments))
    plan = Plan(**{**given, "launching_first": bool(given["launching_first"])})
    instance = Instance.open(plan.folder)
    define(instance, *(record(f"schedule_{n}", on_missed="all") for n in range(SCHEDULES)))
    turn_on(instance, BEGIN)
    instance.close()
    pair = _Pair(plan)
    pair.kill()
    return 0 if pair.wait() else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
