"""How views look in Lab's themes: text that can be read, nothing cut off, nothing overlapping."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from tests.browser.lab import Lab
from tests.browser.looks import THEMES, contrasts, cut_texts, faint_texts, overlaps, set_theme
from tests.browser.open_notebook import OpenNotebook, opened

pytestmark = pytest.mark.xdist_group("browser")

CELLS = {
    "load": "%load_ext assetbook",
    "rate": "def rate():\n    return 1",
    "assets": """
@asset(group_name="raw", description="The orders as they came in.")
def orders_as_they_came_in():
    return [1, 2]

@asset(group_name="marts")
def total(orders_as_they_came_in):
    return sum(orders_as_they_came_in)

@asset(group_name="marts")
def report(total):
    return total * rate()

@asset_check(asset=total)
def is_positive(total):
    return total > 0""",
    "job": """
from assetbook import job, op

@op
def read_day(day: str) -> str:
    return day

@job(description="What is sent.", tags={"team": "sales"})
def nightly():
    read_day.alias("again")(read_day())""",
    "materialize": "%materialize report",
    "new_rate": "def rate():\n    return 2",
    "table": "%assets --checks",
    "lineage": "%lineage",
    "show": "%show total",
    "why": "%why report",
    "type": "",
}
VIEWS = ("assets", "job", "materialize", "table", "lineage", "show", "why")


@pytest.fixture(scope="module", params=THEMES)
def themed(lab: Lab, lab_page: Page, request: pytest.FixtureRequest) -> Iterator[OpenNotebook]:
    """A notebook with all views, in one theme after the other."""
    book = request.getfixturevalue("viewed")
    set_theme(lab_page, request.param)
    yield book
    set_theme(lab_page, THEMES[0])


@pytest.fixture(scope="module")
def viewed(lab: Lab, lab_page: Page) -> Iterator[OpenNotebook]:
    """A notebook with all views."""
    with opened(lab, lab_page, "looks", CELLS) as book:
        book.run(*list(CELLS)[:-1])
        lab_page.locator(".ab-root .ab-node").first.wait_for()
        yield book


@pytest.mark.parametrize("cell", VIEWS)
def test_text_stands_out_from_what_is_behind_it(themed: OpenNotebook, cell: str) -> None:
    assert len(contrasts(themed, cell)) >= 3
    assert faint_texts(themed, cell) == {}


@pytest.mark.parametrize("cell", VIEWS)
def test_no_text_is_cut_off(themed: OpenNotebook, cell: str) -> None:
    assert cut_texts(themed, cell) == []


def test_nodes_and_their_texts_lie_apart(themed: OpenNotebook) -> None:
    assert themed.count("lineage", ".ab-root .ab-node") == 3
    assert overlaps(themed, "lineage") == []


def test_tab_completes_an_asset_name_in_lab(viewed: OpenNotebook) -> None:
    viewed.edit("type", "")
    viewed.type("type", "%materialize orders_a")
    viewed.page.keyboard.press("Tab")
    viewed.page.locator(".jp-Completer-item").wait_for()
    viewed.page.keyboard.press("Enter")
    viewed.wait_for_source("type", "%materialize orders_as_they_came_in")
