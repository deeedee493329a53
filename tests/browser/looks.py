"""What can be measured of how a view looks in the page: contrast, cut texts, overlaps; themes."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page
from tests.browser.open_notebook import OpenNotebook

THEMES = ("JupyterLab Light", "JupyterLab Dark")
READABLE = 4.5
"""The least contrast of text to what is behind it (WCAG AA)."""
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
_CUT = """given => [...books[given.path].below(given.cell).querySelectorAll('*')]
  .filter(each => each.clientWidth > 0 && each.scrollWidth > each.clientWidth + 1)
  .filter(each => !['auto', 'scroll'].includes(getComputedStyle(each).overflowX))
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


def contrasts(book: OpenNotebook, cell: str) -> dict[str, float]:
    """Each text below a cell with its contrast to what is behind it, from 1 to 21."""
    return dict(_in_page(book, _CONTRASTS, cell))


def faint_texts(book: OpenNotebook, cell: str) -> dict[str, float]:
    """The texts below a cell that are hard to read, with their contrasts."""
    return {text: found for text, found in contrasts(book, cell).items() if found < READABLE}


def cut_texts(book: OpenNotebook, cell: str) -> list[str]:
    """The elements below a cell of which a part cannot be seen, nor scrolled to."""
    return list(_in_page(book, _CUT, cell))


def overlaps(book: OpenNotebook, cell: str) -> list[str]:
    """The nodes of the picture below a cell that lie over others, or whose text leaves them."""
    return list(_in_page(book, _OVERLAPS, cell))


def set_theme(page: Page, theme: str) -> None:
    """Changes Lab's theme, and waits until it shows."""
    page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', { theme })", theme)
    light = str(not theme.endswith("Dark")).lower()
    page.wait_for_selector(f"body[data-jp-theme-light='{light}']", state="attached")


def _in_page(book: OpenNotebook, program: str, cell: str) -> Any:
    return book.page.evaluate(program, {"path": book.path, "cell": cell})
