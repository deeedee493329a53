"""Kills at random instants: nothing acknowledged is lost, no event is without its value.

Promises 1 to 4. The controls run the same loop over protocols that look right.
"""

from __future__ import annotations

import random
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.faults.conftest import make_project
from tests.faults.naive_protocols import IN_PLACE
from tests.faults.verification import Witness
from tests.faults.warm_worker import Order, WarmWorker, lifetimes

MANY_ROUNDS = 50  # more than any child lives to see


@dataclass
class Tally:
    """What a series of kills came to."""

    kills: int = 0
    acknowledged: int = 0
    versions: int = 0
    violations: list[str] = field(default_factory=list)
    runs_killed: int = 0
    """Kills amid a run: it was found dead and marked failed."""


class Killer:
    """Kills workers at random instants of their life, and looks at the store after each."""

    def __init__(self, worker: WarmWorker, folder: Path, seed: int, protocol: str = "assetbook"):
        self._worker = worker
        self._folder = folder
        self._protocol = protocol
        self._instants = random.Random(seed)
        calibration = make_project(folder / "calibration")
        # from the fork on, over the opening of the store and the whole of a run
        self._life = sum(lifetimes(worker, Order(str(calibration), self._lines)))
        if protocol != "assetbook":
            self._life *= 3  # also where it was measured in a quick moment some come amid a write
        self.tally = Tally()

    @property
    def _lines(self) -> str:
        return str(self._folder / "lines")

    def kill(self, kills: int, *, a_store: int) -> Iterator[Tally]:
        """Kills so many, ``a_store`` in each store; gives the tally after each store."""
        while self.tally.kills < kills:
            project = make_project(self._folder / f"store{self.tally.kills}")
            self._kill_in(project, a_store)
            shutil.rmtree(project)
            yield self.tally

    def _kill_in(self, project: Path, kills: int) -> None:
        witness = Witness(project, latest_only=self._protocol != "assetbook")
        order = Order(str(project), self._lines, MANY_ROUNDS, self._protocol)
        for _ in range(kills):
            # a child that is killed before it prints must not speak with another's lines
            Path(self._lines).unlink(missing_ok=True)
            self._worker.start(order)
            time.sleep(self._instants.uniform(0, self._life))
            assert self._worker.kill() == -signal.SIGKILL
            self.tally.violations += witness.look(Path(self._lines))
        self.tally.violations += witness.look(whole=True)
        self.tally.kills += kills
        self.tally.acknowledged += witness.acknowledged
        self.tally.versions += witness.versions
        self.tally.runs_killed += witness.failed_runs


@pytest.mark.parametrize(
    ("kills", "seed"), [(50, 1), pytest.param(3_000, 2, marks=pytest.mark.long)]
)
def test_kills_at_random_instants_lose_nothing(
    worker: WarmWorker,
    tmp_path: Path,
    kills: int,
    seed: int,
    record_property: Callable[[str, object], None],
) -> None:
    *_, tally = Killer(worker, tmp_path, seed).kill(kills, a_store=25)
    print(tally)
    record_property("tally", str(tally))
    assert tally.violations == []
    assert tally.kills == kills
    # they came before, amid and after commits: else they would prove nothing
    assert kills / 10 < tally.runs_killed <= kills
    assert kills / 10 < tally.acknowledged <= tally.versions


@pytest.mark.parametrize("protocol", IN_PLACE)
def test_the_same_kills_catch_a_naive_protocol(
    worker: WarmWorker, tmp_path: Path, protocol: str
) -> None:
    series = Killer(worker, tmp_path, seed=3, protocol=protocol).kill(300, a_store=5)
    caught = next((tally for tally in series if tally.violations), Tally())
    print(caught)
    assert any("no readable value" in each for each in caught.violations)
