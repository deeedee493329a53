"""Kills of worker processes, and of the process that runs while it has some.

Nothing acknowledged is lost, no run stays started, no step is committed twice, no worker lives on;
and a worker that dies takes its step alone.
"""

from __future__ import annotations

import itertools
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet
from tests.faults.conftest import make_project
from tests.faults.crash_points import POINTS, SHARING_POINTS, WORKER_POINTS, CrashPoint
from tests.faults.naive_protocols import IN_PLACE
from tests.faults.verification import Witness
from tests.faults.warm_worker import Order, WarmWorker
from tests.faults.worker import open_store
from tests.process_tree import fork_servers_of, workers_of

from assetbook.events.asset_events import AssetMaterialized
from assetbook.events.run_events import StepEnded
from assetbook.io.shared_table import SMALLEST

LARGE = SMALLEST // 16 + 1  # rows of two numbers
IN_WORKERS = ("after the step started", "after the function returned")
BRIEFLY = (
    "a worker, half way in the temporary file",
    "a worker, after it told",
    "a worker, after it told of a table that is not sent yet",
    "half way in the temporary file",
    "after COMMIT, before anybody is told",
)
"""The points that the ordinary tests pass; the long ones pass all."""
PATIENCE = 20.0  # seconds


@pytest.fixture
def order(project: Path, tmp_path: Path) -> Order:
    return Order(str(project), str(tmp_path / "lines"))


def at(points: Iterable[CrashPoint], *more: int) -> list[ParameterSet]:
    return [
        pytest.param(
            point, *more, marks=() if point.name in BRIEFLY else pytest.mark.long, id=point.name
        )
        for point in points
    ]


def all_gone(pids: list[int]) -> bool:
    """Whether these processes end within a while."""
    until = time.monotonic() + PATIENCE
    while any(_lives(pid) for pid in pids):
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def _lives(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] not in "ZX"


def committed_twice(project: Path) -> list[tuple[str, str]]:
    """Each asset and run of which there is more than one version."""
    instance = open_store(project)
    events = [each.event for each in instance.events(kinds=[AssetMaterialized])]
    made = [(e.key, e.run_id) for e in events if isinstance(e, AssetMaterialized)]
    instance.close()
    return [each for each in made if made.count(each) > 1]


@pytest.mark.parametrize(("point", "rows"), [*at(WORKER_POINTS, 0), *at(SHARING_POINTS, LARGE)])
def test_a_worker_killed_there_fails_its_step_alone(
    worker: WarmWorker, project: Path, order: Order, point: CrashPoint, rows: int
) -> None:
    lines, witness = Path(order.lines), Witness(project)
    order = replace(order, rows=rows)
    assert worker.run(order) == 0
    assert witness.look(lines) == []

    killed = replace(order, executor="processes", worker_crash=point.name)
    assert worker.run(killed) == (0 if point.committed else 1)
    assert witness.look(lines, whole=True) == []
    instance = open_store(project)
    made = {name: len(instance.versions(name)) for name in ("prices", "orders", "turnover")}
    assert made == {"prices": 2, "orders": 1 + point.committed, "turnover": 1 + point.committed}
    run = instance.runs()[0]
    assert run.status == point.status
    ended = [each.event for each in instance.events(run_id=run.id, kinds=[StepEnded])]
    said = {e.step: (e.status, e.message) for e in ended if isinstance(e, StepEnded)}
    instance.close()
    if not point.committed:
        status, message = said["orders"]
        assert status == "failed" and "its process was ended by SIGKILL" in message
        assert said["turnover"][0] == "upstream_failed"

    assert worker.run(order) == 0
    assert witness.look(lines, whole=True) == []
    assert committed_twice(project) == []


@pytest.mark.parametrize("protocol", [*IN_PLACE][:1])
def test_a_worker_killed_half_way_catches_a_naive_protocol(
    worker: WarmWorker, project: Path, order: Order, protocol: str
) -> None:
    witness = Witness(project, latest_only=True)
    order = replace(order, protocol=protocol)
    assert worker.run(order) == 0
    assert witness.look() == []
    half_way = "a worker, half way in the temporary file"
    assert worker.run(replace(order, executor="processes", worker_crash=half_way)) == 1
    assert any("no readable value" in wrong for wrong in witness.look())


@pytest.mark.parametrize("point", at(each for each in POINTS if each.name not in IN_WORKERS))
def test_the_process_that_runs_killed_there_loses_nothing(
    worker: WarmWorker, project: Path, order: Order, point: CrashPoint
) -> None:
    lines, witness = Path(order.lines), Witness(project)
    order = replace(order, rows=LARGE)  # of which that process writes the file
    assert worker.run(order) == 0
    assert witness.look(lines) == []

    worker.start(replace(order, executor="processes", crash=point.name))
    assert worker.wait() == -signal.SIGKILL
    assert witness.look(lines, whole=True) == []
    instance = open_store(project)
    assert len(instance.versions("orders")) == 1 + point.committed
    runs = instance.runs()
    instance.close()
    assert [run.status for run in runs[:-1]] == [point.status] * bool(point.status)
    assert committed_twice(project) == []

    assert worker.run(order) == 0
    assert witness.look(lines, whole=True) == []


@pytest.mark.parametrize("whom", ["engine", "worker", "fork server"])
@pytest.mark.parametrize(("kills", "seed"), [(3, 1), pytest.param(200, 2, marks=pytest.mark.long)])
def test_kills_at_random_instants_lose_nothing(
    worker: WarmWorker, tmp_path: Path, whom: str, kills: int, seed: int
) -> None:
    project, instants = make_project(tmp_path / "store"), random.Random(seed)
    order = Order(str(project), str(tmp_path / "lines"), executor="processes")
    witness, struck = Witness(project), 0
    for number in itertools.count():
        if struck == kills:
            break
        assert number < 10 * kills, "it has always ended before"
        order = replace(order, rows=LARGE if number % 2 else 0)
        Path(order.lines).unlink(missing_ok=True)
        engine = worker.start(order)
        workers = when_started(engine)
        time.sleep(instants.uniform(0, 0.4))
        workers = sorted({*workers, *workers_of(engine)})
        if whom == "engine":
            struck += worker.kill() == -signal.SIGKILL
        else:
            victims = workers if whom == "worker" else fork_servers_of(engine)
            struck += bool(victims) and kill(instants.choice(victims))
            worker.wait()
        assert all_gone(workers)
        assert witness.look(Path(order.lines), whole=True) == []
    assert committed_twice(project) == []


def when_started(engine: int) -> list[int]:
    """Its workers, as soon as it has some."""
    until = time.monotonic() + PATIENCE
    while not (found := workers_of(engine)):
        assert time.monotonic() < until, "it started no workers"
        time.sleep(0.005)
    return found


def kill(pid: int) -> bool:
    """Whether there was somebody to be killed."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


SLOW = """
import os, pathlib, time
from assetbook import Instance, asset, materialize
@asset
def slow() -> int:
    pathlib.Path("pid").write_text(str(os.getpid()))
    time.sleep(600)
    return 1
materialize([slow], instance=Instance.get(pathlib.Path.cwd()), executor="processes", workers=1)
"""


@pytest.mark.parametrize("held", [False, True], ids=["assetbook", "control"])
def test_a_worker_amid_a_step_ends_with_the_process_that_runs(project: Path, held: bool) -> None:
    """The control: were the pipe that ends with that process held by others, it would live on."""
    engine = subprocess.Popen([sys.executable, "-c", SLOW], cwd=project)
    until = time.monotonic() + PATIENCE
    while not (project / "pid").exists() or not (project / "pid").read_text(encoding="ascii"):
        assert time.monotonic() < until and engine.poll() is None
        time.sleep(0.01)
    pid = int((project / "pid").read_text(encoding="ascii"))
    ends = hold_open(engine.pid) if held else []
    engine.kill()
    engine.wait()
    if held:
        time.sleep(0.5)
        assert _lives(pid)
    for each in ends:
        each()
    assert all_gone([pid])


def hold_open(engine: int) -> list[Callable[[], None]]:
    """Opens the pipes and sockets of a process once more; gives what closes them."""
    held = []
    for path in Path(f"/proc/{engine}/fd").iterdir():
        if str(path.readlink()).startswith("pipe:"):
            descriptor = os.open(path, os.O_WRONLY | os.O_NONBLOCK) if _is_written(path) else None
            if descriptor is not None:
                held.append(lambda descriptor=descriptor: os.close(descriptor))
    return held


def _is_written(path: Path) -> bool:
    return bool(os.lstat(path).st_mode & 0o200)
