"""How views look in Lab's themes: text that can be read, nothing cut off, nothing overlapping."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page
from tests.browser.lab import Lab
from tests.browser.open_notebook import OpenNotebook, opened

pytestmark = pytest.mark.xdist_group("browser")

READABLE = 4.5
"""The least contrast of text to what is behind it (WCAG AA)."""
CELLS = {
    "load": "%load_ext assetbook",
    "rate": "def rate():\n    return 1",
    "assets": """
@asset(group_name="raw", description="The orders as they came in.")
def orders_as_they_came_in():
    return [1, 2]

@asset(group_name="marts")
def total(orders_as_they_came_in):
    return sum(orders_as_they_came_in)

@asset(group_name="marts")
def report(total):
    return total * rate()

@asset_check(asset=total)
def is_positive(total):
    return total > 0""",
    "materialize": "%materialize report",
    "new_rate": "def rate():\n    return 2",
    "table": "%assets --checks",
    "lineage": "%lineage",
    "show": "%show total",
    "why": "%why report",
    "type": "",
}
_CONTRASTS = """given => {
  const parts = text => text.match(/[\\d.]+/g).map(Number);
  const light = colour => colour.slice(0, 3).map(each => each / 255)
    .map(each => each <= 0.03928 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4)
    .reduce((sum, each, index) => sum + each * [0.2126, 0.7152, 0.0722][index], 0);
  const over = ([red, green, blue, share = 1], ground) => [red, green, blue]
    .map((each, index) => each * share + ground[index] * (1 - share));
  const behind = element => {
    const box = element.closest('.ab-node')?.querySelector('.ab-box');
    if (box && !element.closest('.ab-group')) return parts(getComputedStyle(box).fill);
    const colour = parts(getComputedStyle(element).backgroundColor);
    const parent = element.parentElement;
    return over(colour, parent ? behind(parent) : [255, 255, 255]);
  };
  const shows = element => !element ? 1
    : Number(getComputedStyle(element).opacity) * shows(element.parentElement);
  const below = books[given.path].below(given.cell);
  return [...below.querySelectorAll('text, td, th, div, span')]
    .filter(each => [...each.childNodes].some(one => one.data?.trim().length > 1))
    .filter(each => !each.closest('style, title, .jp-OutputPrompt'))
    .map(each => {
      const style = getComputedStyle(each);
      const ground = behind(each);
      const ink = parts(each instanceof SVGElement ? style.fill : style.color).slice(0, 3);
      const inks = [over([...ink, shows(each)], ground), ground].map(light);
      inks.sort((a, b) => b - a);
      return [each.textContent, (inks[0] + 0.05) / (inks[1] + 0.05)];
    });
}"""
_WIDER = """given => [...books[given.path].below(given.cell).querySelectorAll('*')]
  .filter(each => each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0)
  .filter(each => getComputedStyle(each).overflowX === 'hidden')
  .map(each => each.className + ': ' + each.textContent.slice(0, 60))"""
_OVERLAPS = """given => {
  const below = books[given.path].below(given.cell);
  const boxes = [...below.querySelectorAll('.ab-node')].map(each => [
    each.dataset.id, each.querySelector('.ab-box').getBoundingClientRect(),
    [...each.querySelectorAll('text')].map(one => one.getBoundingClientRect()),
  ]);
  const apart = (a, b) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top
    || b.bottom <= a.top;
  const nodes = boxes.flatMap(([name, box], at) => boxes.slice(at + 1)
    .filter(([, other]) => !apart(box, other)).map(([other]) => name + ' and ' + other));
  const texts = boxes.filter(([, box, lines]) => lines.some(each => each.right > box.right))
    .map(([name]) => name + ' and its text');
  return [...nodes, ...texts];
}"""
VIEWS = ("assets", "materialize", "table", "lineage", "show", "why")


@pytest.fixture(scope="module", params=["JupyterLab Light", "JupyterLab Dark"])
def themed(lab: Lab, lab_page: Page, request: pytest.FixtureRequest) -> Iterator[OpenNotebook]:
    """A notebook with all views, in one theme after the other."""
    book = request.getfixturevalue("viewed")
    _set_theme(lab_page, request.param)
    yield book
    _set_theme(lab_page, "JupyterLab Light")


@pytest.fixture(scope="module")
def viewed(lab: Lab, lab_page: Page) -> Iterator[OpenNotebook]:
    """A notebook with all views."""
    with opened(lab, lab_page, "looks", CELLS) as book:
        book.run(*list(CELLS)[:-1])
        yield book


@pytest.mark.parametrize("cell", VIEWS)
def test_text_stands_out_from_what_is_behind_it(themed: OpenNotebook, cell: str) -> None:
    contrasts = _in_page(themed, _CONTRASTS, cell)
    assert len(contrasts) >= 3
    assert [each for each in contrasts if each[1] < READABLE] == []


@pytest.mark.parametrize("cell", VIEWS)
def test_no_text_is_cut_off(themed: OpenNotebook, cell: str) -> None:
    assert _in_page(themed, _WIDER, cell) == []


def test_nodes_and_their_texts_lie_apart(themed: OpenNotebook) -> None:
    assert themed.count("lineage", ".ab-node") == 3
    assert _in_page(themed, _OVERLAPS, "lineage") == []


def test_tab_completes_an_asset_name_in_lab(viewed: OpenNotebook) -> None:
    viewed.edit("type", "")
    viewed.type("type", "%materialize orders_a")
    viewed.page.keyboard.press("Tab")
    viewed.page.locator(".jp-Completer-item").wait_for()
    viewed.page.keyboard.press("Enter")
    viewed.wait_for_source("type", "%materialize orders_as_they_came_in")


def _in_page(book: OpenNotebook, program: str, cell: str) -> Any:
    return book.page.evaluate(program, {"path": book.path, "cell": cell})


def _set_theme(page: Page, theme: str) -> None:
    page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', { theme })", theme)
    dark = theme.endswith("Dark")
    light = f"body[data-jp-theme-light='{str(not dark).lower()}']"
    page.wait_for_selector(light, state="attached")
