"""Sixty hostile texts in every field of a dashboard: they show, and nothing of them runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.hostile_store import make_hostile_store
from tests.browser.payloads import ALIVE
from tests.browser.ui_page import served

from assetbook.surfaces.widgets.greeting import programs

pytestmark = pytest.mark.xdist_group("browser")

SEEN = "<img src=x onerror=window.__xss=1>"
TEXT = "child : shown(String(child))"
"""Where dom.js makes text of what is no element."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page of a store full of hostile text."""
    folder: Path = tmp_path_factory.mktemp("hostile")
    make_hostile_store(folder)
    with served(folder) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The page, open."""
    page = browser.new_page()
    page.goto(address)
    expect(page.get_by_role("tab").first).to_be_visible()
    yield page
    page.close()


def test_no_payload_lives_in_any_view(page: Page) -> None:
    for tab in page.get_by_role("tab").all():
        tab.click()
        page.wait_for_load_state("networkidle")
        _nothing_runs(page)


def test_no_payload_lives_in_a_run(page: Page) -> None:
    page.get_by_role("tab", name="Runs").click()
    page.locator("tr[data-run]").get_by_role("button").first.click()
    expect(page.locator(".ab-log")).to_contain_text(SEEN)
    page.locator(".ab-gantt-row").first.click()
    _nothing_runs(page)
    page.locator(".ab-log-line").nth(1).click()
    expect(page.locator(".ab-log-closer")).to_be_visible()
    _nothing_runs(page)


def test_none_lives_in_the_view_of_an_asset_or_of_a_run(page: Page) -> None:
    base = page.url.partition("#")[0]
    for key in ("rich", "broken"):
        page.goto(f"{base}#asset?key={key}")
        expect(page.locator("main")).to_contain_text(key)
        for name in ("show the value", "profile the columns"):
            if (button := page.get_by_role("button", name=name, exact=True)).count():
                button.click()
        page.wait_for_load_state("networkidle")
        _nothing_runs(page)
    page.get_by_role("tab", name="Runs").click()
    page.locator("main table .ab-link").first.click()
    expect(page.locator("main")).to_contain_text(SEEN)
    _nothing_runs(page)


def test_they_show_as_their_text(page: Page) -> None:
    page.get_by_role("tab", name="Assets").click()

    expect(page.locator("main")).to_contain_text(f"raw/{SEEN}")


def test_a_page_that_took_text_for_html_would_run_them(browser: Browser, address: str) -> None:
    page = browser.new_page()
    html = "child : document.createRange().createContextualFragment(child)"
    unescaped = programs()["dom.js"].replace(TEXT, html)
    assert unescaped != programs()["dom.js"]
    headers = {"Content-Type": "text/javascript"}
    page.route("**/web/dom.js", lambda route: route.fulfill(body=unescaped, headers=headers))

    page.goto(address)
    page.get_by_role("tab", name="Assets").click()

    page.wait_for_selector("main img", state="attached")
    page.close()


def _nothing_runs(page: Page) -> None:
    assert page.locator(ALIVE).count() == 0
    assert page.evaluate("window.__xss") is None
