"""Faults at one system call after the other: the K-th sync, link, rename or write.

strace lets the K-th such call of a thread kill the process, or fail. The long matrices go on until
the program gets through, so that no instant between two calls is left out.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from tests.faults.conftest import make_project
from tests.faults.verification import Witness
from tests.faults.warm_worker import REPOSITORY, Order, WarmWorker, environment

# value files and folders are synced by the one, the database by the other
FILE_SYNC, DATABASE_SYNC = "fsync", "fdatasync"
FILE_WRITE, DATABASE_WRITE = "write", "pwrite64"
FILE_NAME, DATABASE_NAME, KEY_NAME = "linkat", "rename", "link"

KILL = "signal=KILL"
DISK_ERROR = "error=EIO"
FULL_DISK = "error=ENOSPC"


@dataclass
class Traced:
    """A program that materializes all assets in a project, under strace."""

    project: Path
    rounds: int
    protocol: str = "assetbook"

    @property
    def lines(self) -> Path:
        """What it printed."""
        return self.project / "lines"

    def run(self, call: str, fault: str, at: int) -> tuple[int, bool]:
        """Its exit code, and whether the fault came to pass."""
        if shutil.which("strace") is None:
            pytest.fail("strace is not installed: apt-get install strace (make test-all does it)")
        record = self.project / "calls"
        options = ["-e", f"trace={call}", "-e", f"inject={call}:{fault}:when={at}"]
        program = [sys.executable, "-W", "ignore", "-m", "tests.faults.worker"]
        arguments = [str(self.project), f"--rounds={self.rounds}", f"--protocol={self.protocol}"]
        with self.lines.open("wb") as output:
            code = subprocess.run(
                ["strace", "-f", "-qq", "-o", record, *options, *program, *arguments],
                stdout=output,
                stderr=subprocess.DEVNULL,
                cwd=REPOSITORY,
                env=environment(),
                timeout=120,
            ).returncode
        text = record.read_text(encoding="utf-8", errors="replace")
        return code, code == -signal.SIGKILL or "(INJECTED)" in text


def look_and_go_on(worker: WarmWorker, traced: Traced) -> None:
    witness = Witness(traced.project)
    assert witness.look(traced.lines) == []
    assert worker.run(Order(str(traced.project), str(traced.lines))) == 0
    assert witness.look(traced.lines, whole=True) == []


@pytest.mark.parametrize(
    ("call", "fault", "at"),
    [  # of a first run in a new store, but for the first all while `orders` is stored
        pytest.param(DATABASE_WRITE, FULL_DISK, 57, id="disk-is-full-as-the-store-is-made"),
        pytest.param(FILE_SYNC, KILL, 4, id="killed-as-its-file-is-synced"),
        pytest.param(FILE_NAME, KILL, 1, id="killed-as-its-file-gets-its-name"),
        pytest.param(DATABASE_WRITE, KILL, 125, id="killed-as-it-is-committed"),
        pytest.param(FILE_SYNC, DISK_ERROR, 4, id="disk-fails-as-its-file-is-synced"),
        pytest.param(DATABASE_WRITE, FULL_DISK, 120, id="disk-is-full-as-it-is-committed"),
    ],
)
def test_a_fault_at_a_system_call_loses_nothing(
    worker: WarmWorker, project: Path, call: str, fault: str, at: int
) -> None:
    traced = Traced(project, rounds=1)
    code, happened = traced.run(call, fault, at)
    assert happened
    assert code == (-signal.SIGKILL if fault == KILL else 1)
    assert ("StoreError: " in traced.lines.read_text(encoding="utf-8")) == (fault != KILL)
    look_and_go_on(worker, traced)


@pytest.mark.long
@pytest.mark.parametrize(
    ("call", "fault", "step"),
    [
        *((call, KILL, 1) for call in (FILE_SYNC, FILE_WRITE, FILE_NAME, KEY_NAME)),
        *((call, KILL, 1) for call in (DATABASE_SYNC, DATABASE_WRITE, DATABASE_NAME)),
        (FILE_SYNC, DISK_ERROR, 1),
        (DATABASE_SYNC, DISK_ERROR, 1),
        (FILE_NAME, FULL_DISK, 1),
        (KEY_NAME, FULL_DISK, 1),
        # every n-th: a failed write is a failed write, wherever it is in its transaction
        (FILE_WRITE, FULL_DISK, 7),
        (DATABASE_WRITE, FULL_DISK, 7),
    ],
)
def test_a_fault_at_each_system_call_loses_nothing(
    worker: WarmWorker, tmp_path: Path, call: str, fault: str, step: int
) -> None:
    for at in count(1, step):
        traced = Traced(make_project(tmp_path / f"project{at}"), rounds=2)
        _, happened = traced.run(call, fault, at)
        look_and_go_on(worker, traced)
        shutil.rmtree(traced.project)
        if not happened:
            break
    print(f"{fault} at {at // step} calls of {call}")
    assert at > 1


@pytest.mark.long
def test_kills_at_each_sync_catch_a_naive_protocol(tmp_path: Path) -> None:
    wrong: list[str] = []
    for at in count(1):
        traced = Traced(make_project(tmp_path / f"project{at}"), 2, "value in place, then event")
        _, happened = traced.run(FILE_SYNC, KILL, at)
        wrong = Witness(traced.project, latest_only=True).look(traced.lines)
        if wrong or not happened:
            break
    assert any("no readable value" in each for each in wrong)
