"""Stated column lineage: stored with a version or a definition, and shown."""

from __future__ import annotations

import pytest
from tests.surfaces.book import Book

from assetbook.keys import AssetKey
from assetbook.metadata import (
    COLUMN_LINEAGE,
    ColumnLineageMetadataValue,
    TableColumnDep,
    TableColumnLineage,
    from_wire,
)
from assetbook.surfaces.display.html import visible

STATED = """\
LINEAGE = TableColumnLineage({
    "total": [TableColumnDep("raw/orders", "amount"), TableColumnDep("rates", "rate")],
    "made": [],
})
"""
OF_A_VERSION = """\
@asset
def totals():
    return MaterializeResult(value=[1], metadata={"dagster/column_lineage": LINEAGE})
"""
OF_THE_DEFINITION = """\
@asset(metadata={"dagster/column_lineage": LINEAGE})
def totals():
    return [1]
"""


@pytest.mark.parametrize("definition", [OF_A_VERSION, OF_THE_DEFINITION])
def test_show_lists_what_each_column_is_made_from(book: Book, definition: str) -> None:
    book.run(STATED)
    book.run(definition)
    book.run("%materialize totals")
    shown = book.run("print(show('totals'))")
    assert "columns made from\n  column  made from\n" in shown
    assert "  total   raw/orders.amount, rates.rate\n" in shown
    assert "  made    nothing" in shown
    assert "dagster/column_lineage" not in shown
    assert "raw/orders.amount, rates.rate" in book.run("print(show('totals').html())")


def test_column_lineage_round_trips_from_the_event(book: Book) -> None:
    book.run(STATED)
    book.run(OF_A_VERSION)
    book.run("%materialize totals")
    value = from_wire(book.instance.version("totals").event.metadata[COLUMN_LINEAGE])
    assert isinstance(value, ColumnLineageMetadataValue)
    assert value.value == TableColumnLineage(
        {
            "total": [
                TableColumnDep(AssetKey(["raw", "orders"]), "amount"),
                TableColumnDep("rates", "rate"),
            ],
            "made": [],
        }
    )


def test_hostile_columns_stay_text(book: Book) -> None:
    book.run("X = TableColumnLineage({'<script>x</script>': [TableColumnDep('a', '<b>')]})")
    book.run(OF_A_VERSION.replace("LINEAGE", "X"))
    book.run("%materialize totals")
    assert "<script>" not in book.run("print(show('totals').html())")
    assert visible("<b>") in book.run("print(show('totals'))")


def test_other_values_under_the_key_are_shown_as_metadata(book: Book) -> None:
    book.run(OF_A_VERSION.replace("LINEAGE", "'by hand'"))
    book.run("%materialize totals")
    shown = book.run("print(show('totals'))")
    assert "dagster/column_lineage  by hand" in shown
    assert "columns made from" not in shown
