"""Saying where the steps of a run are called: in a magic, in Python and in a shell."""

from __future__ import annotations

import json
import os
from pathlib import Path

import nbformat
import pytest
from tests.surfaces.book import Book, CellFailedError
from tests.surfaces.shell import program

from assetbook import materialize
from assetbook.errors import UsageError

CELLS = """import os
RATE = 2
def doubled(number):
    return number * RATE
@asset
def where() -> int:
    return os.getpid()"""
CELL = "%%asset total --define\nprint('counting')\ndoubled(21) + 0 * where"


def test_a_notebook_runs_its_cells_in_processes(book: Book) -> None:
    book.run(CELLS)
    book.run(CELL.replace(" --define", ""))
    assert book.instance.value("where") == os.getpid()
    book.run("%materialize +total --force --executor processes --workers 2")
    assert book.instance.value("where") != os.getpid()
    assert book.instance.value("total") == 42
    assert "counting" in book.run("%logs --step total")
    assert "all fresh" in book.run("%materialize")


def test_threads_keep_to_this_process(book: Book) -> None:
    book.run(CELLS)
    book.run("%materialize where --executor threads")
    assert book.instance.value("where") == os.getpid()


def test_workers_without_an_executor_are_refused(book: Book) -> None:
    book.run(CELLS)
    with pytest.raises(CellFailedError, match="4 workers: no executor is named"):
        book.run("%materialize where --workers 4")
    with pytest.raises(UsageError, match="Did you mean `processes`"):
        materialize("where", executor="proceses")


def test_a_shell_says_it_too(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    cells = [*map(nbformat.v4.new_code_cell, ("%load_ext assetbook", CELLS, CELL))]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "book.ipynb")
    found = program(tmp_path, "materialize", "book.ipynb", "--executor", "processes", "--json")
    assert found.returncode == 0, found.stderr
    steps = json.loads(found.stdout)["steps"]
    assert {each["name"]: each["status"] for each in steps} == {"where": "done", "total": "done"}
    shown = program(tmp_path, "value", "total")
    assert "42" in shown.stdout
