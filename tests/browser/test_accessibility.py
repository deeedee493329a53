"""What axe-core finds wrong with the dashboards for who uses a keyboard or a screen reader."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from tests.browser.ui_page import served
from tests.surfaces.book import CellFailedError, opened

pytestmark = pytest.mark.xdist_group("browser")

CELLS = (
    "@asset(group_name='raw')\ndef orders():\n    print('counting')\n    return [1, 2]",
    "@asset(group_name='marts')\ndef total(orders):\n    return sum(orders)",
    "@asset\ndef broken(total):\n    return total / 0",
    "@asset_check(asset=total)\ndef is_positive(total):\n    return total > 0",
    "%schedule nightly '0 6 * * *' total",
)
SCHEMES = ("light", "dark")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page of a small project in which a run failed."""
    folder = tmp_path_factory.mktemp("axe")
    with opened(folder) as book:
        for cell in CELLS:
            book.run(cell)
        with pytest.raises(CellFailedError):
            book.run("%materialize")
    with served(folder) as address:
        yield address


@pytest.fixture(params=SCHEMES)
def page(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The page in each colour scheme."""
    page = browser.new_page(color_scheme=request.param)
    page.goto(address)
    expect(page.get_by_role("tab").first).to_be_visible()
    yield page
    page.close()


def faults(page: Page) -> list[str]:
    """The serious and critical faults of what is shown, each with its first element."""
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:160]} {each['nodes'][0]['failureSummary']}"
        for each in found
        if each["impact"] in ("serious", "critical")
    ]


def test_no_view_has_a_serious_fault(page: Page) -> None:
    found = {}
    for tab in page.get_by_role("tab").all():
        tab.click()
        page.wait_for_load_state("networkidle")
        found[tab.inner_text()] = faults(page)

    assert {tab: each for tab, each in found.items() if each} == {}


def test_a_run_has_no_serious_fault(page: Page) -> None:
    page.get_by_role("tab", name="Runs").click()
    page.locator("tr[data-run]").get_by_role("button").first.click()
    page.locator(".ab-gantt-row").first.click()
    page.locator(".ab-log-line").first.click()

    assert faults(page) == []


def test_a_fault_is_found(page: Page) -> None:
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")

    assert [each.partition(":")[0] for each in faults(page)] == ["button-name"]
