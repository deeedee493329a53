"""Definitions that a cell imports from a local module belong to that cell."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.notebook.session_notebook import Notebook

from assetbook.keys import AssetKey


@pytest.fixture
def notebook() -> Notebook:
    return Notebook()


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / "ab_shop_assets.py"
    path.write_text(
        "from assetbook import asset\n"
        "@asset\ndef orders():\n    return 1\n"
        "@asset\ndef customers():\n    return 2\n"
        "everything = [orders, customers]\n"
        "def factory(name):\n"
        "    @asset(name=name)\n    def made():\n        return 1\n    return made\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    yield path
    sys.modules.pop("ab_shop_assets", None)


@pytest.mark.usefixtures("module")
def test_imported_definitions_belong_to_the_importing_cell(notebook: Notebook) -> None:
    assert notebook.run("A", "from ab_shop_assets import orders") == []
    assert notebook.keys() == ["orders"] and notebook.owner("orders") == "A"
    assert notebook.run("A", "from ab_shop_assets import orders") == []
    assert notebook.keys() == ["orders"]


@pytest.mark.usefixtures("module")
def test_an_import_that_is_taken_out_ends_its_definition(notebook: Notebook) -> None:
    notebook.run("A", "from ab_shop_assets import orders, customers")
    said = notebook.run("A", "from ab_shop_assets import customers")
    assert said == ["`orders` is no longer defined (In[3])"]
    assert notebook.keys() == ["customers"]


@pytest.mark.usefixtures("module")
def test_a_star_import_keeps_its_definitions(notebook: Notebook) -> None:
    for _ in range(2):
        assert notebook.run("A", "from ab_shop_assets import *") == []
        assert notebook.keys() == ["customers", "orders"]


@pytest.mark.usefixtures("module")
def test_an_imported_list_can_be_forgotten_and_imported_again(notebook: Notebook) -> None:
    notebook.run("A", "from ab_shop_assets import everything")
    notebook.session.forget(AssetKey("orders"))
    notebook.run("B", "1")
    assert notebook.keys() == ["customers"]
    notebook.run("A", "from ab_shop_assets import everything")
    assert notebook.keys() == ["customers", "orders"]


@pytest.mark.usefixtures("module")
def test_a_module_by_itself_defines_nothing(notebook: Notebook) -> None:
    assert notebook.run("A", "import ab_shop_assets") == []
    assert notebook.keys() == []


@pytest.mark.usefixtures("module")
def test_what_an_imported_factory_makes_is_the_cells(notebook: Notebook) -> None:
    text = "from ab_shop_assets import factory\n[factory(n) for n in 'ab'];"
    assert notebook.run("A", text) == [
        "2 definitions made, 0 kept: put them in a list to keep them"
    ]
    notebook.run("A", "mine = factory('c')")
    assert notebook.owner("c") == "A"
