"""Defining, editing, deleting and restarting in a notebook, with Lab's own cell ids."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from tests.browser.conftest import OpenCells
from tests.browser.lab import Lab
from tests.browser.open_notebook import OpenNotebook, opened

pytestmark = pytest.mark.xdist_group("browser")

LOAD = "%load_ext assetbook"
SHOP = {
    "load": LOAD,
    "prices": """
@asset(group_name="raw")
def prices():
    return [10, 20]

@asset
def doubled(prices):
    return [price * 2 for price in prices]""",
    "report": "%%asset report --group marts\nprint('adding up')\nsum(doubled)",
    "helper": "def half(number):\n    return number // 2",
    "halves": "@asset\ndef halves():\n    return half(8)",
    "spare": "@asset\ndef spare():\n    return 1",
    "single": "@asset\ndef single():\n    return 1",
    "surplus": "@asset\ndef surplus():\n    return 2",
    "materialize": "%materialize *",
    "other": "1 + 1",
}


@pytest.fixture(scope="module")
def shop(lab: Lab, lab_page: Page) -> Iterator[OpenNotebook]:
    """A notebook whose cells have all run once; each test edits other cells of it."""
    with opened(lab, lab_page, "shop", SHOP) as book:
        book.command("notebook:run-all-cells")
        yield book


def test_loading_knows_the_file_and_says_nothing(shop: OpenNotebook) -> None:
    assert shop.shown("load") == ""


def test_definitions_leave_a_card_each(shop: OpenNotebook) -> None:
    card = shop.wait_for("prices", "doubled").split("\n")
    assert card == [
        "○", "prices", "raw · never materialized",
        "○", "doubled", "from prices · never materialized",
    ]  # fmt: skip


def test_progress_ends_as_done(shop: OpenNotebook) -> None:
    shown = shop.wait_for("materialize", "✓ success")
    assert "4 materialized" in shown
    assert "running" not in shown


def test_asset_cell_shows_its_value_below(shop: OpenNotebook) -> None:
    shop.wait_for("report", "60")
    assert shop.shown("report").rstrip().endswith("60")


def test_running_a_fresh_asset_cell_says_since_when(shop: OpenNotebook) -> None:
    shop.run("report")
    shown = shop.wait_for("report", "`report` is fresh since")
    assert "adding up" in shown
    assert "✓ success" not in shown


def test_renaming_an_asset_ends_the_old_one(shop: OpenNotebook) -> None:
    shop.edit("spare", "@asset\ndef reserve():\n    return 1")
    shop.run("spare")
    shown = shop.wait_for("spare", "`spare` is no longer defined")
    assert "reserve" in shown


def test_deleting_a_cell_ends_its_asset(shop: OpenNotebook) -> None:
    shop.delete("surplus")
    shop.run("other")
    shop.wait_for("other", "`surplus` is no longer defined")


def test_editing_a_helper_says_what_became_stale(shop: OpenNotebook) -> None:
    shop.edit("helper", "def half(number):\n    return number / 2")
    shop.run("helper")
    shown = shop.wait_for("helper", "`halves` became stale (helper `half` changed")
    assert len(shown.splitlines()) == 1


def test_an_edited_asset_is_said_stale_once(shop: OpenNotebook) -> None:
    shop.edit("single", "@asset\ndef single():\n    return 11")
    shop.run("single")
    shown = shop.wait_for("single", "stale: its own code changed")
    assert "became stale" not in shown


def test_restarting_loses_no_value_and_recomputes_nothing(open_cells: OpenCells) -> None:
    book = open_cells(
        {
            "load": LOAD,
            "assets": "%assets",
            "value": "%value total",
            "orders": "@asset\ndef orders():\n    return [3, 4]",
            "total": "%%asset total\nsum(orders)",
            "materialize": "%materialize *",
            "runs": "%runs",
        }
    )
    book.run("load", "orders", "total", "runs")
    assert book.count("runs", ".ab-still tbody tr") == 1
    book.restart()
    book.run("load", "assets", "value")
    assert book.wait_for("assets", "total").count("cell not run in this kernel") == 2
    assert book.shown("value").endswith("7")
    book.command("notebook:run-all-cells")
    assert "all fresh" in book.wait_for("materialize", "fresh")
    assert "2 fresh" in book.run("assets")
    assert book.count("runs", ".ab-still tbody tr") == 1
