"""Hostile text in names, metadata, prints, logs and errors is shown and never runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import Browser, Page
from tests.browser.hostile_cells import ALIVE, hostile_cells
from tests.browser.lab import Lab
from tests.browser.open_notebook import OpenNotebook, opened

pytestmark = pytest.mark.xdist_group("browser")

PAYLOAD = (
    "<img src=x onerror=window.__xss=1><script>window.__xss=2</script>"
    "<svg onload=window.__xss=3></svg><a href='javascript:window.__xss=4'>a</a>"
    " [md](javascript:window.__xss=5) **bold** \x1b[31mred\x1b[0m \u202egnp.exe"
)
SEEN = "<img src=x onerror=window.__xss=1>"
"""The beginning of it, as a person must see it."""
CELLS = hostile_cells(PAYLOAD)
CONTROL = f"from IPython.display import HTML\nHTML({PAYLOAD!r})"
SHOWING = ("progress", "failure", "assets", "show", "logs", "definition", "check")
"""Cells below which the payload must be seen."""


@pytest.fixture(scope="module")
def hostile(lab: Lab, lab_page: Page) -> Iterator[OpenNotebook]:
    """A notebook whose views all had the payload to show, saved."""
    with opened(lab, lab_page, "hostile", {**CELLS, "control": ""}) as book:
        book.run(*CELLS)
        book.command("docmanager:save")
        yield book


@pytest.mark.parametrize("cell", CELLS)
def test_payloads_make_no_elements_in_lab(hostile: OpenNotebook, cell: str) -> None:
    assert hostile.count(cell, ALIVE) == 0


@pytest.mark.parametrize("cell", SHOWING)
def test_payloads_show_as_their_text_in_lab(hostile: OpenNotebook, cell: str) -> None:
    assert SEEN in hostile.shown(cell)


@pytest.mark.parametrize("cell", ["card", "assets", "lineage", "why"])
def test_hostile_keys_and_code_show_as_their_text_in_lab(hostile: OpenNotebook, cell: str) -> None:
    shown = hostile.shown(cell)
    assert ("<b>in the code</b>" if cell == "why" else "raw/<b>in a key</b>") in shown


def test_a_failure_shows_characters_that_reorder_text(hostile: OpenNotebook) -> None:
    assert "\\x1b[31mred\\x1b[0m \\u202egnp.exe" in hostile.shown("failure")


def test_payloads_run_nothing_in_lab(hostile: OpenNotebook) -> None:
    assert hostile.page.evaluate("window.__xss") is None


def test_payloads_run_nothing_in_an_exported_page(
    hostile: OpenNotebook, lab: Lab, browser: Browser
) -> None:
    assert _ran_in_page(browser, lab.root / hostile.path) is None


def test_the_payload_does_run_where_it_is_html(
    hostile: OpenNotebook, lab: Lab, browser: Browser
) -> None:
    hostile.edit("control", CONTROL)
    hostile.run("control")
    hostile.page.wait_for_function("window.__xss")
    hostile.command("docmanager:save")
    assert _ran_in_page(browser, lab.root / hostile.path)
    hostile.page.evaluate("delete window.__xss")
    hostile.edit("control", "")
    hostile.run("control")


def _ran_in_page(browser: Browser, notebook: Path) -> object:
    """What ``window.__xss`` is once the notebook's HTML has been loaded, with no network."""
    text, _ = HTMLExporter().from_notebook_node(nbformat.read(notebook, as_version=4))
    exported = notebook.with_suffix(".html")
    exported.write_text(text, encoding="utf-8")
    page = browser.new_page()
    page.route("http*://**", lambda route: route.abort())
    page.goto(exported.as_uri())
    ran = page.evaluate("window.__xss")
    page.close()
    return ran
