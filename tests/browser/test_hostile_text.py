"""Hostile text in names, metadata, prints, logs and errors is shown and never runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import Browser, Page
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
CODE = f"""
@asset(description=TEXT, metadata={{"said": TEXT, TEXT: 1}}, owners=["team:<b>x</b>"])
def evil(context):
    secret_word = {SEEN!r}
    print(TEXT)
    context.log.warning(TEXT)
    return MaterializeResult(
        value=pd.DataFrame({{TEXT: [TEXT]}}),
        metadata={{
            "text": TEXT,
            TEXT: TEXT,
            "link": MetadataValue.url("javascript:window.__xss=6"),
            "prose": MetadataValue.md(TEXT),
            "plain": {{"<b>": TEXT}},
        }},
    )

@asset_check(asset=evil, description=TEXT)
def suspicion(evil):
    return AssetCheckResult(passed=False, description=TEXT, metadata={{TEXT: TEXT}})

@asset(key=AssetKey(["raw", {SEEN!r}]))
def keyed(evil):
    return 1
"""
CELLS = {
    "load": f"""
%load_ext assetbook
import pandas as pd
from assetbook import AssetCheckResult, AssetKey, MaterializeResult, MetadataValue
TEXT = {PAYLOAD!r}""",
    "card": CODE,
    "progress": "%materialize *",
    "failure": "%%asset broken\nlen(evil)\nraise ValueError(TEXT)\n1",
    "edit": CODE.replace("secret_word", "other_word"),
    "assets": "%assets --checks",
    "show": "%show evil",
    "lineage": "%lineage",
    "logs": "%logs",
    "why": "%why evil",
    "runs": "%runs",
    "plan": "%plan *",
    "versions": "%versions evil",
    "overview": "%assetbook",
    "definition": "evil",
    "check": "suspicion",
}
CONTROL = f"from IPython.display import HTML\nHTML({PAYLOAD!r})"
SHOWING = ("card", "progress", "failure", "assets", "show", "lineage", "logs", "why", "definition")
"""Cells below which the payload must be seen."""
ALIVE = "img, script, iframe, [onload], [onerror], a[href^=javascript], b"


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
