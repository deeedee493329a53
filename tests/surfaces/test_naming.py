"""What a name that fits no asset is told."""

from __future__ import annotations

import pytest
from tests.surfaces.book import Book, CellFailedError

SPLIT = """@multi_asset(outs={'cheap': AssetOut(), 'dear': AssetOut()})
def split():
    return [1], [2]
"""


def told(book: Book, line: str) -> str:
    with pytest.raises(CellFailedError) as caught:
        book.run(line)
    return str(caught.value)


@pytest.mark.parametrize(
    "line",
    [
        "%materialize split",
        "%plan +split --force",
        "%show split",
        "%why split",
        "%value split",
        "%versions split",
        "%assets split",
        "%lineage +split",
        "%forget split",
    ],
)
def test_a_function_of_several_assets_offers_their_keys(book: Book, line: str) -> None:
    book.run(SPLIT)
    shown = told(book, line)
    assert "the asset `split`: it is a function that makes 2 assets" in shown
    assert "Name `cheap` or `dear`." in shown


def test_a_function_of_one_asset_of_another_name_offers_it(book: Book) -> None:
    book.run("@multi_asset(outs={'only': AssetOut()})\ndef alone():\n    return 1")
    assert "Name `only`." in told(book, "%show alone")


def test_a_name_that_is_an_asset_means_the_asset(book: Book) -> None:
    book.run(SPLIT)
    book.run("@asset(key_prefix='shop', name='split')\ndef other():\n    return 1")
    assert "shop/split" in book.run("%show split")


@pytest.mark.parametrize("line", ["%show bad", "%why bad", "%value bad"])
def test_a_wrong_definition_says_what_is_wrong(book: Book, line: str) -> None:
    book.run("@asset\ndef bad(missing):\n    return 1")
    shown = told(book, line)
    assert "DefinitionError: the asset `bad`: `bad` needs `missing`, which nothing defines" in shown
    assert "`%forget bad`" in shown


@pytest.mark.parametrize("line", ["%plan", "%materialize +x"])
def test_a_notebook_without_assets_says_how_to_define_one(book: Book, line: str) -> None:
    shown = told(book, line)
    assert "no asset is defined here" in shown
    assert "`%%asset NAME`" in shown


@pytest.mark.parametrize(
    ("line", "all_of_them"),
    [("%assets group:no", "%assets"), ("%lineage group:no", "%lineage")],
)
def test_a_selection_of_nothing_says_of_how_many(book: Book, line: str, all_of_them: str) -> None:
    book.run(SPLIT)
    book.run(line)
    said = f"`group:no` matches none of the 2 assets. `{all_of_them}` shows all."
    assert str(book.result) == said
    assert said in book.result.html()


def test_a_selection_where_nothing_is_defined_shows_how_to(book: Book) -> None:
    book.run("%assets group:no")
    assert "No assets yet. Define one in a cell" in str(book.result)
