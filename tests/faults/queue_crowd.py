"""The program of several processes whose runs take turns, some of which are killed meanwhile.

All are forked from one process that has everything imported. Each step, while it runs, holds one of
as many file locks as there may be steps at a time, which the kernel takes back from the dead: a
step that finds none was one too many.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.faults import worker
from tests.faults.warm_worker import REPOSITORY, environment

from assetbook import asset, materialize
from assetbook.events.run_events import RunStarted
from assetbook.execution.pool_slots import PoolSlots
from assetbook.execution.run_queue import Limits
from assetbook.planning.steps import Step
from assetbook.storage.turns import PoolSlot

AT_ONCE = 2
_LONGEST_STEP = 0.015  # seconds
_BETWEEN_KILLS = 0.15  # seconds at most
_BETWEEN = 0.002
"""Seconds between a naive look and what it leads to."""
TOO_MANY = "too many"
"""The file to which steps write that were one too many."""


def take_turns(
    project: Path, workers: int, rounds: int, *, kills: int = 0, seed: int = 0, naive: bool = False
) -> None:
    """Returns when each of so many processes has made its asset so many times, counted from the
    first call for this project.

    Meanwhile ``kills`` processes are killed; another takes the place of each, for what is left of
    its rounds. The ``naive`` ones look whether it is their turn, and then take it.
    """
    program = [sys.executable, "-W", "ignore", "-m", "tests.faults.queue_crowd", str(project)]
    numbers = [str(each) for each in (workers, rounds, kills, seed, int(naive))]
    subprocess.run([*program, *numbers], cwd=REPOSITORY, env=environment(), check=True, timeout=600)


@contextmanager
def _one_of(project: Path) -> Iterator[None]:
    """Holds one of the locks; notes it if there is none to be had."""
    for number in range(AT_ONCE):
        file = os.open(project / f"place {number}", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            continue
        yield
        os.close(file)
        return
    with (project / TOO_MANY).open("a", encoding="utf-8") as noted:
        noted.write(f"{os.getpid()}\n")
    yield


def _work(project: Path, number: int, rounds: int, seed: int) -> None:
    chance = random.Random(seed)

    @asset(name=f"made_{number}", pool="place")
    def made() -> int:
        with _one_of(project):
            time.sleep(chance.random() * _LONGEST_STEP)
        return number

    instance = worker.open_store(project)
    done = project / f"rounds {number}"
    for _ in range(rounds - (len(done.read_bytes()) if done.exists() else 0)):
        materialize([made], force=True, instance=instance)
        with done.open("ab") as counted:
            counted.write(b".")
    instance.close()


def _forked(work: Callable[[], None]) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        code = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
        raise
    finally:
        os._exit(code)


class _Crowd:
    """The processes at work, by their pids."""

    def __init__(self, project: Path, workers: int, rounds: int, seed: int) -> None:
        self._given = project, rounds
        self._chance = random.Random(seed)
        self._numbers: dict[int, int] = {}
        for number in range(workers):
            self._start(number)

    def _start(self, number: int) -> None:
        (project, rounds), seed = self._given, self._chance.getrandbits(32)
        self._numbers[_forked(lambda: _work(project, number, rounds, seed))] = number

    def kill_one(self) -> None:
        """After a moment kills one of them and starts another in its place."""
        time.sleep(self._chance.random() * _BETWEEN_KILLS)
        victim = self._chance.choice(sorted(self._numbers))
        os.kill(victim, signal.SIGKILL)
        os.waitpid(victim, 0)
        self._start(self._numbers.pop(victim))

    def wait(self) -> bool:
        """Whether all that were left alone ended well."""
        ends = [os.waitstatus_to_exitcode(os.waitpid(each, 0)[1]) for each in self._numbers]
        return not any(ends)


def _be_naive() -> None:
    """Whether there is room is looked at before the transaction that takes it."""

    def start(self: Limits, run: RunStarted) -> bool:
        if len(self.store.runs(statuses=["started"])) < AT_ONCE:
            time.sleep(_BETWEEN)
            self.store.commit([run])
            return True
        return self.store.start_in_turn(run, lambda live: False)

    def take(self: PoolSlots, step: Step, pool: str, limit: int) -> bool:
        self._asked.add(step.name)
        slot = PoolSlot(pool, self._run_id, step.name)
        free = sum(each.taken for each in self._of_pool(pool)) < limit
        time.sleep(_BETWEEN)
        return free and self._limits.store.take_slot(slot, lambda live: True)  # type: ignore[union-attr]

    Limits.start = start  # type: ignore[method-assign]
    PoolSlots._take = take  # type: ignore[method-assign]


def main(arguments: Sequence[str]) -> int:
    """0 if all that were not killed ended well."""
    parser = argparse.ArgumentParser()
    parser.add_argument("project", type=Path)
    for name in ("workers", "rounds", "kills", "seed", "naive"):
        parser.add_argument(name, type=int)
    given = parser.parse_args(arguments)
    if given.naive:
        _be_naive()
    crowd = _Crowd(given.project, given.workers, given.rounds, given.seed)
    for _ in range(given.kills):
        crowd.kill_one()
    return 0 if crowd.wait() else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
