"""A run that was ended while its process stood still, or did not react, commits nothing late; one
that is only silent is left alone. Each has its control."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.contracts.store import canceling
from tests.faults.conftest import make_project
from tests.faults.naive_protocols import PROTOCOLS
from tests.faults.test_other_faults import activity_of
from tests.faults.warm_worker import Order, WarmWorker, environment
from tests.faults.worker import open_store

from assetbook import Instance, asset, materialize
from assetbook.errors import AssetbookError, RunEndedError
from assetbook.execution import time_limits
from assetbook.storage.sqlite_store import SqliteStore
from assetbook.storage.store import RunRecord

LEASE = 0.5


def canceled_while_stopped(worker: WarmWorker, order: Order) -> RunRecord:
    """The run of a worker that stood still for a lease, about to commit, when it was canceled."""
    pid = worker.start(order)
    instance = open_store(Path(order.project))
    until = time.monotonic() + 20
    while activity_of(pid) != "T":
        assert time.monotonic() < until
        time.sleep(0.01)
    (run,) = instance.runs()
    instance.store.commit([canceling(run.id)])
    instance.runs()
    time.sleep(LEASE + 0.1)
    (run,) = instance.runs()
    instance.close()
    os.kill(pid, signal.SIGCONT)
    return run


@pytest.mark.parametrize(("protocol", "versions"), [("assetbook", 0), ("no fence", 1)])
def test_a_run_canceled_while_it_was_stopped_cannot_commit_late(
    worker: WarmWorker, tmp_path: Path, protocol: str, versions: int
) -> None:
    project = make_project(tmp_path / "project", LEASE)
    order = Order(
        str(project),
        str(tmp_path / "lines"),
        protocol=protocol,
        crash="before the commit is asked for",
        signal=signal.SIGSTOP,
        assets=("orders",),
    )
    run = canceled_while_stopped(worker, order)
    assert (run.status, "has been stopped" in run.message) == ("canceled", True)
    worker.wait()
    instance = open_store(project)
    assert len(instance.versions("orders")) == versions
    assert [each.status for each in instance.runs()] == ["canceled"]
    instance.close()


def deaf_past_its_time(project: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Instance, object]:
    """The store after a run whose native code went on, deaf, when its time was over."""
    monkeypatch.setattr(time_limits, "GRACE", 0.1)
    instance = open_store(project)

    @asset
    def native() -> int:
        until = time.monotonic() + 20
        while instance.store.runs()[0].status == "started":
            assert time.monotonic() < until
            try:  # native code lets other threads run, and hears no interrupt
                hashlib.pbkdf2_hmac("sha256", b"a", b"b", 100_000)
            except KeyboardInterrupt:
                continue
        return 1

    try:
        materialize([native], instance=instance, timeout=0.1)
    except AssetbookError as error:
        return instance, error
    return instance, None


def test_a_run_whose_time_is_over_cannot_commit_late(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance, error = deaf_past_its_time(project, monkeypatch)
    assert isinstance(error, RunEndedError)
    assert "marked failed meanwhile; nothing of this was written" in str(error)
    assert instance.versions("native") == []
    (run,) = instance.runs()
    assert run.message == "took longer than 0.1 s, and did not react to an interrupt"
    instance.close()


def test_without_a_fence_it_commits_after_its_time(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SqliteStore, "commit", SqliteStore.commit)  # put back afterwards
    monkeypatch.setattr(time_limits.InterruptedAfter, "_expire", only_deaf)
    PROTOCOLS["no fence"]()
    instance, _ = deaf_past_its_time(project, monkeypatch)
    assert len(instance.versions("native")) == 1
    assert [run.status for run in instance.runs()] == ["failed"]
    instance.close()


def only_deaf(self: time_limits.InterruptedAfter) -> None:
    """Ends the run, and has nobody know: the interrupt that nothing heard is left out."""
    assert self._deaf is not None
    self.expired = True
    self._deaf()
    self.expired = False


GREEDY = """
import ctypes, sys, threading, time
from pathlib import Path
from assetbook import Instance, asset, materialize
beat = Path(sys.argv[1])

def beating():
    while True:
        beat.touch()
        time.sleep(0.02)

@asset
def greedy():
    threading.Thread(target=beating, daemon=True).start()
    time.sleep(0.2)
    ctypes.PyDLL(None).usleep(1_700_000)  # native code that lets no other thread run
    return 1

materialize([greedy], instance=Instance.get())
"""


def test_a_step_that_keeps_all_threads_still_for_three_leases_is_not_dead(tmp_path: Path) -> None:
    project, beat = make_project(tmp_path / "project", LEASE), tmp_path / "beat"
    process = subprocess.Popen(
        [sys.executable, "-c", GREEDY, str(beat)], cwd=project, env=environment()
    )
    instance = open_store(project)
    seen: set[str] = set()
    silence = 0.0
    while process.poll() is None:
        seen |= {run.status for run in instance.runs()}
        if beat.exists():
            silence = max(silence, time.time() - beat.stat().st_mtime)
        time.sleep(0.05)
    assert process.returncode == 0
    assert silence > 3 * LEASE  # who trusted in a heartbeat would have taken it for dead
    assert seen <= {"started", "success"}
    (run,) = instance.runs()
    assert (run.status, instance.value("greedy")) == ("success", 1)
    instance.close()
