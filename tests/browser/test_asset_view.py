"""The view of one asset on the page: opened from the list, used by mouse and keyboard, all text."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.browser.conftest import OpenCells
from tests.browser.lab import Lab
from tests.browser.ui_page import served
from tests.surfaces.shell import program, saved

pytestmark = pytest.mark.xdist_group("browser")

PAYLOAD = "<img src=x onerror=window.__xss.push(1)>"
CELLS = (
    "%load_ext assetbook\nimport pandas as pd\n"
    "from assetbook import AssetCheckResult, MaterializeResult, MetadataValue",
    """@asset(metadata={"contact": "PAYLOAD"})
def orders():
    '''PAYLOAD

    - **bold** and `code`
    - [safe](https://example.org) and [not](javascript:window.__xss.push(2))
    '''
    frame = pd.DataFrame({"n": range(700_000), "PAYLOAD": "x", "html": "PAYLOAD", "none": None})
    metadata = {"mean": RATE / 2, "said": "PAYLOAD", "link": "javascript:window.__xss.push(3)"}
    return MaterializeResult(value=frame, metadata=metadata)

@asset_check(asset=orders)
def plausible(orders):
    return AssetCheckResult(passed=RATE != 1, description="PAYLOAD")

@asset
def total(orders):
    return {"sum": int(orders["n"].sum()), "html": "PAYLOAD"}
""".replace("PAYLOAD", PAYLOAD),
)
BOOK = "shop.ipynb"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page of a project with two versions of a table, made by different code."""
    folder = tmp_path_factory.mktemp("asset")
    for rate in (1, 2):
        saved(folder, CELLS[0], f"RATE = {rate}", CELLS[1], name=BOOK)
        done = program(folder, "materialize", BOOK, "orders", "total")
        assert rate == 1 or done.returncode == 0, done.stderr
    with served(folder) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The view of the table; nothing may run or go wrong in it."""
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.add_init_script("window.__xss = []")
    page.goto(address)
    page.get_by_role("tab", name="Assets").click()
    page.get_by_role("button", name="orders", exact=True).click()
    expect(page.get_by_role("heading", name="orders", exact=True)).to_be_visible()
    yield page
    assert page.evaluate("() => window.__xss") == []
    page.close()
    assert wrong == []


def shown(page: Page) -> Locator:
    """The grid of the value, once its first rows are there."""
    page.get_by_role("button", name="show the value", exact=True).click()
    grid = page.get_by_role("grid", name="Rows")
    expect(grid.get_by_role("gridcell").first).to_have_text("0")
    return grid


def test_it_tells_what_is_known_and_no_row_unasked(page: Page) -> None:
    view = page.locator(".ab-view")
    expect(view).to_contain_text(PAYLOAD)
    expect(view.locator(".ab-markdown li strong")).to_have_text("bold")
    expect(view.get_by_role("link", name="safe")).to_have_attribute("href", "https://example.org")
    expect(view.get_by_role("link")).to_have_count(1)
    expect(view).to_contain_text(PAYLOAD)
    expect(view.get_by_role("img", name="1 failed, 1 passed")).to_be_visible()
    expect(view.get_by_role("grid")).to_have_count(0)


def test_only_rows_in_sight_are_elements_and_keys_go_through_all(page: Page) -> None:
    grid = shown(page)
    expect(page.locator(".ab-line")).to_have_text("assetbook value orders@2")
    assert grid.get_by_role("row").count() < 30
    expect(grid.locator(".ab-null").first).to_have_text("null")

    grid.focus()
    page.keyboard.press("Control+End")
    expect(grid.get_by_role("rowheader").last).to_have_text("700000")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowUp")
    expect(page.locator(".ab-cell-said")).to_have_text("row 699999, n: 699998")
    grid.evaluate("each => { each.scrollTop = each.scrollHeight / 2 }")
    expect(grid.get_by_role("gridcell").first).to_have_text(re.compile(r"^350\d{3}$"))
    first = int(grid.get_by_role("gridcell").first.inner_text())
    grid.hover()
    page.mouse.wheel(0, 240)  # a row has 24 pixels, although the bar cannot have as many
    expect(grid.get_by_role("gridcell").first).to_have_text(str(first + 10))
    assert grid.get_by_role("row").count() < 30


def test_columns_are_summed_up_when_asked(page: Page) -> None:
    line = page.locator("tr[data-column=n]")
    expect(line).not_to_contain_text("699999")

    page.get_by_role("button", name="profile the columns").click()

    expect(line).to_contain_text("0 … 699999, mean 350000")
    expect(line.get_by_role("img", name="histogram")).to_be_visible()
    expect(page.locator("tr[data-column=none]")).to_contain_text("100 %")


def test_numbers_over_time_are_read_by_the_keyboard(page: Page) -> None:
    plot = page.get_by_role("slider", name="mean over versions")
    expect(plot).to_have_attribute("aria-valuetext", re.compile("version 2, .*: 1$"))
    plot.focus()
    page.keyboard.press("ArrowLeft")

    expect(plot).to_have_attribute("aria-valuetext", re.compile("version 1, .*: 0.5$"))


def test_two_versions_are_compared(page: Page) -> None:
    page.get_by_role("button", name="compare 1 with 2").click()

    difference = page.locator(".ab-difference")
    expect(difference).to_contain_text("the same data")
    expect(difference.locator(".ab-source-text")).to_contain_text("+2")
    expect(page.locator(".ab-line")).to_have_text("assetbook diff orders@1 orders@2 --code")


def test_a_version_is_kept_and_the_view_says_so_at_once(page: Page) -> None:
    keep = page.get_by_role("button", name="keep version 1")
    keep.focus()
    page.keyboard.press("Enter")

    expect(page.locator(".ab-line")).to_have_text("assetbook keep orders@1")
    expect(page.get_by_role("button", name="release version 1")).to_be_visible()


def test_one_goes_to_what_is_made_of_it_and_back(page: Page) -> None:
    page.get_by_role("button", name="total", exact=True).click()
    expect(page.get_by_role("heading", name="total", exact=True)).to_be_visible()
    page.get_by_role("button", name="show the value", exact=True).click()
    expect(page.locator(".ab-value-text")).to_contain_text(PAYLOAD)

    page.get_by_role("button", name="← back").click()
    expect(page.get_by_role("heading", name="orders", exact=True)).to_be_visible()
    page.get_by_role("button", name="← back").click()
    expect(page.get_by_role("searchbox", name="Filter the assets")).to_be_visible()


def test_the_list_is_as_narrow_as_it_was_when_one_comes_back(page: Page) -> None:
    page.get_by_role("button", name="← back").click()
    page.get_by_role("searchbox", name="Filter the assets").fill("tot")
    page.get_by_role("button", name="total", exact=True).click()

    page.get_by_role("button", name="← back").click()

    expect(page.get_by_role("searchbox", name="Filter the assets")).to_have_value("tot")
    expect(page.locator("tr[data-key]")).to_have_count(1)


def test_a_version_leads_to_the_run_that_made_it(page: Page) -> None:
    page.locator("tr[data-version='2'] button.ab-link").click()

    expect(page.locator(".ab-view[data-view=run]")).to_contain_text("orders")
    page.get_by_role("button", name="← back").click()
    expect(page.get_by_role("heading", name="orders", exact=True)).to_be_visible()


def test_rows_that_showed_are_not_in_the_saved_notebook(open_cells: OpenCells, lab: Lab) -> None:
    book = open_cells(
        {
            "load": "%load_ext assetbook\nimport pandas as pd",
            "people": "@asset\ndef people():\n    return pd.DataFrame({'who': ['xy' + 'zzy'] * 9})",
            "make": "%materialize people",
            "dashboard": "%dashboard",
        }
    )
    book.run("load", "people", "make", "dashboard")
    root = book.page.locator(".ab-root")
    root.get_by_role("tab", name="Assets").click()
    root.get_by_role("button", name="people", exact=True).click()
    root.get_by_role("button", name="show the value", exact=True).click()
    expect(root.get_by_role("gridcell").first).to_have_text("xyzzy")
    expect(root.locator(".ab-line")).to_have_text("%value people@1")

    book.command("docmanager:save")

    saved_text = (lab.root / book.path).read_text(encoding="utf-8")
    assert "application/vnd.jupyter.widget-view" in saved_text and "xyzzy" not in saved_text
