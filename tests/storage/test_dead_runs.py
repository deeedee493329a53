"""Runs whose process died are found; runs that live are left alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.contracts.store import NOON, RUN, ended, materialized, started

from assetbook.clock import ManualClock
from assetbook.errors import ConflictError
from assetbook.storage import memory_tables
from assetbook.storage.dead_runs import DeadRuns
from assetbook.storage.memory_store import MemoryStore
from assetbook.storage.process_identity import activity, current_process
from assetbook.storage.sqlite_store import SqliteStore

# a runner that hangs shows where, and ends
RUNNER = """
import faulthandler, sys, time
faulthandler.dump_traceback_later(30, exit=True)
from pathlib import Path
from assetbook.storage.sqlite_store import SqliteStore
from tests.contracts.store import started
store = SqliteStore(Path(sys.argv[1]))
store.commit([started()])
print("started", flush=True)
faulthandler.cancel_dump_traceback_later()
time.sleep(60)
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path / "assetbook.db")
    yield store
    store.close()


@pytest.fixture
def runner(store: SqliteStore) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", RUNNER, str(store.path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_killed_run_is_marked_failed_and_fenced(
    store: SqliteStore, runner: subprocess.Popen[str]
) -> None:
    dead_runs = DeadRuns(store, lease=1.0, clock=ManualClock(NOON))
    assert dead_runs.mark(live=[]) == []
    runner.send_signal(signal.SIGKILL)
    runner.wait()
    ((run, message),) = dead_runs.mark(live=[])
    assert (run.id, message) == (RUN, f"process {runner.pid} on {run.owner.host} died while it ran")
    (now,) = store.runs()
    assert (now.status, now.message, now.ended_at) == ("failed", message, NOON)
    with pytest.raises(ConflictError, match="marked failed"):
        store.commit([materialized()], fence=RUN)
    assert dead_runs.mark(live=[]) == []


def stand(runner: subprocess.Popen[str], store: SqliteStore) -> None:
    runner.send_signal(signal.SIGSTOP)
    until = time.monotonic() + 5
    while not (doing := activity(store.runs()[0].owner)) or not doing.stopped:
        assert time.monotonic() < until


def test_a_run_that_stands_for_a_whole_lease_is_dead(
    store: SqliteStore, runner: subprocess.Popen[str]
) -> None:
    clock = ManualClock()
    dead_runs = DeadRuns(store, lease=30.0, clock=clock)
    stand(runner, store)
    assert dead_runs.find(live=[]) == []
    clock.advance(29.9)
    assert dead_runs.find(live=[]) == []
    clock.advance(0.1)
    assert [dead.message.split(" has ")[1] for dead in dead_runs.find(live=[])] == [
        "been stopped for 30 s"
    ]


def test_a_run_that_goes_on_gets_a_new_lease(
    store: SqliteStore, runner: subprocess.Popen[str]
) -> None:
    clock = ManualClock()
    dead_runs = DeadRuns(store, lease=30.0, clock=clock)
    stand(runner, store)
    dead_runs.find(live=[])
    runner.send_signal(signal.SIGCONT)
    until = time.monotonic() + 5
    while (doing := activity(store.runs()[0].owner)) and doing.stopped:
        assert time.monotonic() < until
    clock.advance(31)
    assert dead_runs.find(live=[]) == []
    stand(runner, store)
    assert dead_runs.find(live=[]) == []


def test_a_silent_living_run_is_never_dead(
    store: SqliteStore, runner: subprocess.Popen[str]
) -> None:
    clock = ManualClock()
    dead_runs = DeadRuns(store, lease=1.0, clock=clock)
    for _ in range(3):
        clock.advance(1e6)
        assert dead_runs.find(live=[]) == []


def test_a_run_of_this_process_lives_while_it_says_so() -> None:
    store = MemoryStore()
    store.commit([started(), started("ffff")])
    dead_runs = DeadRuns(store, lease=1.0, clock=ManualClock())
    ((run, message),) = dead_runs.mark(live=[RUN])
    assert run.id == "ffff"
    assert message == f"{current_process()} no longer runs it"
    assert [each.status for each in store.runs()] == ["failed", "started"]


def test_a_run_that_cannot_be_seen_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = replace(current_process(), host="elsewhere", boot="another")
    monkeypatch.setattr(memory_tables, "current_process", lambda: elsewhere)
    store = MemoryStore()
    store.commit([started()])
    assert DeadRuns(store, lease=0.0, clock=ManualClock()).find(live=[]) == []


@pytest.mark.parametrize(
    ("boot", "dead"), [("another", ["before the store was moved or copied here"]), ("", [])]
)
def test_a_store_of_one_host_has_no_runs_of_others(
    monkeypatch: pytest.MonkeyPatch, boot: str, dead: list[str]
) -> None:
    here = current_process()
    elsewhere = replace(here, host="elsewhere", boot=boot or here.boot, namespace="another")
    monkeypatch.setattr(memory_tables, "current_process", lambda: elsewhere)
    store = MemoryStore()
    store.commit([started()])
    found = DeadRuns(store, lease=0.0, clock=ManualClock(), one_host=True).find(live=[])
    assert [each.message.split(" ran it, ")[1] for each in found] == dead


def test_a_run_that_ends_meanwhile_is_not_marked() -> None:
    class EndsMeanwhile(DeadRuns):
        def find(self, live):  # type: ignore[no-untyped-def]
            dead = super().find(live)
            store.commit([ended()])
            return dead

    store = MemoryStore()
    store.commit([started()])
    assert EndsMeanwhile(store, lease=1.0, clock=ManualClock()).mark(live=[]) == []
    assert store.runs()[0].status == "success"
    assert os.getpid() == store.runs()[0].owner.pid
