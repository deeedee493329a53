"""A run that waits for its turn: what a notebook and a shell show of it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.instance.queueing import Held, elsewhere, until
from tests.surfaces.book import Book
from tests.surfaces.shell import program

CELL = "@asset\ndef orders() -> int:\n    return 1"
LIMITS = "[tool.assetbook.concurrency]\nmax_concurrent_runs = 1"


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Book]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text(LIMITS)
    book = Book(tmp_path)
    yield book
    book.close()


def test_a_cell_says_that_it_waits_and_goes_on_by_itself(book: Book) -> None:
    book.run(CELL)
    with elsewhere(book.path.parent) as other:

        def free() -> None:
            until(lambda: book.instance.store.runs(statuses=["queued"]))
            other.kill()

        freeing = threading.Thread(target=free)
        freeing.start()
        shown = book.run("%materialize orders")
        freeing.join()
    assert shown.splitlines()[0] == "queued, place 1 of 1: 1 of 1 run is running"
    assert "orders" in shown
    assert "1 materialized" in shown


def test_runs_shows_who_waits_and_why(book: Book) -> None:
    book.run(CELL)
    with elsewhere(book.path.parent):
        waiter = Held(book.instance, "waiter")
        until(lambda: waiter.told.waiting)
        shown = book.run("%runs")
        found = json.loads(program(book.path.parent, "runs", "--json").stdout)
        health = book.run("%doctor")
    waiter.let_go()
    assert "queued" in shown
    assert "place 1 of 1: 1 of 1 run is running" in shown
    assert [run["status"] for run in found] == ["queued", "started"]
    assert found[0]["message"] == "place 1 of 1: 1 of 1 run is running"
    assert (found[0]["started_at"], found[1]["queued_at"]) == (None, None)
    assert found[0]["queued_at"] is not None
    assert "1 running, 1 queued" in health
