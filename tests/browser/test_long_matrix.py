"""The longer runs in Lab: the example notebook on real data, and each payload in each theme."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page
from tests.browser.hostile_cells import ALIVE, hostile_cells
from tests.browser.lab import Lab
from tests.browser.looks import THEMES, cut_texts, faint_texts, overlaps, set_theme
from tests.browser.open_notebook import OpenNotebook, opened

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("browser")]

FLIGHTS = Path(__file__).resolve().parents[2] / "notebooks" / "flights.ipynb"
PAYLOADS = {
    "image": "<img src=x onerror=window.__xss=1>",
    "script": "<script>window.__xss=1</script>",
    "svg": "<svg onload=window.__xss=1><animate onbegin=window.__xss=1></svg>",
    "link": "<a href='javascript:window.__xss=1'>a</a> [a](javascript:window.__xss=1)",
    "attribute": "\"' onmouseover=window.__xss=1 autofocus onfocus=window.__xss=1 x='",
    "closing": "</style></title></svg></pre></td></table></div><img src=x onerror=window.__xss=1>",
    "comment": "--><!--<img src=x onerror=window.__xss=1>]]><img src=x onerror=window.__xss=1>",
    "entities": "&lt;img src=x onerror=window.__xss=1&gt; &#60;script&#62;window.__xss=1",
    "markdown": '![a](x" onerror="window.__xss=1) `<script>window.__xss=1</script>` $\\require{x}$',
    "terminal": "\x1b]8;;javascript:window.__xss=1\x07a\x1b]8;;\x07\x1b[31m<img src=x>\r\x08",
    "bidi": "\u202e<img src=x onerror=window.__xss=1>\u2066\u200b\ufeff\u2028",
}


@pytest.mark.parametrize("name", PAYLOADS)
def test_no_view_gives_a_payload_life(lab: Lab, lab_page: Page, name: str) -> None:
    cells = hostile_cells(PAYLOADS[name])
    with opened(lab, lab_page, f"payload-{name}", cells) as book:
        book.run(*cells)
        for theme in THEMES:
            set_theme(lab_page, theme)
            alive = {cell: book.count(cell, ALIVE) for cell in cells}
            assert set(alive.values()) == {0}, alive
        assert lab_page.evaluate("window.__xss") is None


@pytest.fixture(scope="module")
def flights(lab: Lab, lab_page: Page) -> Iterator[OpenNotebook]:
    """The example notebook in a project of its own, run once."""
    folder = lab.root / "flights"
    folder.mkdir()
    shutil.copy(FLIGHTS, folder)
    book = OpenNotebook(lab_page, f"flights/{FLIGHTS.name}")
    book.command("notebook:run-all-cells")
    yield book
    book.close()


def test_the_example_is_all_fresh_when_it_has_run(flights: OpenNotebook) -> None:
    [table] = flights.cells("%assets --checks")
    assert "14 assets: 14 fresh" in flights.shown(table)


@pytest.mark.parametrize("theme", THEMES)
def test_the_example_looks_right(flights: OpenNotebook, theme: str) -> None:
    set_theme(flights.page, theme)
    views = [*flights.cells("%materialize"), *flights.cells("%assets"), *flights.cells("%show")]
    lineage = flights.cells("%lineage")
    flights.page.locator(".ab-root .ab-node").first.wait_for()
    assert len(views) >= 4
    for cell in [*views, *lineage]:
        assert faint_texts(flights, cell) == {}
        assert cut_texts(flights, cell) == []
    assert overlaps(flights, lineage[0]) == []
    assert flights.count(lineage[0], ".ab-root .ab-node") == 14


def test_the_example_computes_nothing_a_second_time(flights: OpenNotebook) -> None:
    flights.command("notebook:run-all-cells")
    [last] = flights.cells("%materialize *")
    assert "all fresh: nothing to do" in flights.shown(last)
