"""A million rows in JupyterLab: how long until the first show, those in the middle, and the last.

``python benchmarks/table_preview.py``, perhaps with ``--rows`` and ``--rounds``, prints a Markdown
table. Beside assetbook's view of an asset stand itables (all rows, ``maxBytes=0``, with its
scroller) and ipydatagrid, in one environment of their own. Chromium has no window; what is told is
wall time inside the page, from the click or the start of the cell until the rows are drawn.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from measuring import scratch_folder
from peers import peer_python

sys.path.insert(0, str(Path(__file__).parents[1]))  # what drives Lab is one of the tests'

from playwright.sync_api import Browser, Error, Page, sync_playwright
from tests.browser.conftest import CHROMIUM, SIZE
from tests.browser.lab import Lab
from tests.browser.open_notebook import OpenNotebook, opened

LIBRARIES = ("ipydatagrid==1.4.0", "jupyterlab==4.6.6", "pandas==3.1.1", "pyarrow", "anywidget")
PATIENCE = 120.0
"""Seconds after which nobody waits any more."""
STEPS = ("first rows", "rows in the middle", "last rows", "elements in the page")

TABLE = """
import numpy as np, pandas as pd
def table(n):
    chance = np.random.default_rng(1)
    return pd.DataFrame({
        "id": np.arange(n), "name": np.char.add("user-", (np.arange(n) % 9973).astype(str)),
        "score": chance.normal(size=n), "level": chance.integers(0, 99, n),
        "city": chance.choice(["Berlin", "Paris", "Oslo"], n),
        "at": pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(n), unit="s"),
        "flag": chance.random(n) > .5, "share": chance.random(n),
    })
"""
_WAIT = """async ([begin, isThere, patience]) => {
  const begun = performance.now();
  await eval(begin);
  for (;;) {
    if (eval(isThere)) return (performance.now() - begun) / 1000;
    if (performance.now() - begun > patience * 1000) return null;
    await new Promise(requestAnimationFrame);
  }
}"""
_RUN = "void jupyterapp.commands.execute('notebook:run-cell')"


Figures = dict[str, float | str]
"""By step, seconds (or elements), or what came instead."""


@dataclass(frozen=True)
class Contestant:
    """A way to look at a table in a notebook: its cells, what to do and to wait for in the page."""

    name: str
    cells: Mapping[str, str]
    """Run in this order; where nothing else begins it, the last one shows the table."""
    first: str
    """True once the first rows are there."""
    scroll: str
    """Goes to the part SHARE of all rows."""
    there: str
    """True once the rows from ROW on are there."""
    click: str = ""
    """What begins it, if that is not the last cell."""
    prepare: str = ""
    """The name of the asset to open before."""


OURS = Contestant(
    "assetbook",
    {
        "load": "%load_ext assetbook\n" + TABLE,
        "big": "@asset\ndef big():\n    return table(ROWS)",
        "make": "%materialize big",
        "show": "%dashboard",
    },
    first="document.querySelector('.ab-row .ab-cell:not(.ab-waits):not(.ab-column-head)')",
    scroll="(() => { const grid = document.querySelector('.ab-rows');"
    " grid.scrollTop = (grid.scrollHeight - grid.clientHeight) * SHARE })()",
    there="!document.querySelector('.ab-waits') && Number(document.querySelector("
    "'.ab-row .ab-cell:not(.ab-column-head)')?.textContent) >= ROW",
    click="document.querySelector('[data-at=value]').click()",
    prepare="big",
)
ITABLES = Contestant(
    "itables",
    {
        "load": "from itables import init_notebook_mode, show\ninit_notebook_mode()\n" + TABLE,
        "make": "frame = table(ROWS)",
        "show": "show(frame, maxBytes=0, scrollY='400px', scroller=True)",
    },
    first="document.querySelector('.jp-OutputArea-output table.dataTable tbody tr td + td')",
    scroll="(() => { const body = document.querySelector('.dt-scroll-body');"
    " body.scrollTop = (body.scrollHeight - body.clientHeight) * SHARE })()",
    there="[...document.querySelectorAll('.dt-scroll-body tbody tr')].some(row =>"
    " Number(row.querySelector('td')?.textContent.replaceAll(',', '')) >= ROW)",
)
_PIXELS = """(() => {
  const canvas = document.querySelector('.lm-DataGrid canvas');
  if (!canvas || !canvas.width) return '';
  const { data } = canvas.getContext('2d').getImageData(90, 30, 260, 120);
  let hash = 0, seen = new Set();
  for (let at = 0; at < data.length; at += 4) {
    hash = (hash * 31 + data[at]) | 0;
    seen.add(data[at]);
  }
  return seen.size > 6 ? String(hash) : '';
})()"""
IPYDATAGRID = Contestant(
    "ipydatagrid",
    {
        "load": "from ipydatagrid import DataGrid\n" + TABLE,
        "make": "frame = table(ROWS)",
        "show": "DataGrid(frame)",
    },
    first=f"(window.seen = {_PIXELS})",
    scroll="(() => { document.querySelector('.lm-DataGrid').dispatchEvent(new WheelEvent('wheel',"
    " { deltaY: SHARE < 1 ? 10 * COUNT : 1e9, bubbles: true, cancelable: true })) })()",
    there=f"(() => {{ const now = {_PIXELS}; const moved = now && now !== window.seen;"
    " if (moved) window.seen = now; return moved })()",
)


def measure(book: OpenNotebook, who: Contestant, rows: int, found: Figures) -> None:
    """Puts into ``found`` the seconds of each step, and how many elements there are at the end."""
    page, cells = book.page, list(who.cells)
    book.run(*(cells if who.click else cells[:-1]))
    if who.prepare:
        page.get_by_role("tab", name="Assets").click()
        page.locator(".ab-root").get_by_role("button", name=who.prepare, exact=True).click()
        page.locator("[data-at=value]").wait_for()
    else:
        book._ask("book.pick(given)", cells[-1])
    found[STEPS[0]] = _seconds(page, who.click or _RUN, who.first)
    for step, share in ((STEPS[1], 0.5), (STEPS[2], 1.0)):
        row = str(int(rows * share) - 60)
        begin = who.scroll.replace("SHARE", str(share)).replace("COUNT", str(rows))
        found[step] = _seconds(page, begin, who.there, row)
    found[STEPS[3]] = page.evaluate("document.querySelectorAll('*').length")


def _seconds(page: Page, begin: str, is_there: str, row: str = "0") -> float | str:
    seconds: float | None = page.evaluate(_WAIT, [begin, is_there.replace("ROW", row), PATIENCE])
    return f"not in {PATIENCE:.0f} s" if seconds is None else seconds


def one_round(browser: Browser, who: Contestant, rows: int, folder: Path) -> Figures:
    """What it took in a server, a page and a kernel of its own."""
    python = sys.executable if who is OURS else str(peer_python("itables", LIBRARIES))
    folder.mkdir()
    cells = {name: cell.replace("ROWS", str(rows)) for name, cell in who.cells.items()}
    with Lab(folder, python=python) as lab:
        page = browser.new_page(viewport=SIZE)
        page.set_default_timeout(PATIENCE * 1000)
        page.goto(lab.url("lab"))
        page.wait_for_function("() => window.jupyterapp?.restored")
        page.evaluate("async () => { await jupyterapp.restored }")
        found: Figures = dict.fromkeys(STEPS, "the page crashed")
        with suppress(Error), opened(lab, page, who.name, cells) as book:
            measure(book, who, rows, found)
    shutil.rmtree(folder)
    return found


def written(name: str, figures: list[float | str]) -> str:
    """The median, or what came instead, if that happened."""
    there = [each for each in figures if not isinstance(each, str)]
    if len(there) < len(figures):
        return next(each for each in figures if isinstance(each, str))
    return f"{median(there):,.0f}" if name == STEPS[3] else f"{median(there):.2f} s"


def main() -> None:
    """Measures all and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    contestants = (OURS, ITABLES, IPYDATAGRID)
    found: dict[str, dict[str, list[float | str]]] = {
        each.name: {step: [] for step in STEPS} for each in contestants
    }
    with scratch_folder() as folder, sync_playwright() as playwright:
        for number in range(given.rounds):
            for who in contestants:
                print(f"round {number + 1}: {who.name}", file=sys.stderr)
                browser = playwright.chromium.launch(
                    executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
                )
                try:
                    took = one_round(browser, who, given.rows, folder / who.name)
                finally:
                    browser.close()
                print(f"  {took}", file=sys.stderr)
                for step, figure in took.items():
                    found[who.name][step].append(figure)
    print(f"| {given.rows:,} rows of 8 columns | {' | '.join(found)} |")
    print("| --- |" + " --- |" * len(found))
    for step in STEPS:
        print(f"| {step} | {' | '.join(written(step, each[step]) for each in found.values())} |")


if __name__ == "__main__":
    main()
