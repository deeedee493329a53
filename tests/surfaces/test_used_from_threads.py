"""Session, store and views are used from other threads while a run works and cells are run."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from tests.surfaces.book import Book

from assetbook import asset
from assetbook.errors import AssetbookError
from assetbook.execution.live_runs import LiveNow, counted_as_live, live_runs
from assetbook.instance.materializing import Options, materialize_definitions
from assetbook.keys import RunId
from assetbook.surfaces import making_verbs, run_verbs, verbs

STEPS = 12
PARTS = [f"part{number}" for number in range(STEPS)]
SETUP = f"""
import time, pandas as pd
def made(number):
    @asset(name=f"part{{number}}")
    def part() -> pd.DataFrame:
        print("part", number)
        time.sleep(0.005)
        return pd.DataFrame({{"n": range(number + 1)}})
    return part
parts = [made(number) for number in range({STEPS})]
@asset
def whole({", ".join(PARTS)}) -> int:
    return sum(len(each) for each in [{", ".join(PARTS)}])
"""
PATIENCE = 60.0  # seconds


@contextmanager
def quick_switches() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def looks(book: Book) -> dict[str, Callable[[], object]]:
    """What a person, a dashboard or a server may look at, by name."""
    desk, instance = book.live, book.instance

    def read_values() -> None:
        for number in range(STEPS):
            if instance.versions(f"part{number}"):
                assert len(instance.value(f"part{number}")) == number + 1

    return {
        "assets": lambda: repr(verbs.assets(desk=desk)),
        "show": lambda: repr(verbs.show("whole", desk=desk)),
        "lineage": lambda: repr(verbs.lineage(desk=desk)),
        "why": lambda: repr(verbs.why("whole", desk=desk)),
        "plan": lambda: repr(making_verbs.plan("+whole", desk=desk)),
        "runs": lambda: repr(run_verbs.runs(desk=desk)),
        "logs": lambda: repr(run_verbs.logs(desk=desk)) if instance.runs() else None,
        "overview": lambda: repr(verbs.overview(desk=desk)),
        "values": read_values,
        "events": lambda: [each.event for each in instance.events()],
        "session": lambda: [*book.live.session, book.live.session.resources()],
        "loaded": lambda: len(book.live.loaded().graph.order),
    }


class Onlookers:
    """Threads that look, again and again, and what went wrong with that."""

    def __init__(self, book: Book) -> None:
        self.wrong: list[str] = []
        self.looked: dict[str, int] = {}
        self._over = threading.Event()
        names = looks(book)
        self._threads = [
            threading.Thread(target=self._look, args=(name, look)) for name, look in names.items()
        ]

    def __enter__(self) -> Onlookers:
        for each in self._threads:
            each.start()
        return self

    def __exit__(self, *error: object) -> None:
        until = time.monotonic() + PATIENCE
        while len(self.looked) < len(self._threads) and time.monotonic() < until:
            time.sleep(0.01)
        self._over.set()
        for each in self._threads:
            each.join(PATIENCE)
        assert not any(each.is_alive() for each in self._threads), "somebody waits for ever"

    def _look(self, name: str, look: Callable[[], object]) -> None:
        while not self._over.is_set():
            try:
                look()
            except Exception as error:  # noqa: BLE001 - told by the test
                self.wrong.append(f"{name}: {type(error).__name__}: {error}")
                return
            self.looked[name] = self.looked.get(name, 0) + 1


@pytest.mark.parametrize(
    "executor", ["in-process", "threads", pytest.param("processes", marks=pytest.mark.long)]
)
def test_others_may_look_while_a_run_works(book: Book, executor: str) -> None:
    book.run(SETUP)
    with quick_switches(), Onlookers(book) as onlookers:
        for _ in range(2):
            book.run(f"%materialize +whole --force --executor {executor}")
    assert onlookers.wrong == []
    assert book.instance.value("whole") == sum(range(STEPS + 1))


def test_others_may_look_while_cells_define(book: Book) -> None:
    book.run(SETUP)
    with quick_switches(), Onlookers(book) as onlookers:
        for number in range(15):
            names = "\n".join(f"name_{number}_{each} = {each}" for each in range(50))
            book.run(f"{names}\n@asset\ndef more{number}() -> int:\n    return {number}")
    assert onlookers.wrong == []
    assert len(book.live.loaded().graph.order) == STEPS + 1 + 15


def test_runs_on_several_threads_are_each_recorded_whole(book: Book) -> None:
    wrong: list[str] = []

    def work(name: str) -> None:
        @asset(name=name)
        def mine() -> str:
            print(name)
            return name

        try:
            for _ in range(5):
                materialize_definitions([mine], instance=book.instance, options=Options(force=True))
        except AssetbookError as error:
            wrong.append(str(error))

    names = ["anna", "berta", "carla", "dora"]
    threads = [threading.Thread(target=work, args=(name,)) for name in names]
    with quick_switches():
        for each in threads:
            each.start()
        for each in threads:
            each.join(PATIENCE)
    assert wrong == []
    for name in names:
        runs = [version.run_id for version in book.instance.versions(name)]
        assert len(set(runs)) == 5
        texts = ["".join(line.record.text for line in book.instance.logs(run)) for run in runs]
        assert texts == [f"{name}\n"] * 5


def test_a_run_that_begins_while_dead_ones_are_looked_for_is_no_dead_one() -> None:
    now, before = LiveNow(), live_runs()
    with counted_as_live(RunId("abc")):
        assert "abc" in now
        assert "abc" not in before  # the control: what was asked before is too old
    assert "abc" not in now
