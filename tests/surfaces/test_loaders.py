"""Loaders in a notebook: what modules define belongs to the cell that loads it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.surfaces.book import Book
from tests.surfaces.shell import program, saved

RAW = "from assetbook import asset\n\n@asset\ndef orders():\n    return [1, 2]\n"


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "shop_raw.py").write_text(RAW)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def test_assets_of_a_module_are_the_notebooks(module: Path, book: Book) -> None:
    shown = book.run(
        "import shop_raw\n"
        "raw = load_assets_from_modules([shop_raw], group_name='raw', key_prefix='shop')"
    )
    assert "shop/orders · raw" in shown
    book.run("@asset\ndef total(orders): return sum(orders)")
    book.run("%materialize total")
    assert book.instance.value("total") == 3


def test_the_current_module_is_the_notebook(book: Book) -> None:
    book.run("@asset\ndef orders(): return [1]")
    book.run("found = load_assets_from_current_module()\nassert found == [orders]")
    assert book.run("print(len(assets()))").strip() == "1"


def test_loading_the_file_finds_them_too(module: Path) -> None:
    saved(
        module,
        "%load_ext assetbook",
        "import shop_raw\nfrom assetbook import load_assets_from_modules",
        "raw = load_assets_from_modules([shop_raw], key_prefix='shop')",
        name="shop.ipynb",
    )
    found = program(module, "materialize", "shop.ipynb", "shop/orders")
    assert found.returncode == 0, found.stderr
    assert program(module, "value", "shop/orders").stdout == "[1, 2]\n"
