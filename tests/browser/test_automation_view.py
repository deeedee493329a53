"""Schedules, sensors and backfills in the page: turned on, tried out, looked into."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.ui_page import served
from tests.surfaces.shell import program, saved

pytestmark = pytest.mark.xdist_group("browser")

CELLS = (
    "%load_ext assetbook\nfrom assetbook import *",
    "@asset(automation_condition=AutomationCondition.eager())\ndef orders():\n    return [1, 2]",
    "%schedule nightly '0 6 * * *' orders",
    "@sensor(target=orders)\ndef landed(context):\n    return SkipReason('nothing new')",
)
SECONDS = 30_000


@pytest.fixture(scope="module")
def page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The automation of a project that was loaded once."""
    folder = tmp_path_factory.mktemp("automation")
    saved(folder, *CELLS)
    assert program(folder, "plan", "numbers.ipynb").returncode == 0
    with served(folder) as address:
        page = browser.new_page()
        page.goto(address)
        page.get_by_role("tab", name="Automation").click()
        yield page
        page.close()


def test_a_schedule_is_turned_on_by_its_switch(page: Page) -> None:
    switch = page.get_by_role("switch", name="nightly on")
    expect(switch).to_have_attribute("aria-checked", "false")

    switch.press("Enter")

    line = "assetbook schedules on numbers.ipynb:nightly"
    expect(page.locator(".ab-line")).to_have_text(line, timeout=SECONDS)
    expect(switch).to_have_attribute("aria-checked", "true", timeout=SECONDS)
    expect(page.locator("tr", has_text="nightly")).to_contain_text("in ")


def test_a_dry_run_tells_what_would_happen(page: Page) -> None:
    page.get_by_role("button", name="landed").click()
    page.get_by_role("button", name="dry run").click()

    detail = page.get_by_role("region", name="The sensor landed")
    expect(detail).to_contain_text("would run nothing: nothing new", timeout=SECONDS)


def test_a_condition_is_explained_as_a_tree(page: Page) -> None:
    page.get_by_role("button", name="default_automation_condition_sensor").click()
    page.get_by_role("button", name="dry run").click()

    tree = page.locator(".ab-tree").first
    expect(tree).to_contain_text("orders", timeout=SECONDS)
    tree.locator("summary").first.click()
    expect(tree.locator("details").first).not_to_have_attribute("open", "")
