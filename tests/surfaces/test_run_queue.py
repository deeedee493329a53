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

from assetbook.surfaces.widgets.run_topic import run_document

CELL = "@asset\ndef orders() -> int:\n    return 1"
LIMITS = "[tool.assetbook.concurrency]\nmax_concurrent_runs = 1"


@pytest.fixture
def book(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Book]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text(getattr(request, "param", LIMITS))
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


def test_the_cell_of_an_asset_waits_for_its_turn_too(book: Book) -> None:
    book.run("@asset\ndef orders() -> int:\n    return 20")
    book.run("%%asset total --define\norders + 1")
    with elsewhere(book.path.parent) as other:

        def pass_it() -> None:
            until(lambda: book.instance.store.runs(statuses=["queued"]))
            before = Held(book.instance, "before", **{"dagster/priority": "9"})
            until(lambda: before.told.waiting)
            other.kill()
            assert before.inside.wait(20)
            before.let_go()

        passing = threading.Thread(target=pass_it)
        passing.start()
        shown = book.run("%%asset total\norders + 1")
        passing.join()
    assert "queued, place 1 of 1: 1 of 1 run is running" in shown
    assert book.result == 21


def test_runs_shows_who_waits_and_why(book: Book) -> None:
    book.run(CELL)
    with elsewhere(book.path.parent):
        waiter = Held(book.instance, "waiter")
        until(lambda: waiter.told.waiting)
        shown = book.run("%runs")
        watched = run_document(book.live, {})
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
    assert watched["run"]["message"] == found[0]["message"]
    assert watched["run"]["look"]["word"] == "queued" and watched["run"]["started"] is None
    assert [each["verb"] for each in watched["ways"]] == ["cancel"]


POOLS = "[tool.assetbook.concurrency.pools]\ndb = 1\napi = 3"


@pytest.mark.parametrize("book", [POOLS], indirect=True)
def test_pools_shows_who_has_the_slots_and_who_waits(book: Book) -> None:
    folder = book.path.parent
    book.run("%pools")
    assert str(book.result).split("\n")[1:] == ["api   0 of 3", "db    0 of 1"]
    with elsewhere(folder, pool="db"):
        waiter = Held(book.instance, "waiter", pool="db")
        until(lambda: waiter.told.steps)
        book.run("%pools")
        shown = str(book.result).split("\n")
        found = json.loads(program(folder, "pools", "--json").stdout)
    waiter.let_go()
    own, other = (run.id for run in book.instance.store.runs())
    assert shown[2].split("  ", 1)[0] == "db"
    assert f"1 of 1  elsewhere (run {other[:6]})  waiter (run {own[:6]})" in shown[2]
    assert [each["name"] for each in found] == ["api", "db"]
    assert found[1]["limit"] == 1
    assert found[1]["taken"] == [{"run": other, "step": "elsewhere", "priority": 0}]
    assert found[1]["waiting"] == [{"run": own, "step": "waiter", "priority": 0}]


@pytest.mark.parametrize("book", [""], indirect=True)
def test_without_pools_it_says_how_to_make_some(book: Book) -> None:
    assert "[tool.assetbook.concurrency.pools]" in book.run("%pools")
