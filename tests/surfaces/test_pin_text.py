"""How far a notebook is ahead of its pin is said in the overview."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from tests.surfaces.shell import saved

from assetbook.events.parts import Origin
from assetbook.instance.bundles import keep_bundle
from assetbook.instance.bundling import bundle_of
from assetbook.instance.instance import Instance
from assetbook.instance.pins import pin
from assetbook.notebook.document import read_document
from assetbook.notebook.local_imports import WorkTree
from assetbook.surfaces.desk import StoreDesk
from assetbook.surfaces.pin_text import pin_text
from assetbook.surfaces.verbs import overview

CELLS = ("%load_ext assetbook", "%%asset one\n1", "%%asset two\none + 1")


def notebook(folder: Path, *cells: str) -> Path:
    path = saved(folder, *cells)
    book = nbformat.read(path, as_version=4)
    for at, cell in enumerate(book.cells):
        cell.id = f"c{at}"
    nbformat.write(book, path)
    return path


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    path = notebook(tmp_path, *CELLS)
    opened = Instance.get(tmp_path)
    bundle = bundle_of(read_document(path), WorkTree(tmp_path), path.name)
    by = Origin(kind="cli", user="ann", host="laptop")
    pin(opened, path.name, keep_bundle(opened, bundle), by=by)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    "cells, said",
    [
        (CELLS, "the notebook is as pinned"),
        ((*CELLS, "print('looking')"), "the notebook is as pinned"),
        ((*CELLS[:2], "%%asset two\none + 2"), "the notebook is 1 cell ahead of its pin"),
        (("import assetbook", *CELLS[1:2], "x = 1"), "the notebook is 2 cells ahead of its pin"),
        (("1 +", *CELLS[1:]), "the notebook cannot be compared with it: it is no Python"),
    ],
)
def test_cells_ahead_are_counted(
    instance: Instance, tmp_path: Path, cells: tuple[str, ...], said: str
) -> None:
    notebook(tmp_path, *cells)
    told = pin_text(instance, "numbers.ipynb")
    assert "by ann@laptop; " in told
    assert said in told


def test_a_pin_of_a_deleted_notebook_is_said_to_run(instance: Instance, tmp_path: Path) -> None:
    (tmp_path / "numbers.ipynb").unlink()
    assert pin_text(instance, "numbers.ipynb").endswith("the notebook is gone, its pin still runs")


def test_nothing_is_said_without_a_pin(instance: Instance) -> None:
    assert pin_text(instance, "other.ipynb") == ""


def test_the_overview_shows_it(instance: Instance) -> None:
    view = overview(desk=StoreDesk(instance))
    assert "1 notebook pinned" in str(view)
    assert view.to_json()["pin"] == "1 notebook pinned"


def test_a_secret_in_the_file_is_not_told(instance: Instance, tmp_path: Path) -> None:
    notebook(tmp_path, *CELLS[:2], "%%asset two\npassword = 'hunter22'\none")
    assert "hunter22" not in pin_text(instance, "numbers.ipynb")
