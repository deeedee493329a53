"""The overview tells what has run and failed since this user's last look, and which locations."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from tests.surfaces.book import Book, CellFailedError, opened
from tests.surfaces.shell import told

from assetbook.instance.instance import Instance

FAILING = "@asset\ndef broken() -> int:\n    raise ValueError('no rows')"


def test_what_ran_and_failed_since_the_last_look_is_told(book: Book) -> None:
    assert "since your last look" not in book.run("%assetbook")
    assert "nothing ran" in book.run("%assetbook")
    book.run("%%asset one\n1")
    book.run(FAILING)
    with pytest.raises(CellFailedError):
        book.run("%materialize broken")
    shown = book.run("%assetbook")
    assert "2 runs" in shown and "1 failed" in shown and "broken" in shown
    assert "nothing ran" in book.run("%assetbook")


def test_a_shell_tells_the_locations_and_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path) as book:
        book.run("%%asset one\n1")
    cells = [*map(nbformat.v4.new_code_cell, ("%load_ext assetbook", "%%asset one\n1"))]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "book.ipynb")
    settings = '[tool.assetbook]\nlocations = ["book.ipynb"]\n'
    (tmp_path / "pyproject.toml").write_text(settings, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert "book.ipynb" in told().stdout
    found = json.loads(told("--json").stdout)
    assert found["locations"] == ["book.ipynb"]
    assert found["since"]["runs"] == 0 and found["since"]["failed"] == []
    Instance.get(tmp_path).close()


def test_a_look_that_cannot_be_noted_says_nothing_wrong(book: Book, tmp_path: Path) -> None:
    [mark] = [each for each in [tmp_path / ".assetbook"] if each.is_dir()]
    for each in mark.glob("last-look-*"):
        each.unlink()
    book.run("%assetbook")
    [file] = mark.glob("last-look-*")
    file.write_bytes(b"\xff no time")
    assert "since your last look" not in book.run("%assetbook")
    assert "nothing ran" in book.run("%assetbook")
