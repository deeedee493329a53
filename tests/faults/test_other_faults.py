"""Faults of other kinds: no right to write, values and libraries that fail, interrupts, rivals.

Promises 4, 5, 10 and 25.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest
from tests.faults.conftest import make_project
from tests.faults.small_disk import run_on_small_disk
from tests.faults.verification import Acknowledged, Witness
from tests.faults.warm_worker import Order, WarmWorker
from tests.faults.worker import open_store

from assetbook import Instance, asset, materialize
from assetbook.errors import MissingLibraryError, UnstorableValueError
from assetbook.events.asset_events import AssetMaterialized
from assetbook.execution import handing_on
from assetbook.keys import RunId
from assetbook.storage import write_queue
from assetbook.storage.store import RunRecord


@pytest.fixture
def instance(project: Path) -> Iterator[Instance]:
    opened = open_store(project)
    yield opened
    opened.close()


@pytest.mark.parametrize("scenario", ["read_only_store", "read_only_values"])
def test_a_read_only_folder_is_a_clear_error(tmp_path: Path, scenario: str) -> None:
    found = run_on_small_disk(scenario, tmp_path, megabytes=12)
    assert str(tmp_path / "project" / ".assetbook") in found["said"]
    assert "writable for this user" in found["said"]
    assert found.get("status", "failed") == "failed"
    assert "cannot be written" in found.get("message", "cannot be written")
    assert found["wrong_after"] == []


def test_a_value_that_cannot_be_stored_fails_its_run_alone(instance: Instance) -> None:
    @asset
    def orders() -> object:
        return returned[0]

    returned: list[object] = [{"amount": 1}]
    materialize([orders], instance=instance, force=True)
    returned[0] = object()
    with pytest.raises(UnstorableValueError, match="the value of `orders`: it is an object"):
        materialize([orders], instance=instance, force=True)
    failed, good = instance.runs()
    assert (failed.status, good.status) == ("failed", "success")
    assert "the value of `orders`" in failed.message
    assert instance.value("orders") == {"amount": 1}
    assert len(instance.versions("orders")) == 1


def test_a_missing_library_is_named_and_costs_no_version(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    @asset
    def orders() -> object:
        return pl.DataFrame({"amount": [1, 2]})

    @asset
    def total(orders: object) -> int:
        raise AssertionError("it runs without its input")

    materialize([orders], instance=instance)
    with monkeypatch.context() as patched:
        patched.setitem(sys.modules, "polars", None)
        with pytest.raises(MissingLibraryError, match="polars is not installed"):
            materialize([orders, total], instance=instance, selection="total")
        assert instance.runs()[0].status == "failed"
        assert instance.value("orders", as_type=pd.DataFrame)["amount"].tolist() == [1, 2]
    assert instance.versions("total") == []
    assert instance.value("orders")["amount"].to_list() == [1, 2]


def test_an_interrupt_stops_user_code_and_cancels_the_run(instance: Instance) -> None:
    @asset
    def before() -> int:
        return 1

    @asset
    def slow(before: int) -> int:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(30)
        return 2

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        materialize([before, slow], instance=instance)
    assert time.monotonic() - began < 10
    (run,) = instance.runs()
    assert (run.status, run.message) == ("canceled", "interrupted")
    assert instance.value("before") == 1
    assert instance.versions("slow") == []


def interrupted_amid_its_commit(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many versions an asset has after an interrupt inside the transaction of its first."""

    @asset
    def orders() -> int:
        return 1

    def done_amid(connection: Any, working: Any) -> bool:
        done = all_done(connection, working)
        if any(isinstance(work.args[0][0], AssetMaterialized) for _, work in working):
            os.kill(os.getpid(), signal.SIGINT)
        return done

    all_done = write_queue._all_done
    monkeypatch.setattr(write_queue, "_all_done", done_amid)
    with pytest.raises(KeyboardInterrupt):
        materialize([orders], instance=instance)
    monkeypatch.undo()
    return len(instance.versions("orders"))


def test_an_interrupt_that_a_library_has_wrapped_cancels_the_run(instance: Instance) -> None:
    @asset
    def orders() -> int:
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt as interrupt:  # as Python 3.11 while a class is made
            raise RuntimeError("Error calling __set_name__") from interrupt

    with pytest.raises(KeyboardInterrupt):
        materialize([orders], instance=instance)
    assert instance.runs()[0].status == "canceled"


def test_an_interrupt_lets_a_commit_in_progress_finish(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert interrupted_amid_its_commit(instance, monkeypatch) == 1
    assert instance.value("orders") == 1
    assert [run.status for run in instance.runs()] == ["canceled"]


def test_an_interrupt_that_is_not_held_back_undoes_the_commit(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_queue, "InterruptsDeferred", nullcontext)
    monkeypatch.setattr(handing_on, "interrupts_held", nullcontext)
    assert interrupted_amid_its_commit(instance, monkeypatch) == 0


def test_two_processes_that_materialize_one_asset_lose_nothing(
    worker: WarmWorker, project: Path, tmp_path: Path
) -> None:
    lines = [tmp_path / "lines one", tmp_path / "lines other"]
    orders = [Order(str(project), str(each), 100, assets=("orders",), rows=500) for each in lines]
    with WarmWorker() as other:
        worker.start(orders[0])
        other.start(orders[1])
        assert [worker.wait(), other.wait()] == [0, 0]
    witness = Witness(project)
    assert [wrong for each in lines for wrong in witness.look(each)] == []
    assert (witness.acknowledged, witness.versions) == (200, 200)
    instance = open_store(project)
    newest, *earlier = instance.versions("orders")
    assert newest.event_id > max(each.event_id for each in earlier)
    assert instance.latest_materialization("orders") == newest
    assert interleaved([version.run_id for version in instance.versions("orders")], lines[0])
    instance.close()


def interleaved(runs: list[RunId], lines: Path) -> bool:
    """Whether versions of the process that wrote ``lines`` stand between the other's."""
    own = set(Acknowledged.read(lines).versions.values())
    return sum((one in own) != (next_ in own) for one, next_ in pairwise(runs)) > 5


ADD_ONE = """
import json, os, sys
for _ in range(2_000):
    with open(sys.argv[1]) as file:
        version = json.load(file) + 1
    beside = f"{sys.argv[1]}.{os.getpid()}"
    with open(beside, "w") as file:
        json.dump(version, file)
    os.replace(beside, sys.argv[1])
"""


def test_two_processes_that_read_then_write_a_number_lose_versions(tmp_path: Path) -> None:
    number = tmp_path / "number"
    number.write_text("0", encoding="utf-8")
    both = [subprocess.Popen([sys.executable, "-c", ADD_ONE, str(number)]) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert json.loads(number.read_text(encoding="utf-8")) < 4_000


def test_a_run_that_lives_is_left_alone_past_its_lease(
    worker: WarmWorker, project: Path, tmp_path: Path
) -> None:
    lines = tmp_path / "lines"
    worker.start(Order(str(project), str(lines), rounds=1_000))
    instance = open_store(project)
    until = time.monotonic() + 2.5  # leases are of one second
    while time.monotonic() < until:
        assert "failed" not in [run.status for run in instance.runs()]
        time.sleep(0.1)
    instance.close()
    worker.kill()
    assert Witness(project).look(lines) == []


def stopped_past_its_lease(worker: WarmWorker, order: Order, lease: float) -> RunRecord:
    """The run of a worker that stands still for a lease as it is about to commit ``orders``.

    It makes nothing else: another step might be writing just then, and the store with it stand.
    """
    crash = "before the commit is asked for"
    pid = worker.start(replace(order, assets=("orders",), crash=crash, signal=signal.SIGSTOP))
    instance = open_store(Path(order.project))
    until = time.monotonic() + 20
    while activity_of(pid) != "T":
        assert time.monotonic() < until, Path(order.lines).read_text(encoding="utf-8")
        time.sleep(0.01)
    assert [run.status for run in instance.runs()] == ["started"]
    time.sleep(lease / 2)
    assert [run.status for run in instance.runs()] == ["started"]
    time.sleep(lease / 2 + 0.1)
    (run,) = instance.runs()
    instance.close()
    os.kill(pid, signal.SIGCONT)
    return run


def activity_of(pid: int) -> str:
    """The letter of the process's state in /proc."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]


@pytest.mark.parametrize("lease", [1.0, pytest.param(30.0, marks=pytest.mark.long)])
def test_a_run_stopped_for_a_lease_is_failed_and_cannot_commit_late(
    worker: WarmWorker, tmp_path: Path, lease: float
) -> None:
    project, lines = make_project(tmp_path / "project", lease), tmp_path / "lines"
    run = stopped_past_its_lease(worker, Order(str(project), str(lines)), lease)
    assert run.status == "failed"
    assert run.message.endswith(f" has been stopped for {lease:g} s")
    assert worker.wait() == 1
    said = lines.read_text(encoding="utf-8")
    assert "marked failed meanwhile; nothing of this was written" in said
    assert "done  orders" not in said
    instance = open_store(project)
    assert instance.versions("orders") == []
    assert [each.status for each in instance.runs()] == ["failed"]
    instance.close()


def test_without_a_fence_a_run_commits_after_it_was_failed(
    worker: WarmWorker, project: Path, tmp_path: Path
) -> None:
    order = Order(str(project), str(tmp_path / "lines"), protocol="no fence")
    assert stopped_past_its_lease(worker, order, 1.0).status == "failed"
    worker.wait()
    instance = open_store(project)
    assert len(instance.versions("orders")) == 1
    instance.close()
