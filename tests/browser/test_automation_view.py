"""Schedules, sensors and backfills in the page: turned on, tried out, looked into."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
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
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that was loaded once."""
    folder = tmp_path_factory.mktemp("automation")
    saved(folder, *CELLS)
    assert program(folder, "plan", "numbers.ipynb").returncode == 0
    return folder


@pytest.fixture(scope="module")
def page(browser: Browser, folder: Path) -> Iterator[Page]:
    """The automation of the project."""
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


def look_into(page: Page, name: str) -> Locator:
    """What is told of the sensor, which is picked unless it is already."""
    there = page.get_by_role("button", name=name, exact=True)
    if there.get_attribute("aria-expanded") == "false":
        there.click()
    return page.get_by_role("region", name=f"The sensor {name}")


def test_a_dry_run_tells_what_would_happen(page: Page) -> None:
    detail = look_into(page, "landed")

    detail.get_by_role("button", name="dry run").click()

    expect(detail).to_contain_text("would run nothing: nothing new", timeout=SECONDS)


def test_what_is_typed_stays_while_others_change_the_store(page: Page, folder: Path) -> None:
    cursor = look_into(page, "landed").get_by_label("Cursor")
    cursor.fill("file 7")

    assert program(folder, "sensors", "on", "landed").returncode == 0

    switch = page.get_by_role("switch", name="landed on")
    expect(switch).to_have_attribute("aria-checked", "true", timeout=SECONDS)
    expect(cursor).to_have_value("file 7")
    expect(cursor).to_be_focused()

    cursor.press("Enter")

    line = "assetbook sensors cursor numbers.ipynb:sensor:landed --cursor 'file 7'"
    expect(page.locator(".ab-line")).to_have_text(line, timeout=SECONDS)
    expect(cursor).to_be_focused()


def test_a_switch_keeps_the_focus_when_another_viewer_turns_it(page: Page, folder: Path) -> None:
    switch = page.get_by_role("switch", name="landed on")
    switch.focus()

    assert program(folder, "sensors", "off", "landed").returncode == 0

    expect(switch).to_have_attribute("aria-checked", "false", timeout=SECONDS)
    expect(switch).to_be_focused()


def test_it_is_told_which_code_runs(page: Page) -> None:
    expect(look_into(page, "landed")).to_contain_text("it runs what its notebook says")


def test_a_condition_is_explained_as_a_tree(page: Page) -> None:
    look_into(page, "default_automation_condition_sensor")
    page.get_by_role("button", name="dry run").click()

    tree = page.locator(".ab-tree").first
    expect(tree).to_contain_text("orders", timeout=SECONDS)
    expect(tree.locator("summary", has_text="not asked").first).to_be_visible()
    unasked = page.locator(":scope > summary", has_text="not asked")
    for each in tree.locator("details", has=unasked).all():
        expect(each).not_to_have_attribute("open", "")
    tree.locator("summary").first.click()
    expect(tree.locator("details").first).not_to_have_attribute("open", "")
