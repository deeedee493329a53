"""Processes write one at a time, and each gets its turn."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from itertools import groupby
from pathlib import Path

import pytest

from assetbook.errors import StoreError
from assetbook.storage import write_lock
from assetbook.storage.write_lock import WriteLock

# newer Pythons warn of what is tested here: a fork beside other threads
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")


def fork(work: Callable[[], None]) -> int:
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    return child


def soon() -> float:
    return time.monotonic() + 10


def test_the_holder_keeps_others_out_and_is_named(tmp_path: Path) -> None:
    database, sign = tmp_path / "a.db", tmp_path / "held"

    def hold() -> None:
        with WriteLock(database).held(soon()):
            sign.touch()
            time.sleep(30)

    holder = fork(hold)
    while not sign.exists():
        time.sleep(0.001)
    lock = WriteLock(database)
    with (
        pytest.raises(StoreError, match=rf"a\.db: process {holder} has held its write lock"),
        lock.held(time.monotonic() + 0.05),
    ):
        pass
    os.kill(holder, signal.SIGKILL)
    os.waitpid(holder, 0)
    with lock.held(soon()):  # the kernel let go of it
        pass
    lock.close()


def test_a_stopped_holder_is_told_long_before_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hold() -> None:
        with WriteLock(tmp_path / "a.db").held(soon()):
            os.kill(os.getpid(), signal.SIGSTOP)

    monkeypatch.setattr(write_lock, "_STANDING", 0.2)
    holder = fork(hold)
    os.waitpid(holder, os.WUNTRACED)
    lock, began = WriteLock(tmp_path / "a.db"), time.monotonic()
    with (
        pytest.raises(StoreError, match=rf"If process {holder} is stopped, continue it"),
        lock.held(began + 30),
    ):
        pass
    assert 0.2 < time.monotonic() - began < 5
    os.kill(holder, signal.SIGCONT)
    os.waitpid(holder, 0)
    with lock.held(soon()):
        pass
    lock.close()


@pytest.mark.parametrize("processes", [2, 4])
def test_no_process_starves(tmp_path: Path, processes: int) -> None:
    ledger = tmp_path / "ledger"

    def write(name: str) -> Callable[[], None]:
        def work() -> None:
            lock = WriteLock(tmp_path / "a.db")
            (tmp_path / f"ready {name}").touch()
            while len(list(tmp_path.glob("ready *"))) < processes:
                time.sleep(0.001)
            stop = time.monotonic() + 0.6
            with ledger.open("ab", buffering=0) as file:
                while time.monotonic() < stop:
                    with lock.held(soon()):
                        file.write(name.encode())
                        time.sleep(0.0005)

        return work

    names = [str(number) for number in range(processes)]
    children = [fork(write(name)) for name in names]
    for child in children:
        os.waitpid(child, 0)
    # at the beginning and the end some are alone
    turns = ledger.read_text()
    together = turns[max(map(turns.index, names)) : min(map(turns.rindex, names)) + 1]
    assert len(together) > 50
    longest = max(len(list(row)) for _, row in groupby(together))
    # without the turn, rows of a hundred and more; with it about one, more on a busy machine
    assert longest <= 20, turns


def test_a_forked_child_does_not_let_go_of_its_parents_lock(tmp_path: Path) -> None:
    lock = WriteLock(tmp_path / "a.db")
    with lock.held(soon()):
        os.waitpid(fork(lock.close), 0)
        with (
            pytest.raises(StoreError, match=f"process {os.getpid()} has held"),
            WriteLock(tmp_path / "a.db").held(time.monotonic() + 0.02),
        ):
            pass
    lock.close()
