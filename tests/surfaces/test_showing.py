"""Materializing in a cell shows what a cell would show, also when nothing had to run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.surfaces.book import Book, CellFailedError

LOUD = "%%asset loud\nprint('heard')\n[1, 2]"


def test_a_fresh_cell_shows_its_stored_output_again(book: Book) -> None:
    book.run(LOUD)
    shown = book.run(LOUD)
    assert "`loud` is fresh since" in shown
    assert "`%materialize loud --force` runs it again" in shown
    assert "heard" in shown
    assert book.result == [1, 2]
    assert len(book.instance.runs()) == 1


def test_the_line_magic_shows_no_value(book: Book) -> None:
    book.run("@asset\ndef orders():\n    return 1")
    book.run("%materialize orders")
    assert book.result is None
    assert book.run("%materialize orders") == "all fresh: nothing to do\n"


def test_a_cell_that_shows_itself_has_no_second_value(book: Book) -> None:
    cell = "%%asset orders\norders = [1, 2]\nprint('seen')\norders[:1]"
    book.run(cell)
    assert book.result is None
    assert "seen" in book.run(cell)
    assert book.result is None


def test_an_effect_shows_no_value(book: Book) -> None:
    book.run("%%asset notify --effect\nprint('sent')")
    assert book.result is None
    assert "sent" in book.run("%%asset notify --effect\nprint('sent')")


def test_what_it_needs_is_brought_up_first(book: Book) -> None:
    book.run("@asset\ndef numbers():\n    return [1, 2]")
    shown = book.run("%%asset total\nsum(numbers)")
    assert book.result == 3
    assert re.search(r"1  numbers +never .*\n +2  total +never", shown)


@pytest.mark.parametrize("name", ["figure", "text"])
def test_a_display_is_shown_again(book: Book, name: str) -> None:
    cell = f"%%asset {name}\nfrom IPython.display import display, Markdown\n"
    cell += "display(Markdown('# seen'))\n1"
    book.run(cell)
    assert "Markdown" in book.run(cell)


def test_of_a_large_table_the_first_rows_show(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assetbook.io.table_file_form.LARGEST_REMEMBERED", 0)
    monkeypatch.setattr("assetbook.io.table_writing.TableWriting.in_memory", lambda self: None)
    cell = "%%asset many\nimport pandas as pd\n(pd.DataFrame({'n': range(100)}) for _ in range(9))"
    for _ in ("made", "fresh"):
        assert "900 rows are in the store, too many to show" in book.run(cell)
        assert book.result["n"].tolist() == list(range(10))


def test_io_names_what_stores(book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    book.run("%%asset tags --io pickle\n{'pen', 'ink'}")
    assert book.result == {"pen", "ink"}
    with pytest.raises(CellFailedError, match="--io pickle"):
        book.run("%%asset others\n{'pen'}")
