"""A notebook's file is read as it was saved: .ipynb of any version, .py in percent format."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

from assetbook.errors import NotLoadedError
from assetbook.notebook.document import read_document


def test_cells_have_numbers_ids_and_tags(tmp_path: Path) -> None:
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [
        nbformat.v4.new_markdown_cell("# Text"),
        nbformat.v4.new_code_cell("x = 1", metadata={"tags": ["assetbook:skip"]}, id="abc"),
        nbformat.v4.new_code_cell(" \n"),
    ]
    notebook.metadata["kernelspec"] = {"name": "other", "display_name": "x"}
    nbformat.write(notebook, tmp_path / "a.ipynb")
    found = read_document(tmp_path / "a.ipynb")
    assert found.kernel == "other"
    [cell] = found.code_cells
    assert (cell.number, cell.id, cell.text) == (2, "abc", "x = 1")
    assert cell.tags == {"assetbook:skip"}
    assert [each.kind for each in found.cells] == ["markdown", "code", "code"]


def test_an_old_notebook_has_no_ids(tmp_path: Path) -> None:
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    old = {"nbformat": 4, "nbformat_minor": 2, "metadata": {}}
    text = json.dumps({**old, "cells": [{**cell, "source": ["x = 1\n", "y = 2"]}]})
    (tmp_path / "a.ipynb").write_text(text)
    [found] = read_document(tmp_path / "a.ipynb").cells
    assert (found.id, found.text) == ("#1", "x = 1\ny = 2")


def test_a_notebook_of_version_three_is_converted(tmp_path: Path) -> None:
    cell = {"cell_type": "code", "language": "python", "outputs": [], "input": "x = 1"}
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}}
    text = json.dumps({**old, "worksheets": [{"cells": [cell], "metadata": {}}]})
    (tmp_path / "a.ipynb").write_text(text)
    [found] = read_document(tmp_path / "a.ipynb").cells
    assert found.text == "x = 1"


def test_a_kind_of_cell_that_a_later_format_may_bring_is_raw(tmp_path: Path) -> None:
    cell = {"cell_type": "future", "metadata": {}, "a": "x"}
    later = {"nbformat": 4, "nbformat_minor": 99, "metadata": {}, "cells": [cell]}
    (tmp_path / "a.ipynb").write_text(json.dumps(later))
    assert [each.kind for each in read_document(tmp_path / "a.ipynb").cells] == ["raw"]


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ({}, "python"),
        ({"language_info": {"name": "ipython"}}, "python"),
        ({"kernelspec": {"name": "ir", "language": "R"}}, "r"),
        ({"kernelspec": {"language": "python"}, "language_info": {"name": "julia"}}, "julia"),
    ],
)
def test_a_notebook_says_the_language_of_its_cells(
    tmp_path: Path, metadata: dict[str, object], language: str
) -> None:
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": []}
    (tmp_path / "a.ipynb").write_text(json.dumps(notebook))
    assert read_document(tmp_path / "a.ipynb").language == language


def test_percent_format_is_read(tmp_path: Path) -> None:
    text = '# %% [markdown]\n# Text\n\n# %% tags=["assetbook:load"]\n# %load_ext assetbook\nx = 1\n'
    (tmp_path / "a.py").write_text(text)
    found = read_document(tmp_path / "a.py")
    assert [each.kind for each in found.cells] == ["markdown", "code"]
    [cell] = found.code_cells
    assert cell.text == "%load_ext assetbook\nx = 1"
    assert cell.tags == {"assetbook:load"}


def test_a_notebook_that_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "orders.ipynb").touch()
    with pytest.raises(
        NotLoadedError, match=r"order\.ipynb: there is no such file\n.*`orders.ipynb`"
    ):
        read_document(tmp_path / "order.ipynb")


@pytest.mark.parametrize("text", ["no json", "{}", '{"cells": 3, "nbformat": 4}', "[]", "", "\xff"])
def test_a_file_that_is_no_notebook_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.ipynb").write_bytes(text.encode("latin-1"))
    with pytest.raises(NotLoadedError, match="it cannot be read"):
        read_document(tmp_path / "a.ipynb")


def test_a_folder_is_no_notebook(tmp_path: Path) -> None:
    with pytest.raises(NotLoadedError, match="it cannot be read: Is a directory"):
        read_document(tmp_path)
