"""The dashboard in Lab: live while a cell runs, used by mouse and keyboard, still without one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import nbformat
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import Browser, Locator, Page, expect
from tests.browser.lab import Lab
from tests.browser.open_notebook import OpenNotebook, opened, write_notebook

pytestmark = pytest.mark.xdist_group("browser")

CELLS = {
    "load": "%load_ext assetbook\nimport time",
    "orders": "@asset\ndef orders():\n    return [1, 2]\n\n@asset\ndef total(orders):\n"
    "    return sum(orders)",
    "dashboard": "%dashboard",
    "sleep": "time.sleep(6)",
    "late": "@asset\ndef late():\n    time.sleep(2)\n    return 1\n%materialize late",
    "slow": "@asset\ndef slow():\n    time.sleep(2)\n    return 1\n%materialize slow",
}


@pytest.fixture(scope="module")
def book(lab: Lab, lab_page: Page) -> Iterator[OpenNotebook]:
    """A notebook with a dashboard."""
    with opened(lab, lab_page, "dashboard", CELLS) as book:
        book.run("load", "orders", "dashboard")
        lab_page.get_by_role("tab", name="Assets").click()
        yield book


def line(book: OpenNotebook, key: str) -> Locator:
    return book.page.locator(f".ab-root tr[data-key={key}]")


def test_a_click_is_answered_while_a_cell_sleeps(book: OpenNotebook) -> None:
    expect(line(book, "orders")).to_contain_text("missing")
    book.start("sleep")

    line(book, "total").get_by_role("button", name="Materialize total").click()

    expect(line(book, "total")).to_contain_text("fresh", timeout=5000)
    assert book.is_running("sleep")
    expect(book.page.locator(".ab-actions .ab-line")).to_have_text("%materialize total")
    book.wait_until_done("sleep")


def test_what_runs_in_a_cell_shows_as_it_goes(book: OpenNotebook) -> None:
    book.start("slow")

    expect(line(book, "slow")).to_contain_text("running")
    assert book.is_running("slow")
    expect(line(book, "slow")).to_contain_text("fresh")
    book.wait_until_done("slow")


def test_another_kernel_of_the_project_shows_the_same(lab: Lab, book: OpenNotebook) -> None:
    whole = "from assetbook import Dashboard, Instance\nDashboard(Instance.get(), view='assets')"
    cells = {"load": "%load_ext assetbook", "assets": whole}
    write_notebook(lab.root / "dashboard" / "watcher.ipynb", cells)
    late = book.page.locator(".ab-root tr[data-key=late]")  # in the view of each
    with closing(OpenNotebook(book.page, "dashboard/watcher.ipynb")) as watcher:
        watcher.run("load", "assets")
        watcher.page.locator(".ab-root tr[data-key=orders]").nth(1).wait_for(state="attached")

        book.start("late")

        expect(late.filter(has_text="running")).to_have_count(2)
        expect(late.filter(has_text="fresh")).to_have_count(2)
    book.wait_until_done("late")


def test_it_is_used_by_the_keyboard_alone(book: OpenNotebook) -> None:
    search = book.page.get_by_role("searchbox", name="Filter the assets")
    search.focus()
    book.page.keyboard.type("total")
    expect(line(book, "orders")).to_have_count(0)
    book.page.keyboard.press("Tab")
    book.page.keyboard.press("Tab")
    book.page.keyboard.press("Enter")

    expect(book.page.locator(".ab-actions")).to_contain_text("all fresh: nothing to do")
    search.fill("")


def test_it_hides_its_still_picture_which_a_page_without_a_kernel_shows(
    book: OpenNotebook, lab: Lab, browser: Browser
) -> None:
    still = book.page.locator(".ab-still")
    expect(still).to_be_hidden()
    book.command("docmanager:save")
    page = browser.new_page()
    page.route("http*://**", lambda route: route.abort())
    path = lab.root / book.path
    text, _ = HTMLExporter().from_notebook_node(nbformat.read(path, as_version=4))
    path.with_suffix(".html").write_text(text, encoding="utf-8")
    page.goto(path.with_suffix(".html").as_uri())
    expect(page.locator(".ab-still")).to_contain_text("orders")
    expect(page.locator(".ab-still")).to_be_visible()
    page.close()


PLAIN = """
from assetbook.surfaces.widgets import live_view
def to_the_main_shell(comm):
    comm._reply_subshell_for = lambda data, default: None
live_view._answer_beside_cells = to_the_main_shell"""


def test_where_the_kernel_answers_after_its_cell_alone_it_says_so(lab: Lab, lab_page: Page) -> None:
    """As ipykernel 6 does, and what has the page's messages sent to the kernel's main shell."""
    cells = {**CELLS, "load": CELLS["load"] + PLAIN, "sleep": "time.sleep(8)"}
    with opened(lab, lab_page, "plain", cells) as book:
        book.run("load", "orders", "dashboard")
        root = lab_page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .ab-root")
        root.get_by_role("tab", name="Assets").click()
        expect(root.locator("tr[data-key=orders]")).to_contain_text("missing")
        book.start("sleep")

        root.get_by_role("button", name="Materialize total").click()

        expect(root.locator(".ab-late")).to_contain_text("done when its cell ends")
        assert book.is_running("sleep")
        expect(root.locator("tr[data-key=total]")).to_contain_text("fresh", timeout=20_000)
        expect(root.locator(".ab-late")).to_be_empty()
