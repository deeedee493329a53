"""A run that is killed at random instants and resumed until it is done, by two at the same time.

Each asset is committed once for all the runs of the chain, what was acknowledged is there, and all
data is what an undisturbed run makes. The controls are resumes that look right.
"""

from __future__ import annotations

import itertools
import random
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.faults.conftest import make_project
from tests.faults.resumer import NAMES, NOTHING_LEFT, REFUSED, start_at
from tests.faults.verification import Acknowledged
from tests.faults.warm_worker import Order, WarmWorker
from tests.faults.worker import open_store

from assetbook.events.asset_events import AssetMaterialized

TO_GET_READY = 0.05
"""Seconds in which a child is forked and opens the store."""
A_STEP = 0.005
"""Seconds that an asset takes at least."""
PATIENCE = 60.0
"""Seconds; only a hang takes longer."""
MANY_TIMES = 200
"""Lives after which a chain that is still not done never will be."""


@pytest.fixture(scope="module")
def other() -> Iterator[WarmWorker]:
    with WarmWorker() as warm:
        yield warm


@dataclass
class Tally:
    """What a series of chains came to."""

    chains: int = 0
    kills: int = 0
    runs: int = 0
    refused: int = 0
    """Resumes that were refused, since another one had begun."""
    acknowledged: int = 0
    violations: list[str] = field(default_factory=list)


class Chains:
    """Runs that are killed and resumed until they are done, each in a project of its own."""

    def __init__(self, workers: tuple[WarmWorker, WarmWorker], folder: Path, seed: int, way: str):
        self._workers = workers
        self._folder = folder
        self._instants = random.Random(seed)
        self._way = way
        self.tally = Tally()
        undisturbed = make_project(folder / "undisturbed")
        start_at(undisturbed, 0)
        assert workers[0].run(self._order(undisturbed, 0)) == NOTHING_LEFT
        self._data = data_of(undisturbed)

    def _order(self, project: Path, number: int) -> Order:
        return Order(str(project), str(project / f"lines{number}"), resume=self._way)

    def go(self, chains: int | None = None) -> Iterator[Tally]:
        """Does so many, or as many as are asked for; gives the tally after each."""
        for number in itertools.count() if chains is None else range(chains):
            project = make_project(self._folder / f"chain{number}")
            self._until_done(project)
            self.tally.chains += 1
            self.tally.violations += self._faults(project)
            shutil.rmtree(project)
            yield self.tally

    def _until_done(self, project: Path) -> None:
        for _ in range(MANY_TIMES):
            # until it has begun, two would begin two runs
            workers = self._workers if committed(project) else self._workers[:1]
            start_at(project, time.monotonic() + TO_GET_READY)
            for number, worker in enumerate(workers):
                worker.start(self._order(project, number))
            self._let_live(project, workers)
            codes = [worker.kill() for worker in workers]
            self.tally.kills += codes.count(-signal.SIGKILL)
            self.tally.refused += codes.count(REFUSED)
            self.tally.violations += self._lost(project, len(workers))
            if NOTHING_LEFT in codes:
                return
        self.tally.violations.append("it never comes to its end")

    def _let_live(self, project: Path, workers: Sequence[WarmWorker]) -> None:
        """Returns at a random instant after so and so many assets were said to be made, or when all
        have come to their end."""
        wanted, said = self._instants.randrange(5), 0
        until = time.monotonic() + PATIENCE
        while said < wanted and not all(worker.has_ended for worker in workers):
            assert time.monotonic() < until
            time.sleep(0.001)
            lines = (project / f"lines{number}" for number in range(len(workers)))
            said = sum(len(Acknowledged.read(each).versions) for each in lines)
        time.sleep(self._instants.uniform(0, TO_GET_READY if wanted == 0 else A_STEP))

    def _lost(self, project: Path, writers: int) -> list[str]:
        """What was said to be done and is not there."""
        there = {(name, number) for name, number, _ in committed(project)}
        found = []
        for number in range(writers):
            said = Acknowledged.read(project / f"lines{number}").versions
            self.tally.acknowledged += len(said)
            found += [f"{each} was acknowledged and is lost" for each in said if each not in there]
        return found

    def _faults(self, project: Path) -> list[str]:
        made = [name for name, _, _ in committed(project)]
        found = [
            f"`{name}` was made {made.count(name)} times" for name in NAMES if made.count(name) != 1
        ]
        if data_of(project) != self._data:
            found.append("its data is not what an undisturbed run makes")
        instance = open_store(project)
        self.tally.runs += len(instance.runs(None))
        instance.close()
        return found


def committed(project: Path) -> list[tuple[str, int, str]]:
    """Each version that is in the store: its asset, number, and data version."""
    instance = open_store(project)
    found = [
        (name, each.number, each.event.data_version)
        for name in NAMES
        for each in instance.versions(name)
    ]
    assert len(found) == len(instance.events(kinds=[AssetMaterialized]))
    instance.close()
    return found


def data_of(project: Path) -> dict[str, str]:
    """The data version of each asset's latest version."""
    instance = open_store(project)
    found = {str(key): each.event.data_version for key, each in instance.store.latest().items()}
    instance.close()
    return found


@pytest.mark.parametrize(("chains", "seed"), [(3, 1), pytest.param(150, 2, marks=pytest.mark.long)])
def test_each_asset_is_made_once_however_often_its_run_is_killed(
    worker: WarmWorker,
    other: WarmWorker,
    memory: Path,
    chains: int,
    seed: int,
    record_property: Callable[[str, object], None],
) -> None:
    for tally in Chains((worker, other), memory, seed, "assetbook").go():
        assert tally.violations == []
        assert tally.chains <= 10 * chains
        if tally.chains >= chains and proves_something(tally, chains):
            break
    print(tally)
    record_property("tally", str(tally))


def proves_something(tally: Tally, chains: int) -> bool:
    """Whether runs were broken off, gone on with, and raced for: how often is up to the machine."""
    often_killed = tally.kills > 2 * chains and tally.runs > chains
    return often_killed and tally.refused > 0 and tally.acknowledged > chains


@pytest.mark.parametrize(
    ("way", "wrong"), [("without the guard", "was made"), ("with notes", "was made")]
)
def test_the_same_kills_catch_a_naive_resume(
    worker: WarmWorker, other: WarmWorker, memory: Path, way: str, wrong: str
) -> None:
    series = Chains((worker, other), memory, 3, way).go(25)
    caught = next((tally for tally in series if tally.violations), Tally())
    print(caught)
    assert any(wrong in each for each in caught.violations)
