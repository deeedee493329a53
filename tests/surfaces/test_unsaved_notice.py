"""What ``%assetbook`` says of cells that are not saved, or did not run as they are."""

from __future__ import annotations

from pathlib import Path

import nbformat
from tests.surfaces.book import SETUP, Book, opened


def save(book: Book, **cells: str) -> None:
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(text, id=name) for name, text in cells.items()]
    nbformat.write(notebook, book.path)


def test_the_overview_names_an_unsaved_cell(book: Book) -> None:
    save(book, a="def clean(x):\n    return x", b="RATE = 1")
    book.run("def clean(x):\n    return x + 1", "a")
    shown = book.run("%assetbook")
    assert "`def clean(x):` is not saved" in shown
    assert "cell 2 `RATE = 1` was never run in this kernel" in shown


def test_the_overview_is_quiet_once_all_is_saved(book: Book) -> None:
    book.run("RATE = 1", "b")
    save(book, **{"cell-1": "%load_ext assetbook", "cell-2": SETUP, "b": "RATE = 1"})
    assert "cells and the saved file" not in book.run("%assetbook")


def test_many_cells_are_counted(book: Book) -> None:
    save(book, **{f"cell{number}": f"x{number} = 1" for number in range(12)})
    assert "and 5 more" in book.run("%assetbook")


def test_a_notebook_without_a_known_file_says_so(tmp_path: Path) -> None:
    with opened(tmp_path, scratch=True) as book:
        assert "this notebook's file is not known" in book.run("%assetbook")
