"""Bells wake those who wait, and leave nothing behind of those who died."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from assetbook.storage.doorbell import Doorbell
from assetbook.storage.process_identity import ProcessIdentity, current_process

LISTENER = """
import sys, time
from pathlib import Path
from assetbook.storage.doorbell import Doorbell
from assetbook.storage.process_identity import current_process
bell = Doorbell(Path(sys.argv[1])).listen()
print(current_process().text, flush=True)
bell.wait(60)
print("rung", flush=True)
time.sleep(60)
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "assetbook.db"


def pipes(database: Path) -> list[Path]:
    """The pipes of all who wait."""
    return list(database.parent.glob("*-waiting/*"))


class Listener:
    """Another process that waits."""

    def __init__(self, database: Path) -> None:
        command = [sys.executable, "-c", LISTENER, str(database)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.identity = ProcessIdentity.from_text(self.process.stdout.readline().strip())

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


def test_ringing_without_anybody_makes_nothing(database: Path) -> None:
    Doorbell(database).ring()
    assert list(database.parent.iterdir()) == []


def test_a_ring_wakes_another_process(database: Path) -> None:
    with closing(Listener(database)) as other:
        Doorbell(database).ring()
        assert other.process.stdout is not None
        assert other.process.stdout.readline() == "rung\n"


def test_a_bell_that_nobody_rings_waits_its_time(database: Path) -> None:
    with closing(Doorbell(database).listen()) as bell:
        began = time.monotonic()
        bell.wait(0.1)
        assert time.monotonic() - began >= 0.1


def test_the_death_of_a_process_wakes_who_waits_for_it(database: Path) -> None:
    with closing(Listener(database)) as other, closing(Doorbell(database).listen()) as bell:
        began = time.monotonic()
        bell.wait(0.1, [other.identity])
        assert time.monotonic() - began >= 0.1
        other.process.kill()
        bell.wait(30, [other.identity, current_process()])
        other.process.wait()
        bell.wait(30, [other.identity])  # dead already
        assert time.monotonic() - began < 10


def test_the_pipe_of_a_dead_process_is_removed(database: Path) -> None:
    with closing(Listener(database)) as other:
        assert len(pipes(database)) == 1
        other.close()
        Doorbell(database).ring()
        assert pipes(database) == []


def test_a_closed_bell_leaves_nothing(database: Path) -> None:
    bell = Doorbell(database).listen()
    bell.close()
    assert pipes(database) == []


def test_a_pipe_that_is_full_still_wakes_once(database: Path) -> None:
    doorbell = Doorbell(database)
    with closing(doorbell.listen()) as bell:
        for _ in range(70_000):
            doorbell.ring()
        bell.wait(10)
        began = time.monotonic()
        bell.wait(0.05)
        assert time.monotonic() - began >= 0.05
