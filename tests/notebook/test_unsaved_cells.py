"""What is said of cells that the file has otherwise than they ran."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assetbook.notebook.document import Document, SourceCell
from assetbook.notebook.reachable import Cell
from assetbook.notebook.session import Session
from assetbook.notebook.unsaved_cells import unsaved_cells

SAVED_AT = 1_000.0
BEFORE, AFTER = SAVED_AT - 10, SAVED_AT + 10


@pytest.fixture
def notebook(tmp_path: Path) -> Document:
    path = tmp_path / "book.ipynb"
    path.touch()
    os.utime(path, (SAVED_AT, SAVED_AT))
    cells = (
        SourceCell(1, "a", "markdown", "# Title"),
        SourceCell(2, "b", "code", "RATE = 1\n"),
        SourceCell(3, "c", "code", "def clean(x):\n    return x"),
    )
    return Document(path, cells)


def ran(*runs: tuple[str, str, float], binds: tuple[str, ...] = ("RATE", "clean")) -> Session:
    session = Session(dict.fromkeys(binds, 0), lambda _: False)
    for number, (handle, text, at) in enumerate(runs, 1):
        bound = frozenset(name for name in binds if name in text)
        session.executed.note(Cell(handle, number, binds=bound), text, at)
    return session


def said(session: Session, notebook: Document) -> list[str]:
    return [each.text for each in unsaved_cells(session, notebook)]


RATE = ("b", "RATE = 1", BEFORE)
CLEAN = ("c", "def clean(x):\n    return x", BEFORE)


def test_nothing_is_said_where_all_agree(notebook: Document) -> None:
    assert said(ran(RATE, CLEAN), notebook) == []


def test_an_edit_that_ran_and_was_not_saved(notebook: Document) -> None:
    edited = ("c", "def clean(x):\n    return x + 1", AFTER)
    assert said(ran(RATE, edited), notebook) == ["In[2] `def clean(x):` is not saved"]


def test_an_edit_that_was_saved_and_not_run(notebook: Document) -> None:
    older = ("b", "RATE = 2", BEFORE)
    assert said(ran(older, CLEAN), notebook) == ["cell 2 `RATE = 1` was edited but not run"]


def test_a_cell_that_never_ran(notebook: Document) -> None:
    assert said(ran(RATE), notebook) == ["cell 3 `def clean(x):` was never run in this kernel"]


def test_a_deleted_cell_whose_names_live(notebook: Document) -> None:
    gone = ("z", "HELPER = 3", BEFORE)
    session = ran(RATE, CLEAN, gone, binds=("RATE", "clean", "HELPER"))
    live = "In[3] `HELPER = 3` was deleted from the notebook but its definitions live"
    assert said(session, notebook) == [live]
    del session.namespace["HELPER"]
    assert said(session, notebook) == []


def test_a_new_cell_that_is_not_saved(notebook: Document) -> None:
    new = ("z", "%%asset x\n1", AFTER)
    assert said(ran(RATE, CLEAN, new), notebook) == ["In[3] `%%asset x` is not saved"]


def test_looking_around_leaves_nothing_to_say(notebook: Document) -> None:
    assert said(ran(RATE, CLEAN, ("z", "print(1)", AFTER)), notebook) == []


def test_handles_of_another_kind_are_matched_by_text(notebook: Document) -> None:
    texts = (("vscode:1", RATE[1], BEFORE), ("vscode:2", CLEAN[1], BEFORE))
    assert said(ran(*texts), notebook) == []
    edited = ("vscode:2", "def clean(x):\n    return 2 * x", AFTER)
    assert said(ran(texts[0], edited), notebook) == ["In[2] `def clean(x):` is not saved"]
