"""The lineage on its page: walked, narrowed and acted in, by mouse and by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.browser.lab import Lab
from tests.browser.open_notebook import OpenNotebook, opened
from tests.browser.ui_page import served
from tests.surfaces.book import opened as opened_book
from tests.surfaces.shell import program, saved

pytestmark = pytest.mark.xdist_group("browser")

ASSETS = """
from assetbook import *

def of(**columns):
    return {"dagster/column_lineage": TableColumnLineage(columns)}

@asset(group_name="raw", metadata=of(amount=[TableColumnDep("till", "<img src=x>")]))
def orders():
    return [1, 2]

@asset(group_name="raw")
def customers():
    return [1]

@asset(group_name="marts", metadata=of(sum=[TableColumnDep("orders", "amount")]))
def total(orders, customers):
    return sum(orders)

@asset
def report(total):
    return total
"""
MANY = """
def define(number):
    @asset(name=f"n{number}", deps=[f"n{number // 3}"] if number else [])
    def made():
        return number

    return made

everything = [define(number) for number in range(1_010)]
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page of a project with four assets."""
    folder = tmp_path_factory.mktemp("lineage")
    saved(folder, "%load_ext assetbook", ASSETS)
    assert program(folder, "plan", "numbers.ipynb").returncode == 0
    with served(folder) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The page, open; nothing may go wrong in it."""
    yield from watched(browser, address, ".ab-node")


def watched(browser: Browser, address: str, first: str) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1200, "height": 800}, reduced_motion="reduce")
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.goto(address)
    page.locator(first).first.wait_for()
    yield page
    page.close()
    assert wrong == []


def node(page: Page, name: str) -> Locator:
    return page.locator(f".ab-node[data-id='{name}']")


def focused(page: Page) -> str | None:
    found = page.evaluate("document.activeElement.dataset.id")
    return None if found is None else str(found)


def test_the_menu_of_a_node_acts_and_the_picture_follows(page: Page) -> None:
    expect(node(page, "total")).to_have_attribute(
        "aria-label", "total, missing, never materialized, group marts"
    )
    node(page, "customers").click(button="right")

    page.get_by_role("menuitem", name="materialize customers").click()

    expect(page.locator(".ab-line")).to_have_text("assetbook materialize numbers.ipynb customers")
    expect(node(page, "customers")).to_contain_text("fresh", timeout=20_000)
    expect(page.get_by_role("menu")).to_have_count(0)


def test_it_is_walked_and_asked_by_the_keyboard_alone(page: Page) -> None:
    keys = page.keyboard
    node(page, "orders").focus()
    keys.press("ArrowRight")
    assert focused(page) == "total"
    keys.press("ArrowRight")
    assert focused(page) == "report"
    expect(page.get_by_role("list", name="made from")).to_contain_text("total")

    keys.press("Shift+F10")
    expect(page.get_by_role("menuitem", name="open")).to_be_focused()
    keys.press("End")
    expect(page.get_by_role("menuitem", name="copy name")).to_be_focused()
    keys.press("Escape")
    assert focused(page) == "report"

    keys.press("ArrowLeft")
    keys.press("ContextMenu")
    page.get_by_role("menuitem", name="only upstream").focus()
    keys.press("Enter")
    expect(node(page, "report")).to_have_count(0)
    expect(page.get_by_label("Show only a selection")).to_have_value("+total")


def test_a_selection_narrows_it_and_a_slip_is_told_beside_it(page: Page) -> None:
    narrow = page.get_by_label("Show only a selection")
    narrow.fill("group:raw")
    narrow.press("Enter")
    expect(page.locator(".ab-node")).to_have_count(2)
    expect(page.locator(".ab-line")).to_have_text("assetbook lineage group:raw")

    narrow.fill("+totl")
    narrow.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("total")
    expect(page.locator(".ab-node")).to_have_count(2)

    node(page, "orders").click()
    page.get_by_role("button", name="← back").click()
    expect(page.locator(".ab-node")).to_have_count(2)
    expect(page.locator(".ab-picked")).to_have_attribute("data-id", "orders")

    page.get_by_role("button", name="show all").click()
    expect(page.locator(".ab-node")).to_have_count(4)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_group_closes_to_one_node_and_opens_again(page: Page) -> None:
    node(page, "orders").locator(".ab-group-label text").click()
    closed = node(page, "//raw")
    expect(closed).to_have_attribute("aria-label", re.compile("group raw, closed: 2 assets"))
    expect(node(page, "orders")).to_have_count(0)

    closed.focus()
    page.keyboard.press("Enter")
    expect(node(page, "orders")).to_have_count(1)


def test_what_is_in_a_closed_group_is_found(page: Page) -> None:
    page.get_by_role("button", name="close all").click()
    expect(node(page, "//raw")).to_have_count(1)

    page.get_by_label("Find an asset").fill("cust")
    page.get_by_label("Find an asset").press("Enter")

    expect(page.locator(".ab-picked")).to_have_attribute("data-id", "customers")
    expect(node(page, "//marts")).to_have_count(1)


def test_finding_goes_from_match_to_match(page: Page) -> None:
    find = page.get_by_label("Find an asset")
    find.fill("o")
    expect(page.get_by_role("status").filter(has_text="of 4")).to_have_text("1 of 4")
    find.fill("tot")
    find.press("Enter")

    expect(page.locator(".ab-picked")).to_have_attribute("data-id", "total")
    expect(page.locator(".ab-node.ab-dim")).to_have_count(3)
    assert page.locator(".ab-picked .ab-label").evaluate("each => each.textContent") == "total"


def test_the_wheel_zooms_about_the_pointer_and_fit_shows_all_again(page: Page) -> None:
    drawn = node(page, "total").locator(".ab-box")
    before = drawn.bounding_box()
    assert before is not None
    x, y = before["x"] + before["width"] / 2, before["y"] + before["height"] / 2
    page.mouse.move(x, y)

    page.mouse.wheel(0, -400)

    page.wait_for_function(
        "wide => document.querySelector('[data-id=total] .ab-box').getBoundingClientRect().width"
        " > wide * 1.3",
        arg=before["width"],
    )
    after = drawn.bounding_box()
    assert after is not None
    assert abs(after["x"] + after["width"] / 2 - x) < 1.5
    assert abs(after["y"] + after["height"] / 2 - y) < 1.5
    page.get_by_role("button", name="Fit all into the picture").click()
    assert drawn.bounding_box() == before


def test_dragging_moves_it_and_opens_nothing(page: Page) -> None:
    drawn = node(page, "total").locator(".ab-box")
    before = drawn.bounding_box()
    assert before is not None
    page.mouse.move(before["x"] + 20, before["y"] + 20)
    page.mouse.down()
    page.mouse.move(before["x"] + 70, before["y"] + 50, steps=4)
    page.mouse.up()

    after = drawn.bounding_box()
    assert after is not None
    assert (round(after["x"] - before["x"]), round(after["y"] - before["y"])) == (50, 30)
    expect(page.locator(".ab-view")).to_have_attribute("data-view", "lineage")


def test_where_a_column_comes_from_and_goes_is_shown_when_asked(page: Page) -> None:
    node(page, "total").click(button="right")
    page.get_by_role("menuitem", name="where columns come from and go").click()

    traced = page.get_by_role("region", name="Column lineage")
    expect(traced.locator(".ab-node")).to_have_count(3)
    expect(traced).to_contain_text("<img src=x>")
    expect(traced.locator("img")).to_have_count(0)
    expect(traced.locator(".ab-picked")).to_contain_text("sum")
    expect(node(page, "customers")).to_have_class("ab-node ab-asset ab-dim")
    node(page, "orders").focus()
    page.get_by_role("region", name="In focus").get_by_role("button", name="columns").click()
    expect(traced.locator(".ab-picked")).to_contain_text("amount")
    expect(traced.locator(".ab-node")).to_have_count(3)
    traced.get_by_role("button", name="Close the column lineage").click()
    expect(page.locator(".ab-dim")).to_have_count(0)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page of a project with more assets than SVG draws."""
    folder = tmp_path_factory.mktemp("large")
    with opened_book(folder) as book:
        book.run(MANY)
    with served(folder) as address:
        yield address


def test_a_large_one_is_drawn_on_canvas_and_walked_by_a_list(browser: Browser, large: str) -> None:
    for page in watched(browser, large, ".ab-canvas[data-drawn]"):
        expect(page.locator(".ab-node")).to_have_count(0)
        colours = page.locator(".ab-canvas canvas").first.evaluate(
            "each => new Set(new Uint32Array(each.getContext('2d')"
            ".getImageData(0, 0, each.width, each.height).data.buffer)).size"
        )
        assert colours > 3
        stage = page.get_by_role("application")
        stage.focus()
        page.keyboard.press("ArrowRight")
        beside = page.get_by_role("region", name="In focus")
        expect(beside.get_by_role("status")).to_contain_text("n0, missing")
        page.keyboard.press("ArrowRight")
        made_from = page.get_by_role("list", name="made from")
        expect(made_from.get_by_role("button")).to_have_count(1)
        made_from.get_by_role("button").click()
        expect(beside.locator(".ab-link")).to_have_text("n0")
        page.get_by_label("Find an asset").fill("n1009")
        page.get_by_label("Find an asset").press("Enter")
        expect(beside.locator(".ab-link")).to_have_text("n1009")


def test_a_long_list_of_assets_is_made_as_one_comes_to_its_end(
    browser: Browser, large: str
) -> None:
    for page in watched(browser, large, ".ab-canvas[data-drawn]"):
        page.get_by_role("tab", name="Assets").click()
        lines = page.locator("tr[data-key]")
        expect(lines).to_have_count(200)
        expect(page.locator(".ab-tools")).to_contain_text("1,010 assets")

        page.locator(".ab-scroll").evaluate("each => { each.scrollTop = each.scrollHeight }")
        expect(lines).to_have_count(400)
        page.get_by_role("button", name="show more").click()
        expect(lines).to_have_count(800)

        page.get_by_label("Filter the assets").fill("n1009")
        expect(lines).to_have_count(1)


CELLS = {
    "load": "%load_ext assetbook\nimport time",
    "orders": "@asset\ndef orders():\n    time.sleep(1.5)\n    return [1, 2]\n\n"
    "@asset\ndef total(orders):\n    return sum(orders)",
    "lineage": "%lineage",
    "assets": "%assets orders",
    "slow": "%materialize orders",
}


@pytest.fixture(scope="module")
def book(lab: Lab, lab_page: Page) -> Iterator[OpenNotebook]:
    """A notebook that shows its lineage and its assets."""
    with opened(lab, lab_page, "lineage", CELLS) as book:
        book.run("load", "orders", "lineage", "assets")
        yield book


def test_in_a_notebook_the_magics_show_the_live_views(book: OpenNotebook) -> None:
    graph = book.page.locator(".ab-root .ab-node[data-id=orders]")
    table = book.page.locator(".ab-root tr[data-key]")
    expect(graph).to_contain_text("missing")
    expect(table).to_have_count(1)
    assert book.count("lineage", ".ab-still .ab-node") == 2
    expect(book.page.locator(".ab-still").first).to_be_hidden()

    book.start("slow")

    expect(book.page.locator(".ab-root .ab-running")).to_have_attribute("data-id", "orders")
    expect(graph).to_contain_text("fresh")
    expect(table).to_contain_text("fresh")
    book.wait_until_done("slow")


def test_its_keys_are_its_own_in_lab(book: OpenNotebook) -> None:
    page = book.page
    active = "books[path].panel.content.activeCellIndex"
    page.locator(".ab-root .ab-node[data-id=orders]").focus()
    before = page.evaluate(f"path => {active}", book.path)

    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")

    assert focused(page) == "total"
    assert page.evaluate(f"path => {active}", book.path) == before
