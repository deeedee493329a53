"""The launchpad and the grid in a notebook: by its living definitions, also while a cell runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from tests.browser.lab import Lab
from tests.browser.open_notebook import OpenNotebook, opened

pytestmark = pytest.mark.xdist_group("browser")

CELLS = {
    "load": "%load_ext assetbook\nimport time\n"
    "from assetbook import Config, StaticPartitionsDefinition",
    "define": "class Window(Config):\n    size: int = 3\n\n"
    "@asset\ndef orders():\n    return [1, 2]\n\n"
    "@asset\ndef recent(orders, config: Window):\n    return orders[:config.size]\n\n"
    "@asset(partitions_def=StaticPartitionsDefinition(['a', 'b', 'c']))\n"
    "def parts():\n    return 1",
    "dashboard": "%dashboard",
    "sleep": "time.sleep(8)",
}


@pytest.fixture(scope="module")
def book(lab: Lab, lab_page: Page) -> Iterator[OpenNotebook]:
    """A notebook with a dashboard."""
    with opened(lab, lab_page, "launch", CELLS) as book:
        book.run("load", "define", "dashboard")
        yield book


def test_the_plan_follows_what_is_typed_while_a_cell_sleeps(book: OpenNotebook) -> None:
    page = book.page
    book.start("sleep")
    page.get_by_role("tab", name="Launch", exact=True).click()
    page.get_by_role("combobox", name="Selection of assets").fill("recent")
    page.get_by_label("size", exact=True).fill("1")

    expect(page.locator(".ab-steps li")).to_have_text(
        ["orders never materialized", "recent never materialized"]
    )
    expect(page.locator(".ab-launch-line")).to_have_text(
        "%materialize recent --config recent.size=1"
    )
    page.get_by_role("button", name="Launch", exact=True).click()

    expect(page.locator(".ab-actions .ab-said")).to_contain_text("2 materialized")
    assert book.is_running("sleep")
    book.wait_until_done("sleep")


def test_a_backfill_from_the_grid_shows_as_it_goes(book: OpenNotebook) -> None:
    page = book.page
    page.get_by_role("tab", name="Partitions", exact=True).click()
    expect(page.locator(".ab-grid-legend")).to_contain_text("missing 3")
    page.get_by_role("application").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.get_by_role("button", name="Backfill").click()

    expect(page.locator(".ab-actions .ab-line")).to_have_text("%backfill parts --partitions a..b")
    expect(page.locator(".ab-grid-legend")).to_contain_text("fresh 2")
