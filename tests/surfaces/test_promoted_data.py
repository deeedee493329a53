"""What is promoted makes again, in a clean process, the data that the session made."""

from __future__ import annotations

import json
from typing import Any

import nbformat
import pytest
from tests.surfaces.book import Book
from tests.surfaces.shell import told

from assetbook.instance.lock_file import LOCK

CELLS = {
    "rate": "from pathlib import Path\nRATE = 2",
    "tries": "tries = []",
    "orders": "@asset\ndef orders():\n    return [1, 2, 3]",
    "total": "@asset(ignore={'tries'})\ndef total(orders):\n    return sum(orders) * RATE"
    " + len(tries)",
    "read": "@asset(kinds={'file'})\ndef read():\n    return Path('a.csv').read_text()",
    "new": "@asset\ndef new(total):\n    return total",
}


def save(book: Book, cells: dict[str, str]) -> None:
    notebook = nbformat.v4.new_notebook()
    first = {"cell-1": "%load_ext assetbook", "cell-2": "from assetbook import *"}
    notebook.cells = [
        nbformat.v4.new_code_cell(text, id=name) for name, text in (first | cells).items()
    ]
    nbformat.write(notebook, book.path)


@pytest.fixture
def lived(book: Book) -> Book:
    """A notebook whose assets were made in its session, but for the last."""
    (book.path.parent / "a.csv").write_text("1")
    book.run("from assetbook import *", "cell-2")
    for name, text in CELLS.items():
        book.run(text, name)
    book.run("%materialize total read")
    save(book, CELLS)
    return book


def promoted(*words: str) -> tuple[int, dict[str, Any]]:
    done = told("promote", "book.ipynb", *words, "--json")
    return done.exit_code, json.loads(done.stdout)


def test_the_session_and_the_clean_process_make_the_same(lived: Book) -> None:
    runs = [each.id for each in lived.instance.runs(None)]
    code, found = promoted()
    said = {each["what"]: (each["status"], each["found"]) for each in found["findings"]}
    assert code == 0, found
    assert found["summary"].endswith("; data of 2 the same, of 2 not compared")
    assert said["total"][0] == "good"
    assert said["total"][1].endswith("; same data as @1 (session)")
    assert said["read"][0] == "good"
    assert "data not compared: it reads the world outside (" in said["read"][1]
    assert said["new"][0] == "warn"
    assert said["new"][1].endswith("; data not compared: no version of it is recorded")
    assert [each.id for each in lived.instance.runs(None)] == runs
    assert [each.number for each in lived.instance.versions("total")] == [1]


def test_state_that_only_the_session_has_is_found(lived: Book) -> None:
    lived.run("tries.append(1)")
    lived.run("%materialize total --force")
    code, found = promoted()
    said = {each["what"]: (each["status"], each["found"]) for each in found["findings"]}
    assert code == 1
    assert found["summary"] == "1 of 4 assets not the same: nothing is locked"
    assert said["total"][0] == "bad"
    assert said["total"][1].endswith("; other data than @2 (session): other values")
    remedies = [each["remedy"] for each in found["findings"] if each["what"] == "total"]
    assert remedies[0].startswith("Does it read what only the session had?")
    assert not (lived.path.parent / LOCK).exists()
    assert promoted("orders")[0] == 0


def test_a_step_that_fails_when_made_again_is_named(lived: Book) -> None:
    save(lived, CELLS | {"tries": "tries = None"})
    done = told("promote", "book.ipynb", "total", "--dry-run")
    assert done.exit_code == 1
    assert "made again of what @1 (session) was made of, it failed: " in done.stdout
    assert "has no len()" in done.stdout
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        (
            "sys.exit(3)",
            "it failed: the step `total`: its code asked to end the process (SystemExit: 3)",
        ),
        ("os._exit(0)", "its process ended while making `total` again, 2 of 2"),
    ],
)
def test_code_that_ends_the_process_is_named(rate: str, said: str, lived: Book) -> None:
    class_ = f"import os, sys\nclass Tries:\n    def __len__(self):\n        {rate}"
    save(lived, CELLS | {"tries": f"{class_}\ntries = Tries()"})
    done = told("promote", "book.ipynb", "orders total", "--dry-run")
    assert done.exit_code == 1
    assert said in f"{done.output} {done.exception}"
    assert "Traceback" not in done.output


def test_a_live_notebook_tells_what_is_not_saved_then_promotes_and_validates(lived: Book) -> None:
    before = lived.path.read_bytes()
    lived.run("RATE = 2  # as before", "rate")
    tried = lived.run("%promote total --dry-run")
    assert tried.startswith("assetbook: In[11] `RATE = 2  # as before` is not saved")
    assert lived.result.is_well
    assert not (lived.path.parent / LOCK).exists()

    save(lived, CELLS)
    shown = lived.run("%promote")
    assert "is not saved" not in shown
    assert lived.result.summary.startswith("4 assets locked in assetbook.lock; its pin is this")
    assert [each.place for each in lived.result.cells][:2] == ["cell 1", "cell 2"]
    assert lived.path.read_bytes() == before
    lived.run("%validate")
    assert lived.result.summary == "1 location, all well"
    assert lived.result.is_well


def test_a_live_notebook_that_is_not_locked_validates_itself(lived: Book) -> None:
    lived.run("%validate")
    assert lived.result.is_well
    assert {each.status for each in lived.result.findings} == {"warn"}
    assert all("not locked; proven" in each.said for each in lived.result.findings)
