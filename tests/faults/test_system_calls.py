"""Faults at one system call after the other: the K-th sync, link, rename or write.

strace lets the K-th such call of a thread kill the process, or fail. The long matrices go on until
the program gets through, so that no instant between two calls is left out.
"""

from __future__ import annotations

import re
import shutil
import signal
from collections import Counter
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from tests.faults.conftest import make_project
from tests.faults.tracing import Traced
from tests.faults.verification import Witness
from tests.faults.warm_worker import Order, WarmWorker
from tests.faults.worker import AHEAD, CALLS

# value files and folders are synced by the one, the database by the other
FILE_SYNC, DATABASE_SYNC = "fsync", "fdatasync"
FILE_WRITE, DATABASE_WRITE = "write", "pwrite64"
FILE_NAME, DATABASE_NAME, KEY_NAME = "linkat", "rename", "link"

KILL = "signal=KILL"
DISK_ERROR = "error=EIO"
FULL_DISK = "error=ENOSPC"


def look_and_go_on(worker: WarmWorker, traced: Traced) -> None:
    witness = Witness(traced.project)
    assert witness.look(traced.lines) == []
    assert worker.run(Order(str(traced.project), str(traced.lines))) == 0
    assert witness.look(traced.lines, whole=True) == []


@dataclass(frozen=True)
class Instant:
    """The first call of a first run whose line matches ``where``, after one that matches ``after``.

    Which call of its thread that is, a run without a fault tells.
    """

    call: str
    where: str
    after: str = ""

    def find(self, record: str) -> int:
        """The place of the call among the thread's own calls of that name, from 1."""
        begun, counts = not self.after, Counter[str]()
        for line in record.splitlines():
            thread, _, rest = line.partition(" ")
            mine = rest.lstrip().startswith(f"{self.call}(")
            counts[thread] += mine
            if begun and mine and re.search(self.where, line):
                return counts[thread]
            begun = begun or re.search(self.after, line) is not None
        pytest.fail(f"no {self.call} at {self.where} among:\n{record}")

    def is_last(self, record: str) -> bool:
        """Whether the call at which a fault came to pass is this one."""
        calls = [line for line in record.splitlines() if f" {self.call}(" in line]
        hit = [line for line in calls if "(INJECTED)" in line] or calls[-1:]
        return bool(re.search(self.where, hit[0]))


STORE_IS_MADE = Instant(DATABASE_WRITE, r"/assetbook\.db\.new>")
FILE_IS_SYNCED = Instant(FILE_SYNC, r"/values/orders/\.[^/]*\.tmp>")
FILE_GETS_ITS_NAME = Instant(FILE_NAME, "/values/orders>")
IS_COMMITTED = Instant(
    DATABASE_WRITE, r"/assetbook\.db-wal>", r"fsync\([^)]*/values/orders>(\)| <unf)"
)


def hit(folder: Path, instant: Instant, fault: str) -> tuple[Traced, int]:
    """A new store after the fault at that instant, and the program's exit code."""
    calls = f"{instant.call},{FILE_SYNC}"
    # a write that fails once is tried again by each request of its batch; a full disk stays full
    on = "+" if fault == FULL_DISK else ""
    for number in range(10):  # which thread writes what differs from run to run
        rehearsal = Traced(make_project(folder / f"rehearsal{number}"), rounds=1)
        rehearsal.run(calls, ahead=instant.call)
        at = instant.find(rehearsal.record)
        traced = Traced(make_project(folder / f"project{number}"), rounds=1)
        code = traced.run(calls, f"{instant.call}:{fault}:when={at}{on}", ahead=instant.call)
        if instant.is_last(traced.record):
            return traced, code
        assert Witness(traced.project).look(traced.lines, whole=not code) == []
    pytest.fail(f"the fault never came at {instant}, at last:\n{traced.record}")


@pytest.mark.parametrize(
    ("instant", "fault"),
    [
        pytest.param(STORE_IS_MADE, FULL_DISK, id="disk-is-full-as-the-store-is-made"),
        pytest.param(FILE_IS_SYNCED, KILL, id="killed-as-its-file-is-synced"),
        pytest.param(FILE_GETS_ITS_NAME, KILL, id="killed-as-its-file-gets-its-name"),
        pytest.param(IS_COMMITTED, KILL, id="killed-as-it-is-committed"),
        pytest.param(FILE_IS_SYNCED, DISK_ERROR, id="disk-fails-as-its-file-is-synced"),
        pytest.param(IS_COMMITTED, FULL_DISK, id="disk-is-full-as-it-is-committed"),
    ],
)
def test_a_fault_at_a_system_call_loses_nothing(
    worker: WarmWorker, tmp_path: Path, instant: Instant, fault: str
) -> None:
    traced, code = hit(tmp_path, instant, fault)
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
    # the threads that write values make their first calls after as many of the main thread's:
    # those are met only once they count ahead of these
    for first in (1, AHEAD + 1) if call in CALLS else (1,):
        for at in count(first, step):
            traced = Traced(make_project(tmp_path / f"project{at}"), rounds=2)
            if first > AHEAD:  # there are versions that might be harmed
                assert worker.run(Order(str(traced.project), str(tmp_path / "before"))) == 0
            happened = traced.fault(call, fault, at, ahead=first > AHEAD)
            look_and_go_on(worker, traced)
            shutil.rmtree(traced.project)
            if not happened:
                break
        print(f"{fault} at {(at - first) // step} calls of {call}")
        assert at > first


@pytest.mark.long
def test_kills_at_each_sync_catch_a_naive_protocol(worker: WarmWorker, tmp_path: Path) -> None:
    wrong: list[str] = []
    naive = "value in place, then event"
    for at in count(AHEAD + 1):
        traced = Traced(make_project(tmp_path / f"project{at}"), 2, naive)
        before = Order(str(traced.project), str(tmp_path / "before"), protocol=naive)
        assert worker.run(before) == 0
        happened = traced.fault(FILE_SYNC, KILL, at, ahead=True)
        wrong = Witness(traced.project, latest_only=True).look(traced.lines)
        if wrong or not happened:
            break
    assert any("no readable value" in each for each in wrong)
