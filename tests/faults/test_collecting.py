"""Values are let go while others write and are killed: no version is left without its value."""

from __future__ import annotations

import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.faults.conftest import make_project
from tests.faults.verification import Acknowledged
from tests.faults.warm_worker import REPOSITORY, Order, WarmWorker, environment
from tests.faults.worker import open_store

from assetbook.instance.verifying import Verification, verify

SEED = 20261125
PROGRAM = [sys.executable, "-W", "ignore", "-m", "tests.faults.collector"]


class Collector:
    """The collecting program, which is killed and started again at random instants."""

    def __init__(self, project: Path, *more: str) -> None:
        self._arguments = [str(project), *more]
        self._output = project / "collected"
        self._random = random.Random(SEED)
        self._process = self._start()
        self.kills = 0

    def kill_and_start(self) -> None:
        """Lets it work for up to half a second after it has begun, kills it, starts another."""
        time.sleep(self._random.uniform(0.0, 0.5))
        self.kill()
        self._process = self._start()
        self.kills += 1

    def kill(self) -> None:
        """Ends it where it stands."""
        self._process.kill()
        self._process.wait()

    @property
    def let_go(self) -> tuple[int, int]:
        """How many versions, and how many files of none, it said it has let go."""
        lines = [line.split() for line in self._output.read_text().splitlines()]
        return sum(int(line[0]) for line in lines), sum(int(line[1]) for line in lines)

    def _start(self) -> subprocess.Popen[bytes]:
        with self._output.open("ab") as output:
            process = subprocess.Popen(
                [*PROGRAM, *self._arguments], stdout=output, cwd=REPOSITORY, env=environment()
            )
        size = self._output.stat().st_size
        until = time.monotonic() + 60
        while self._output.stat().st_size == size:
            assert process.poll() is None and time.monotonic() < until, "the collector hangs"
            time.sleep(0.01)
        return process


def project_that_keeps_little(folder: Path) -> Path:
    project = make_project(folder / "project")
    with (project / "pyproject.toml").open("a") as settings:
        settings.write("[tool.assetbook.retention]\nsession_versions = 0\n")
    return project


def verified(project: Path, lines: Sequence[Path]) -> tuple[Verification, int]:
    """What the store is like, and how many versions were acknowledged; all of them are known."""
    instance = open_store(project)
    found = verify(instance)
    acknowledged = [key for each in lines for key in Acknowledged.read(each).versions]
    known = {
        (str(key), version.number)
        for key in instance.store.assets()
        for version in instance.versions(key)
    }
    instance.close()
    assert set(acknowledged) <= known
    return found, len(acknowledged)


def collected_while_writing(
    folder: Path, writers: int, rounds: int, *more: str
) -> tuple[Verification, Collector, int]:
    """What the store is like after writers and collectors were at it together."""
    project = project_that_keeps_little(folder)
    with ExitStack() as stack:
        workers = [stack.enter_context(WarmWorker()) for _ in range(writers)]
        lines = [folder / f"lines {number}" for number in range(writers)]
        for worker, each in zip(workers, lines, strict=True):
            worker.start(Order(str(project), str(each), rounds, rows=500))
        collector = Collector(project, *more)
        codes = []
        for worker in workers:
            collector.kill_and_start()
            codes.append(worker.wait())
        collector.kill()
    assert {0, 1}.issuperset(codes), codes
    found, acknowledged = verified(project, lines)
    return found, collector, acknowledged


def collected_while_killed(folder: Path, writers: int, kills: int) -> tuple[Verification, int]:
    """The same where the writers are killed at random instants, each by itself."""
    project, chance = project_that_keeps_little(folder), random.Random(SEED)
    lines: list[Path] = []

    def start(worker: WarmWorker) -> None:
        lines.append(folder / f"lines {len(lines)}")
        worker.start(Order(str(project), str(lines[-1]), 1_000, rows=500))

    with ExitStack() as stack:
        workers = [stack.enter_context(WarmWorker()) for _ in range(writers)]
        for worker in workers:
            start(worker)
        collector = Collector(project)
        for number in range(kills):
            time.sleep(chance.uniform(0, 0.3))
            worker = chance.choice(workers)
            worker.kill()
            start(worker)
            if number % 20 == 0:
                collector.kill_and_start()
        for worker in workers:
            worker.kill()
        collector.kill()
    return verified(project, lines)


def told(folder: Path) -> list[str]:
    """The writers' lines that tell of something else than steps that went well."""
    lines = [line for each in folder.glob("lines *") for line in each.read_text().splitlines()]
    return [line for line in lines if not re.match(r"run |3 steps|  \d|done |3 materialized", line)]


def steps_told(folder: Path) -> list[str]:
    """The lines of steps that failed, each of them because its file was collected, or did not run
    for that."""
    lines = told(folder)
    failed = sum(line.startswith("failed ") for line in lines)
    assert failed == sum(line.startswith("DoomedFileError: ") for line in lines), lines
    return [line for line in lines if line.startswith(("failed ", "not run "))]


def test_no_version_loses_its_value_to_a_collection(tmp_path: Path) -> None:
    found, collector, acknowledged = collected_while_writing(tmp_path, 2, 30)
    assert (found.damaged, found.rows) == ((), ())
    # here a file may be collected at any age: where a machine is slow, some step meets it twice
    assert acknowledged + len(steps_told(tmp_path)) == 180, told(tmp_path)
    assert acknowledged > 120, told(tmp_path)
    assert collector.let_go[0] > 10


def test_a_collection_without_marks_loses_values(tmp_path: Path) -> None:
    found, _, _ = collected_while_writing(tmp_path, 2, 30, "--unmarked")
    assert any("its file is gone" in each.found for each in found.damaged)


@pytest.mark.long
def test_no_version_of_eight_writers_loses_its_value(tmp_path: Path) -> None:
    found, collector, acknowledged = collected_while_writing(tmp_path, 8, 100)
    assert (found.damaged, found.rows) == ((), ())
    steps = steps_told(tmp_path)
    assert acknowledged + len(steps) == 2400, told(tmp_path)
    assert len(steps) < 48
    assert collector.let_go[0] > 100


@pytest.mark.long
def test_no_version_of_killed_writers_loses_its_value(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    found, acknowledged = collected_while_killed(tmp_path, 8, 150)
    print(found.values, found.let_go, acknowledged)
    record_property("acknowledged", acknowledged)
    assert (found.damaged, found.rows) == ((), ())
    assert found.let_go > 100
    assert acknowledged > 100
