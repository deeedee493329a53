"""The text right above a cell is found by the cell's id or by its text."""

from __future__ import annotations

from pathlib import Path

import nbformat

from assetbook.notebook.texts_above import TextsAbove, text_handle


def written(path: Path, *cells: nbformat.NotebookNode) -> Path:
    nbformat.write(nbformat.v4.new_notebook(cells=list(cells)), path)
    return path


def markdown(text: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_markdown_cell(text)


def code(text: str, handle: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_code_cell(text, id=handle)


def test_only_the_cell_right_above_counts(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.ipynb",
        markdown("# Title"), markdown("About *a*.\n"), code("a = 1", "a"), code("b = 1", "b"),
        markdown(" "), code("c = 1", "c"),
    )  # fmt: skip
    texts = TextsAbove(path)
    assert [texts.above(each) for each in ("a", "b", "c", "d")] == ["About *a*.", "", "", ""]
    assert texts.above(text_handle("a = 1")) == "About *a*."


def test_a_saved_file_is_read_again(tmp_path: Path) -> None:
    path = written(tmp_path / "a.ipynb", markdown("old"), code("a = 1", "a"))
    texts = TextsAbove(path)
    assert texts.above("a") == "old"
    written(path, markdown("newer"), code("a = 1", "a"))
    assert texts.above("a") == "newer"


def test_a_file_that_is_none_has_no_texts(tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_text("{}")
    for path in (None, tmp_path / "a.ipynb", tmp_path / "gone.ipynb"):
        assert TextsAbove(path).above("a") == ""
