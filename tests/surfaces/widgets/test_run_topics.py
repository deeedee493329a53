"""What pages watch of runs: the list, one run with its steps in time, and what helps it on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.surfaces.book import Book, CellFailedError
from tests.surfaces.widgets.run_cells import failed_run

from assetbook.errors import SelectionError
from assetbook.events.parts import Origin
from assetbook.events.run_events import RunEnded, RunStarted, StepStarted
from assetbook.execution.live_runs import counted_as_live
from assetbook.keys import RunId
from assetbook.surfaces.desk import StoreDesk, current_desk
from assetbook.surfaces.widgets.plain_json import as_page_reads
from assetbook.surfaces.widgets.run_topic import run_document, run_pulse
from assetbook.surfaces.widgets.runs_topic import runs_document

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def watched(book: Book, **given: Any) -> Any:
    return as_page_reads(run_document(current_desk(), given))


def test_runs_are_told_newest_first_as_many_as_were_asked_for(book: Book) -> None:
    book.run("@asset\ndef orders():\n    return [1]")
    for _ in range(3):
        book.run("%materialize orders --force --tag team=core")

    document = as_page_reads(runs_document(current_desk(), {"limit": 2}))

    told = list(document["runs"].values())
    assert [each["id"] for each in told] == [run.id for run in book.instance.runs(2)]
    assert document["more"]
    assert (told[0]["asked"], told[0]["place"]) == ("orders", "book.ipynb")
    assert told[0]["look"]["word"] == "success" and "team=core" in told[0]["tags"]
    assert told[0]["seconds"] > 0


def test_runs_of_a_backfill_share_a_lane(book: Book) -> None:
    book.run(
        "@asset(partitions_def=StaticPartitionsDefinition(['a', 'b']))\n"
        "def parts(context):\n    return context.partition_key"
    )
    book.run("%backfill parts")

    told = list(runs_document(current_desk(), {})["runs"].values())

    assert [each["asked"] for each in told] == ["parts --partitions b", "parts --partitions a"]
    assert {each["lane"] for each in told} == {"parts"}


def test_a_run_is_told_with_its_steps_as_they_ran(book: Book) -> None:
    run = failed_run(book)

    document = watched(book, run=run[:6])

    steps = document["steps"]
    assert list(steps) == ["flaky", "shows", "fails", "never"]
    assert [each["look"]["word"] for each in steps.values()] == [
        *("done", "done", "failed", "not run")
    ]
    first, second = steps["flaky"]["tries"]
    assert first["started"] <= first["ended"] <= second["started"] <= second["ended"]
    assert "the disk is away" in first["message"]
    assert [each["look"]["word"] for each in (first, second)] == ["failed", "done"]
    assert "no" in steps["fails"]["message"]
    assert dict(document["facts"])["job"] == "nightly"


def test_a_step_names_its_asset_also_where_it_failed(book: Book) -> None:
    book.run("@asset\ndef orders():\n    return [1]\n\n@asset\ndef bad(orders):\n    return 1 / 0")
    with pytest.raises(CellFailedError):
        book.run("%materialize")

    steps = watched(book)["steps"]

    assert {name: each["asset"] for name, each in steps.items()} == {
        "orders": "orders",
        "bad": "bad",
    }


def test_what_helps_a_failed_run_on_is_offered_as_verbs(book: Book) -> None:
    run = failed_run(book)[:6]

    ways = watched(book, run=run)["ways"]

    assert [(each["verb"], each["words"]) for each in ways] == [
        ("retry", [run, "--from-failure"]),
        ("retry", [run]),
    ]


def test_runs_that_do_one_again_are_told_with_it(book: Book) -> None:
    run = failed_run(book)
    with pytest.raises(CellFailedError):
        book.run(f"%retry {run[:6]} --from-failure")
    again = book.instance.runs(1)[0].id

    [child] = watched(book, run=run)["children"]
    parent = watched(book, run=again)["parent"]

    assert child["id"] == again and child["look"]["word"] == "failed"
    assert parent == {"id": run, "said": f"retries {run[:6]} from failure"}


def test_a_run_on_its_way_can_be_canceled_and_its_steps_run(book: Book) -> None:
    origin = Origin(kind="python", user="ada")
    store = book.instance.store
    begun = {"at": NOON, "run_id": "abc123", "asked": "*", "origin": origin}
    store.commit([RunStarted(**begun, steps=("one", "two", "each[?]"))])
    store.commit(
        [
            StepStarted(at=NOON, run_id="abc123", step="one"),
            StepStarted(at=NOON, run_id="abc123", step="each[a]"),
        ]
    )

    with counted_as_live(RunId("abc123")):
        document = watched(book, run="abc")

    assert [each["verb"] for each in document["ways"]] == ["cancel"]
    looks = {name: each["look"]["word"] for name, each in document["steps"].items()}
    assert looks == {"one": "running", "each[a]": "running", "two": "waiting"}
    assert document["steps"]["one"]["tries"][0]["ended"] is None

    after = NOON + timedelta(seconds=3)
    store.commit([RunEnded(at=after, run_id="abc123", status="canceled")])

    assert watched(book, run="abc")["steps"]["one"]["look"]["word"] == "canceled"


def test_the_cells_of_a_notebook_are_told_and_the_one_that_failed(book: Book) -> None:
    path = book.path.parent / "report.ipynb"
    _save(path, "rows = [1]", "print(rows)\nrows[5]", "print('never')")
    book.run("report = notebook_job('report.ipynb', name='report')")
    with pytest.raises(CellFailedError):
        book.run("%launch report")

    document = watched(book)

    [cells] = document["notebooks"].values()
    assert [each["look"]["word"] for each in cells["cells"]] == ["done", "failed", "not run"]
    assert cells["bad"]["number"] == 2
    assert cells["bad"]["source"] == "print(rows)\nrows[5]"
    assert "IndexError" in cells["bad"]["raised"]
    assert document["ways"][0]["verb"] == "resume"
    assert "cell 2" in document["ways"][0]["why"] or "first cell" in document["ways"][0]["why"]


def test_a_slip_is_told(book: Book) -> None:
    with pytest.raises(SelectionError):
        run_document(StoreDesk(book.instance), {"run": "nothing"})
    assert run_pulse(StoreDesk(book.instance), {"run": "nothing"}) is None


def _save(path: Any, *cells: str) -> None:
    import nbformat

    made = nbformat.v4.new_notebook()
    made.cells = [nbformat.v4.new_code_cell(each) for each in cells]
    nbformat.write(made, path)
