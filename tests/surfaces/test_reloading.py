"""Modules edited on disk, reloaded by hand or by ``%autoreload``: states in the live session."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest
from tests.surfaces.book import Book

from assetbook.keys import AssetKey

PRICES = """RATE = {rate}

def price(x):
    return x * {factor}

class Duty:
    def of(self, x):
        return x + {duty}
"""
CELLS = (
    "@asset\ndef by_name():\n    return price(3)",
    "@asset\ndef by_module():\n    return shop.prices.price(3)",
    "@asset\ndef by_class():\n    return shop.prices.Duty().of(1)",
    "@asset\ndef by_constant():\n    return shop.prices.RATE",
)
NAMES = ("by_name", "by_module", "by_class", "by_constant")


class Shop:
    """A notebook with a package of its own, whose assets are fresh."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.file = book.path.parent / "shop" / "prices.py"
        self.file.parent.mkdir()
        (self.file.parent / "__init__.py").write_text("")
        self.time = 1_000_000_000
        self.write()
        book.run("import sys, importlib; sys.path.insert(0, '')")
        book.run("import shop.prices\nfrom shop.prices import price", "imports")
        for each in CELLS:
            book.run(each)
        book.run("%materialize")

    def write(self, rate: int = 1, factor: int = 2, duty: int = 3) -> None:
        self.put(PRICES.format(rate=rate, factor=factor, duty=duty))

    def put(self, text: str) -> None:
        self.file.write_text(text)
        self.time += 10
        os.utime(self.file, (self.time, self.time))

    def states(self) -> dict[str, str]:
        states = self.book.live.standing()[0].states
        return {name: states[AssetKey([name])].state for name in NAMES}

    def why(self, name: str) -> str:
        return " ".join(self.book.run(f"%why {name}").split())


@pytest.fixture
def shop(book: Book) -> Iterator[Shop]:
    path = list(sys.path)
    yield Shop(book)
    sys.path[:] = path
    for name in ("shop", "shop.prices"):
        sys.modules.pop(name, None)


def all_are(state: str) -> dict[str, str]:
    return dict.fromkeys(NAMES, state)


def test_an_edit_that_is_not_reloaded_is_unknown(shop: Shop) -> None:
    assert shop.states() == all_are("fresh")
    shop.write(rate=2, factor=3, duty=4)
    assert shop.states() == all_are("unknown")
    assert "prices.py was edited and not reloaded" in shop.why("by_module")


def test_a_reload_makes_what_was_edited_stale(shop: Shop) -> None:
    shop.write(rate=2, factor=3, duty=4)
    shop.book.run("importlib.reload(shop.prices)")
    assert shop.states() == all_are("stale") | {"by_name": "unknown"}
    shop.book.run("from shop.prices import price", "imports")
    assert shop.states() == all_are("stale")


@pytest.mark.parametrize("mode", ["1", "2", "3"])
def test_autoreload_is_followed(shop: Shop, mode: str) -> None:
    book = shop.book
    book.run("%load_ext autoreload")
    book.run(f"%autoreload {mode}")
    if mode == "1":
        book.run("%aimport shop.prices")
    book.run("1")
    shop.write(rate=2, factor=3, duty=4)
    book.run("1")  # IPython reloads before a cell
    assert shop.states() == all_are("stale")
    book.run("%materialize * --force")
    assert shop.states() == all_are("fresh")


def test_a_file_that_is_no_python_is_unknown(shop: Shop) -> None:
    shop.put("def price(x:\n")
    assert shop.states() == all_are("unknown")
    assert "prices.py cannot be read as Python" in shop.why("by_module")


def test_a_module_whose_file_is_gone_is_unknown(shop: Shop) -> None:
    shop.file.unlink()
    assert shop.states()["by_module"] == "unknown"
    assert "prices.py is gone" in shop.why("by_module")
