"""Power cuts: nothing acknowledged is lost, no event is without its value.

The calls of a program are recorded and repeated on a disk of the imagination, whose power is cut
between two of them; what it leaves is looked at as any store is. Where a disk can be mounted from a
file, its power is cut too. The controls leave out one sync.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.faults.conftest import make_project
from tests.faults.cut_disk import WAYS, Cut, CutDisk
from tests.faults.loop_disk import cut_mounted_disk
from tests.faults.naive_protocols import UNSYNCED
from tests.faults.recorded_calls import CALLS, NEVER, Call, calls_in, repeat, said
from tests.faults.tracing import need_strace
from tests.faults.verification import Witness
from tests.faults.warm_worker import Order, WarmWorker

pytestmark = pytest.mark.xdist_group("power cuts")  # one fixture for all

ROWS = 500
SEED = 5


@dataclass
class Tally:
    """What a series of cuts came to."""

    cuts: int = 0
    acknowledged: int = 0
    versions: int = 0
    calls: int = 0
    """Calls that changed the disk, between which it was cut."""
    went_on: int = 0
    """Cuts after which the program was started again."""
    violations: list[str] = field(default_factory=list)


class Recorder:
    """A warmed worker whose calls are recorded, every byte that is written among them."""

    def __init__(self, folder: Path) -> None:
        need_strace()
        self._record = folder / "calls"
        options = ["-f", "-qq", "-y", "-xx", "-s", str(1 << 22), "-o", str(self._record)]
        trace = f"trace={CALLS},{NEVER}"
        self.worker = WarmWorker("strace", "--seccomp-bpf", *options, "-e", trace)

    def record(self, project: Path, order: Order) -> Recorded:
        """What the worker does by that order."""
        before = CutDisk(project)
        start = self._record.stat().st_size
        assert self.worker.run(order) == 0
        with self._record.open("rb") as record:
            record.seek(start)
            calls = list(calls_in(record.read().decode("ascii")))
        return Recorded(before, [call for call in calls if said(call) or call.is_below(project)])


@dataclass
class Recorded:
    """Calls that change a disk, and the disk before them."""

    disk: CutDisk
    calls: list[Call]


@pytest.fixture(scope="module")
def recorder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorder]:
    recorder = Recorder(tmp_path_factory.mktemp("record"))
    with recorder.worker:
        yield recorder


def cut_off(recorded: Recorded, cuts: int, seed: int, folder: Path) -> Iterator[tuple[Path, Path]]:
    """Of each of so many cuts: what was left of the project, and what was said before."""
    chance = random.Random(seed)
    instants = sorted(chance.randrange(len(recorded.calls) + 1) for _ in range(cuts))
    disk, lines, done, spoken = recorded.disk, folder / "said", 0, b""
    for number, instant in enumerate(instants):
        for call in recorded.calls[done:instant]:
            spoken += said(call)
            repeat(call, disk)
        done = instant
        lines.write_bytes(spoken)
        left = folder / f"left{number}"
        disk.leave(left, Cut(chance, WAYS[number % len(WAYS)]))
        yield left, lines
        shutil.rmtree(left)


def tally_of(
    recorded: Recorded, cuts: int, folder: Path, worker: WarmWorker, every: int = 8
) -> Iterator[Tally]:
    """What became of the store after each cut; after some of them the worker goes on there."""
    tally = Tally(calls=len(recorded.calls))
    for left, lines in cut_off(recorded, cuts, SEED, folder):
        witness = Witness(left)
        tally.violations += witness.look(lines)
        tally.cuts += 1
        tally.acknowledged += witness.acknowledged
        tally.versions += witness.versions
        if tally.cuts % every == 0:
            assert worker.run(Order(str(left), str(lines), rows=ROWS)) == 0
            tally.violations += witness.look(lines, whole=True)
            tally.went_on += 1
        yield tally


def killed_amid_writing(worker: WarmWorker, project: Path, lines: Path) -> None:
    """Leaves a store with a log that is to be recovered."""
    crash = "before the run's end"
    assert worker.run(Order(str(project), str(lines), 3, rows=ROWS, crash=crash)) < 0
    assert list(project.rglob("assetbook.db-wal"))


@pytest.mark.parametrize("beginning", ["new", "killed"])
@pytest.mark.parametrize(
    ("cuts", "rounds"), [(40, 2), pytest.param(1_000, 20, marks=pytest.mark.long)]
)
def test_no_power_cut_loses_what_was_acknowledged(
    recorder: Recorder,
    memory: Path,
    beginning: str,
    cuts: int,
    rounds: int,
    record_property: Callable[[str, object], None],
) -> None:
    project, lines = make_project(memory / "project"), memory / "lines"
    if beginning == "killed":
        killed_amid_writing(recorder.worker, project, lines)
    recorded = recorder.record(project, Order(str(project), str(lines), rounds, rows=ROWS))
    assert sum(b"done" in said(call) for call in recorded.calls) == 3 * rounds
    *_, tally = tally_of(recorded, cuts, memory, recorder.worker)
    print(tally)
    record_property("tally", str(tally))
    assert tally.violations == []
    assert tally.cuts == cuts
    assert cuts / 4 < tally.acknowledged <= tally.versions


@pytest.mark.parametrize("protocol", UNSYNCED)
def test_the_same_cuts_catch_what_is_not_synced(
    recorder: Recorder, memory: Path, protocol: str
) -> None:
    project, lines = make_project(memory / "project"), memory / "lines"
    order = Order(str(project), str(lines), 2, protocol, rows=ROWS)
    recorded = recorder.record(project, order)
    series = tally_of(recorded, 80, memory, recorder.worker, every=1_000)
    caught = next((tally for tally in series if tally.violations), Tally())
    print(caught)
    lost = "is lost" if protocol == "log not synced" else "no readable value"
    assert any(lost in each for each in caught.violations)


@pytest.mark.long
@pytest.mark.loop_mount
def test_no_cut_of_a_mounted_disk_loses_what_was_acknowledged(
    record_property: Callable[[str, object], None],
) -> None:
    found = cut_mounted_disk(100, SEED, "assetbook")
    print(found)
    record_property("tally", str(found))
    assert found["violations"] == []
    assert 100 < found["acknowledged"] <= found["versions"]


@pytest.mark.long
@pytest.mark.loop_mount
@pytest.mark.parametrize("protocol", ["log not synced", "values not synced"])
def test_cuts_of_a_mounted_disk_catch_what_is_not_synced(protocol: str) -> None:
    found = cut_mounted_disk(20, SEED, protocol)
    print(len(found["violations"]), found["violations"][:2])
    assert found["violations"] != []
