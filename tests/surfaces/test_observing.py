"""Sources in a notebook and in a shell: defined in a cell, looked at by a word."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.surfaces.book import Book
from tests.surfaces.shell import program, saved

from assetbook.errors import UsageError
from assetbook.surfaces.observing import observe

SOURCE = """\
from pathlib import Path
from assetbook import DataVersion

@observable_source_asset(group_name="raw")
def landed():
    \"\"\"Files that the till writes.\"\"\"
    return DataVersion(str(len(list(Path("landed").glob("*")))))
"""
SALES = """\
@asset(deps=[landed])
def sales():
    return len(list(Path("landed").glob("*")))
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "landed").mkdir()
    (tmp_path / "landed" / "one").touch()
    return tmp_path


def test_a_source_has_a_card_and_its_states_in_assets(folder: Path, book: Book) -> None:
    assert "· landed · raw · external · never observed" in book.run(SOURCE)
    book.run(SALES)
    assert "never observed" in str(book.run("print(assetbook.assets())"))
    assert "1 observed · " in book.run("%observe landed")
    shown = book.run("print(assetbook.assets())")
    assert "● fresh" in shown
    assert "sources as of" in shown
    assert "observable source" in book.run("print(landed._repr_html_() if 0 else '')\nlanded")


def test_observing_makes_what_follows_stale_if_the_version_differs(
    folder: Path, book: Book
) -> None:
    book.run(SOURCE)
    book.run(SALES)
    assert "1 observed, 1 materialized" in book.run("%materialize sales")
    (folder / "landed" / "two").touch()
    assert "all fresh" in book.run("print(assetbook.plan('sales'))")
    book.run("%observe")
    assert "`landed` has a newer version" in book.run("print(assetbook.plan('sales'))")


def test_an_edited_observation_is_the_same_source(folder: Path, book: Book) -> None:
    book.run(SOURCE, "source")
    book.run(SALES)
    book.run("%materialize sales")
    book.run(SOURCE.replace("len(", "0 + len("), "source")
    assert "all fresh" in book.run("print(assetbook.plan('sales'))")


def test_the_shell_observes_a_notebook(folder: Path) -> None:
    saved(folder, "%load_ext assetbook", SOURCE, SALES, name="sales.ipynb")
    found = program(folder, "observe", "sales.ipynb", "--json")
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout)["steps"][0]["name"] == "landed"
    unnamed = program(folder, "observe")
    assert unnamed.returncode == 2
    assert "no notebook is named" in unnamed.stderr


def test_options_of_objects_do_not_go_with_names() -> None:
    with pytest.raises(UsageError, match="give the definitions: observe"):
        observe("landed", selection="landed")
