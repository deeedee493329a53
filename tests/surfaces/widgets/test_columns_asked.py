"""Where a column comes from and where it goes, through all assets that state it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.surfaces.book import Book

from assetbook.errors import UsageError
from assetbook.surfaces.desk import current_desk
from assetbook.surfaces.widgets.column_lineage import column_lineage

STATED = """
def of(**columns):
    return {"dagster/column_lineage": TableColumnLineage(columns)}

@asset(metadata=of(amount=[TableColumnDep("feed", "amt")]))
def orders():
    return [1]

@asset(metadata=of(total=[TableColumnDep("orders", "amount")], made=[]))
def totals(orders):
    return pd.DataFrame({"total": [1.0], "made": [2.0], "extra": [3.0]})
"""


@pytest.fixture
def stated(book: Book) -> Book:
    """A notebook with two assets that say what their columns are made from."""
    book.run("import pandas as pd")
    book.run(STATED)
    return book


def ask(**given: Any) -> dict[str, Any]:
    return column_lineage(current_desk(), given)


def test_a_column_is_followed_through_assets_to_where_nobody_says_more(stated: Book) -> None:
    picture = ask(key="totals", column="total")["picture"]

    named = {(node["asset"], node["name"]) for node in picture["nodes"].values()}
    assert named == {("feed", "amt"), ("orders", "amount"), ("totals", "total")}
    assert [node["key"] for node in picture["nodes"].values()] == ["", "orders", "totals"]
    assert len(picture["edges"]) == 2


def test_a_column_is_followed_to_what_is_made_from_it(stated: Book) -> None:
    picture = ask(key="orders", column="amount")["picture"]

    named = [(node["asset"], node["name"]) for node in picture["nodes"].values()]
    assert named == [("feed", "amt"), ("orders", "amount"), ("totals", "total")]
    asked = picture["nodes"][picture["asked"]]
    assert (asked["asset"], asked["name"]) == ("orders", "amount")
    assert len(picture["edges"]) == 2


def test_what_is_read_of_an_asset_is_a_column_of_it(stated: Book) -> None:
    stated.run("feed = AssetSpec('feed')")

    found = ask(key="feed")

    assert (found["columns"], found["stated"]) == (["amt"], ["amt"])


def test_the_columns_of_its_table_are_offered(stated: Book) -> None:
    stated.run("%materialize totals")

    found = ask(key="totals")

    assert found["columns"] == ["total", "made", "extra"]
    assert found["stated"] == ["total"]
    assert found["picture"] is None


def test_a_column_that_is_made_of_itself_ends(book: Book) -> None:
    book.run(
        'X = TableColumnLineage({"a": [TableColumnDep("loop", "a")]})\n'
        '@asset(metadata={"dagster/column_lineage": X})\ndef loop(): return 1'
    )

    assert len(ask(key="loop", column="a")["picture"]["nodes"]) == 1


def test_an_asset_that_is_not_there_is_told_with_the_nearest(stated: Book) -> None:
    with pytest.raises(UsageError, match="no such asset") as refused:
        ask(key="total")

    assert "totals" in refused.value.remedy
