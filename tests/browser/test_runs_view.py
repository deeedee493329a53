"""Runs on the page: the list and the timeline, one run with its steps and log, and what goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.browser.lab import Lab
from tests.browser.open_notebook import opened as opened_book
from tests.browser.ui_page import faultless, served
from tests.surfaces import gated
from tests.surfaces.book import SETUP, opened
from tests.surfaces.shell import saved
from tests.surfaces.widgets.run_cells import NIGHTLY, failed_run

pytestmark = pytest.mark.xdist_group("browser")

SECONDS = 30_000  # a run begins in a process of its own
CELLS = {
    "load": "%load_ext assetbook\nimport itertools, time",
    "dashboard": "%dashboard",
    "endless": "@asset\ndef endless():\n    for number in itertools.count():\n"
    "        print('round', number)\n        time.sleep(0.1)\n%materialize endless",
    "logs": "%logs",
}
FLOODING = (
    *gated.CELLS[:3],
    gated.CELLS[3].replace(
        "    print('waiting')\n",
        "    print('waiting')\n    for number in range(6_000):\n        print('n', number)\n",
    ),
)
FLOOD = "@asset\ndef flood():\n    for number in range(8_000):\n        print('line', number)"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a run that failed, and one that printed much."""
    folder = tmp_path_factory.mktemp("runs")
    with opened(folder) as book:
        failed_run(book)
        book.run(FLOOD)
        book.run("%materialize flood --tag team=core")
    saved(folder, "%load_ext assetbook", SETUP, NIGHTLY, FLOOD, name="book.ipynb")
    return folder


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """The page of that project."""
    with served(folder) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The list of runs, open; nothing may go wrong in it."""
    with faultless(browser, address) as page:
        page.get_by_role("tab", name="Runs").click()
        expect(lines_of(page).first).to_be_visible()
        yield page


def lines_of(page: Page) -> Locator:
    return page.locator("tr[data-run]")


def open_run(page: Page, asked: str) -> None:
    lines_of(page).filter(has_text=asked).get_by_role("button").first.click()
    expect(page.locator(".ab-log-line").first).to_be_visible()


def test_the_list_is_narrowed_and_the_timeline_with_it(page: Page) -> None:
    expect(lines_of(page)).to_have_count(2)

    page.get_by_role("combobox", name="status").select_option("failed")

    expect(lines_of(page)).to_have_count(1)
    expect(lines_of(page)).to_contain_text("nightly")
    expect(page.locator("g.ab-run-bar")).to_have_count(1)
    page.get_by_role("combobox", name="status").select_option("")
    page.get_by_role("searchbox", name="Search the runs").fill("no such run")
    expect(page.locator(".ab-view")).to_contain_text("No run is like that.")


def test_what_was_chosen_is_still_chosen_after_a_look_at_a_run(page: Page) -> None:
    page.get_by_role("combobox", name="status").select_option("failed")
    page.get_by_role("searchbox", name="Search the runs").fill("night")
    open_run(page, "nightly")

    page.get_by_role("button", name="← all runs").click()

    expect(page.get_by_role("combobox", name="status")).to_have_value("failed")
    expect(page.get_by_role("searchbox", name="Search the runs")).to_have_value("night")
    expect(lines_of(page)).to_have_count(1)


def test_a_run_is_opened_in_the_timeline_by_the_keyboard(page: Page) -> None:
    page.get_by_role("combobox", name="Lanes").focus()
    page.keyboard.press("Tab")
    expect(page.locator(".ab-run-readout")).to_contain_text("flood")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".ab-run-readout")).to_contain_text("failed · nightly")

    page.keyboard.press("Enter")

    expect(page.locator(".ab-run-head")).to_contain_text("nightly")


def test_a_run_shows_its_steps_and_a_step_narrows_the_log(page: Page) -> None:
    open_run(page, "nightly")
    steps = page.locator(".ab-gantt-row")
    expect(steps).to_have_count(4)
    expect(steps.nth(0)).to_contain_text("×2")
    expect(steps.nth(0).locator(".ab-gantt-bar")).to_have_count(2)
    expect(page.locator(".ab-log")).to_contain_text("second goes on")

    steps.filter(has_text="fails").click()

    expect(page.locator(".ab-log")).not_to_contain_text("second goes on")
    expect(page.locator(".ab-log")).to_contain_text("ValueError: no")
    expect(page.locator(".ab-gantt-more")).to_contain_text("ValueError: no")


def test_the_log_is_told_apart_and_searched(page: Page) -> None:
    open_run(page, "nightly")
    log = page.locator(".ab-log")

    page.get_by_role("combobox", name="Which lines").select_option("stderr")
    expect(log.locator(".ab-log-line")).to_have_count(1)
    expect(log).to_contain_text("stderrto stderr")
    page.get_by_role("combobox", name="Which lines").select_option("log")
    page.get_by_role("combobox", name="Level").select_option("ERROR")
    expect(log.locator(".ab-log-line")).to_contain_text(["odd"])
    page.get_by_role("combobox", name="Level").select_option("")
    page.get_by_role("searchbox", name="Search the log").fill("CAREFUL")
    expect(log.locator("mark")).to_have_text("careful")


def test_pictures_show_and_markup_does_not(page: Page) -> None:
    open_run(page, "nightly")
    outputs = page.get_by_role("region", name="Outputs and figures")

    picture = outputs.get_by_role("img")
    picture.scroll_into_view_if_needed()
    assert picture.evaluate("async image => { await image.decode(); return image.naturalWidth }")
    assert str(picture.get_attribute("src")).startswith("data:image/png;base64,")
    expect(outputs).to_contain_text("text/html: shown in the notebook only")
    expect(outputs.locator("b")).to_have_count(0)


def test_the_asset_of_a_step_is_a_click_away(page: Page) -> None:
    open_run(page, "flood")
    page.locator(".ab-gantt").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    page.get_by_role("button", name="open the asset").click()

    expect(page.get_by_role("heading", name="flood")).to_be_visible()


def test_a_long_log_is_few_elements_and_whole(page: Page) -> None:
    open_run(page, "flood")
    log = page.locator(".ab-log")
    expect(log).to_contain_text("line 0")
    page.get_by_role("button", name="read the lines left out").click()
    expect(page.locator(".ab-tools").last).to_contain_text("8,0")

    log.focus()
    page.keyboard.press("End")

    expect(log).to_contain_text("line 7999")
    assert log.locator("*").count() < 500
    page.get_by_role("searchbox", name="Search the log").fill("line 4321")
    expect(log.locator(".ab-log-line")).to_have_count(1)
    log.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".ab-log-closer")).to_contain_text("line 4321")
    page.get_by_role("searchbox", name="Search the log").fill("")
    expect(log).to_contain_text("line 4322")


def test_what_helps_on_is_done_and_the_line_is_shown(page: Page) -> None:
    open_run(page, "nightly")
    run = page.locator(".ab-run-title .ab-mono").inner_text()

    page.get_by_role("button", name="Retry from failure").click()

    line = f"assetbook retry {run} --from-failure"
    expect(page.locator(".ab-actions")).to_contain_text(line, timeout=SECONDS)
    expect(page.locator(".ab-run-head")).to_contain_text("done again by", timeout=SECONDS)
    page.locator(".ab-kin").get_by_role("button").first.click()
    expect(page.locator(".ab-run-head")).to_contain_text(f"retries {run} from failure")


def test_a_run_that_goes_on_is_followed_until_its_end(browser: Browser, tmp_path: Path) -> None:
    with gated.gated(tmp_path, cells=FLOODING), served(tmp_path) as address:
        page = browser.new_page()
        page.goto(address)
        page.get_by_role("tab", name="Runs").click()
        open_run(page, "*")
        log = page.locator(".ab-log")
        expect(page.locator(".ab-run-look")).to_contain_text("running")
        expect(page.locator(".ab-gantt-bar.ab-goes-on")).to_have_count(1)
        expect(page.get_by_role("button", name="Cancel")).to_be_visible()
        # the store has the first 5,000 lines; what comes after is read from the log file
        expect(log).to_contain_text("n 5999")
        expect(log).not_to_contain_text("it is over")

        (tmp_path / "open").touch()

        expect(log).to_contain_text("it is over", timeout=SECONDS)
        expect(page.locator(".ab-run-look")).to_contain_text("success", timeout=SECONDS)
        expect(page.get_by_role("button", name="Retry all")).to_be_visible()
        page.get_by_role("combobox", name="Which lines").select_option("stdout")
        expect(page.locator(".ab-tools").last).to_contain_text("6,003 of")
        page.close()


def test_a_run_of_a_cell_is_seen_and_canceled_while_the_cell_works(
    lab: Lab, lab_page: Page
) -> None:
    with opened_book(lab, lab_page, "runs", CELLS) as book:
        book.run("load", "dashboard")
        view = book.page.locator(".ab-root").first
        view.get_by_role("tab", name="Runs").click()
        expect(view).to_contain_text("Nothing has run here yet.")
        book.start("endless")
        lines_of(book.page).get_by_role("button").first.click()
        expect(view.locator(".ab-log")).to_contain_text("round 3")
        assert book.is_running("endless")

        view.get_by_role("button", name="Cancel").click()

        expect(view.locator(".ab-run-look")).to_contain_text("canceled")
        expect(view.locator(".ab-line")).to_contain_text("%cancel ")
        book.wait_until_done("endless")
        book.run("logs")
        alone = book.page.locator(".ab-view[data-view=logs]")
        expect(alone.locator(".ab-log")).to_contain_text("round 3")
        expect(alone).to_contain_text("canceled")
        alone.locator(".ab-log").focus()
        book.page.keyboard.press("Home")
        book.page.keyboard.press("Enter")
        expect(alone.locator(".ab-log-closer")).to_contain_text("the run begins")
        book.page.keyboard.press("ArrowDown")
        book.page.keyboard.press("ArrowDown")
        book.page.keyboard.press("Enter")
        expect(alone.locator(".ab-log-closer")).to_contain_text("round 0")
