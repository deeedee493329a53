"""Marking a run with tags: in a magic, in Python and in a shell."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from tests.surfaces.book import Book, CellFailedError
from tests.surfaces.shell import program

from assetbook import materialize
from assetbook.errors import DefinitionError

CELL = "@asset\ndef orders() -> int:\n    return 1"


def test_a_run_bears_the_tags_that_it_is_given(book: Book) -> None:
    book.run(CELL)
    book.run("%materialize orders --tag team=etl --tag dagster/priority=3")
    (run,) = book.instance.runs()
    assert run.tags == {"team": "etl", "dagster/priority": "3"}


def test_a_function_takes_them_as_a_mapping(book: Book) -> None:
    book.run(CELL)
    materialize("orders", tags={"team": "etl"})
    assert book.instance.runs()[0].tags == {"team": "etl"}
    with pytest.raises(DefinitionError, match="'high': it is no priority\nGive a whole number"):
        materialize("orders", tags={"dagster/priority": "high"})
    with pytest.raises(DefinitionError, match="it is no tag's name"):
        materialize("orders", tags={"a team": "etl"})


def test_a_tag_without_a_value_is_refused(book: Book) -> None:
    book.run(CELL)
    with pytest.raises(CellFailedError, match="--tag team: it is not KEY=VALUE"):
        book.run("%materialize orders --tag team")


def test_a_shell_says_it_too_and_locations_hand_it_on(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.assetbook]\nlocations = ["book.ipynb"]\n')
    cells = [
        *map(nbformat.v4.new_code_cell, ("%load_ext assetbook", "from assetbook import *", CELL))
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "book.ipynb")
    found = program(tmp_path, "materialize", "--tag", "team=etl", "--tag", "dagster/priority=-1")
    assert found.returncode == 0, found.stderr
    (run,) = json.loads(program(tmp_path, "runs", "--json").stdout)
    assert run["tags"] == {"team": "etl", "dagster/priority": "-1"}
