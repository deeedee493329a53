"""Two processes change a run's status at once: one does, the other is told. The control looks first
and then writes what it will."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contracts.store import started

from assetbook.storage.sqlite_store import SqliteStore

ROUNDS = 30
RACER = """
import sys
from pathlib import Path
from assetbook.errors import ConflictError
from assetbook.events.run_events import RunCanceling
from assetbook.storage import fold
from assetbook.storage.sqlite_store import SqliteStore
from tests.contracts.store import canceling, ended, started
store = SqliteStore(Path(sys.argv[1]))
events = {
    "start": started,
    "cancel": canceling,
    "naively": canceling,
    "end": ended,
    "fail": lambda run: ended(run, "failed"),
}
checked = fold._FOLDS[RunCanceling]
print("ready", flush=True)
for line in sys.stdin:
    what, run_id = line.split()
    if what == "naively":
        fold._FOLDS[RunCanceling] = fold.Folding.step_event
        wins = store.runs(beginning=run_id)[0].status == "started"
        print("looked", flush=True)
        sys.stdin.readline()
    else:
        fold._FOLDS[RunCanceling] = checked
        wins = True
    try:
        if wins:
            store.commit([events[what](run_id)])
        print("won" if wins else "lost", flush=True)
    except ConflictError:
        print("lost", flush=True)
"""


class Race:
    """Two processes that do as they are told, at once."""

    def __init__(self, folder: Path) -> None:
        self.store = SqliteStore(folder / "assetbook.db")
        self._runs = 0
        self._racers = [
            subprocess.Popen(
                [sys.executable, "-c", RACER, str(self.store.path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(2)
        ]
        assert [self._said(each) for each in self._racers] == ["ready", "ready"]

    def won(self, what: tuple[str, str], *, begun: bool = True) -> tuple[str, list[bool]]:
        """A new run, and which of the two changed its status."""
        self._runs += 1
        run_id = f"{self._runs:012x}"
        if begun:
            self.store.commit([started(run_id)])
        for racer, each in zip(self._racers, what, strict=True):
            self._tell(racer, f"{each} {run_id}")
        if "naively" in what:
            assert [self._said(racer) for racer in self._racers] == ["looked", "looked"]
            for racer in self._racers:
                self._tell(racer, "go")
        return run_id, [self._said(racer) == "won" for racer in self._racers]

    def events(self, run_id: str) -> list[str]:
        stored = self.store.events()
        return [type(each.event).__name__ for each in stored if each.event.run_id == run_id]

    def close(self) -> None:
        for racer in self._racers:
            racer.communicate(timeout=20)
        self.store.close()

    def _tell(self, racer: subprocess.Popen[str], line: str) -> None:
        assert racer.stdin is not None
        racer.stdin.write(f"{line}\n")
        racer.stdin.flush()

    def _said(self, racer: subprocess.Popen[str]) -> str:
        assert racer.stdout is not None
        return racer.stdout.readline().strip()


@pytest.fixture(scope="module")
def race(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Race]:
    race = Race(tmp_path_factory.mktemp("race"))
    yield race
    race.close()


@pytest.mark.parametrize("what", ["start", "cancel", "end"])
def test_of_two_who_do_the_same_one_does(race: Race, what: str) -> None:
    event = {"start": "RunStarted", "cancel": "RunCanceling", "end": "RunEnded"}[what]
    for _ in range(ROUNDS):
        run_id, won = race.won((what, what), begun=what != "start")
        assert sorted(won) == [False, True]
        assert race.events(run_id).count(event) == 1


def test_a_run_that_is_canceled_while_it_ends_ends_once(race: Race) -> None:
    for _ in range(ROUNDS):
        run_id, (canceled, ended) = race.won(("cancel", "end"))
        assert ended
        assert race.events(run_id).count("RunCanceling") == canceled
        assert race.events(run_id)[-1] == "RunEnded"


def test_of_two_ends_the_first_stands(race: Race) -> None:
    for _ in range(ROUNDS):
        run_id, (success, failed) = race.won(("end", "fail"))
        assert success != failed
        (run,) = race.store.runs(beginning=run_id)
        assert run.status == ("success" if success else "failed")


def test_without_compare_and_set_both_do(race: Race) -> None:
    run_id, won = race.won(("naively", "naively"))
    assert won == [True, True]
    assert race.events(run_id).count("RunCanceling") == 2
