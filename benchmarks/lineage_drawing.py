"""The lineage on its page in headless Chromium: time to the first picture, and frames as it moves.

Wall time, in the page's own clock. The raw limit is a bare page that draws as many rectangles on a
canvas, which it has in its own text: no store, no server, no words.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from lineage_layout import layered
from measuring import PACKAGE, scratch_folder
from table import Row, run_alone

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
SIZE = {"width": 1200, "height": 800}
SMOOTH = "≤ 50 ms"
AIMS = {"first": "≤ 3 s", "dragged": SMOOTH, "zoomed": SMOOTH, "anew": ""}
_WORK = {
    "first": "first picture of a lineage of {:,} nodes",
    "dragged": "a frame while {:,} nodes are dragged",
    "zoomed": "a frame while {:,} nodes are zoomed",
    "anew": "the longest frame after that, in which they are drawn anew",
}
_CELL = """
from assetbook import asset

PARENTS = {parents!r}

def define(number):
    @asset(name=f"n{{number}}", deps=PARENTS.get(f"n{{number}}", []))
    def made():
        return number

    return made

everything = [define(number) for number in range({count})]
"""
_FIRST = """
const seen = () => {
  const drawn = document.querySelector('.ab-node, .ab-canvas[data-drawn]');
  if (!drawn) return requestAnimationFrame(seen);
  requestAnimationFrame(() => requestAnimationFrame(() => (window.first = performance.now())));
};
seen();
"""
_FRAMES = """
window.frames_ = [];
let last = performance.now();
const beat = now => { frames_.push(now - last); last = now; requestAnimationFrame(beat); };
requestAnimationFrame(beat);
"""
_RAW = """<!doctype html><div class="ab-stage"><canvas width="1150" height="560"></canvas></div>
<script>
const places = %s, canvas = document.querySelector('canvas'), paint = canvas.getContext('2d');
let x = 0, y = 0, k = 560 / Math.max(...places.map(each => each[1] + 60));
const draw = () => {
  paint.setTransform(1, 0, 0, 1, 0, 0);
  paint.clearRect(0, 0, 1150, 560);
  paint.setTransform(k, 0, 0, k, x, y);
  for (const [left, top] of places) paint.fillRect(left, top, 232, 46);
};
let held = false;
canvas.onpointerdown = () => (held = true);
canvas.onpointerup = () => (held = false);
canvas.onpointermove = event => held && ((x += event.movementX), (y += event.movementY), draw());
canvas.onwheel = event => { k *= Math.exp(-event.deltaY * 0.0016); draw(); };
draw();
document.querySelector('div').classList.add('ab-node');
</script>"""


def measure(assets: int, rounds: int) -> list[Row]:
    """Four rows: the first picture, frames while it is dragged and zoomed, and the one after it."""
    from playwright.sync_api import sync_playwright

    nodes, edges = layered(assets)
    found: dict[str, dict[str, list[float]]] = {name: {} for name in _WORK}
    with scratch_folder() as folder, sync_playwright() as playwright:
        _define(folder, assets, edges)
        bare = folder / "raw.html"
        bare.write_text(_RAW % json.dumps(_places(nodes, edges)), encoding="utf-8")
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        with _served(folder) as address:
            for _ in range(rounds):
                for who, where in (("assetbook", address), ("raw limit", bare.as_uri())):
                    for name, figures in _looked_at(browser, where).items():
                        found[name].setdefault(who, []).extend(figures)
        browser.close()
    return [_row(name, assets, figures) for name, figures in found.items()]


def _row(name: str, assets: int, figures: dict[str, list[float]]) -> Row:
    notes = {}
    if name in ("dragged", "zoomed"):
        slow = quantiles(figures["assetbook"], n=20)[-1]
        notes["assetbook"] = f"one in twenty over {slow * 1000:.0f} ms"
    medians = {who: median(each) for who, each in figures.items()}
    unit = "s" if name == "first" else "ms"
    return Row(_WORK[name].format(assets), medians, unit, AIMS[name], notes)


def _looked_at(browser: Any, address: str) -> dict[str, list[float]]:
    """What one visit of a page takes: its first picture, and every frame, in seconds."""
    page = browser.new_page(viewport=SIZE)
    page.add_init_script(f"addEventListener('DOMContentLoaded', () => {{ {_FIRST} }})")
    page.goto(address)
    page.wait_for_function("() => window.first", timeout=120_000)
    found = {"first": [page.evaluate("() => window.first")]}
    page.evaluate(f"() => {{ {_FRAMES} }}")
    box = page.locator(".ab-stage").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate("() => { frames_.length = 0 }")
    for step in range(80):
        page.mouse.move(x + 3 * step % 240, y + step)
    found["dragged"] = page.evaluate("() => frames_.splice(0)")
    page.mouse.up()
    page.mouse.move(x, y)
    page.evaluate("() => { frames_.length = 0 }")
    for step in range(60):
        page.mouse.wheel(0, -80 if step < 30 else 80)
        page.wait_for_timeout(16)
    found["zoomed"] = page.evaluate("() => frames_.splice(0)")
    page.wait_for_timeout(900)  # a large one is scaled while it is zoomed, and drawn anew then
    found["anew"] = [max(page.evaluate("() => frames_.splice(0)"))]
    page.close()
    return {name: [each / 1000 for each in figures] for name, figures in found.items()}


def _define(folder: Path, count: int, edges: list[tuple[str, str]]) -> None:
    """A notebook of so many assets, known to a store of its own."""
    import nbformat

    parents: dict[str, list[str]] = {}
    for start, end in edges:
        parents.setdefault(end, []).append(start)
    notebook = nbformat.v4.new_notebook()
    cell = _CELL.format(parents=parents, count=count)
    notebook.cells = [nbformat.v4.new_code_cell(each) for each in ("%load_ext assetbook", cell)]
    nbformat.write(notebook, folder / "book.ipynb")
    (folder / "pyproject.toml").touch()
    subprocess.run(_command("plan", "book.ipynb", "n0"), **_process(folder), check=True)


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    process = subprocess.Popen(_command("ui", "--no-browser"), text=True, **_process(folder))
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "assetbook", *words]


def _process(folder: Path) -> dict[str, Any]:
    environment = {name: each for name, each in os.environ.items() if name[:9] != "ASSETBOOK"}
    environment["PYTHONPATH"] = str(PACKAGE)
    return {"cwd": folder, "env": environment, "stdout": subprocess.PIPE}


def _places(nodes: list[str], edges: list[tuple[str, str]]) -> list[list[float]]:
    sys.path.insert(0, str(PACKAGE))
    from assetbook.dependencies.layout import layout

    laid = layout(nodes, edges, width=232, height=46)
    return [[place.x, place.y] for place in laid.places.values()]


if __name__ == "__main__":
    run_alone(measure, assets=1_000, rounds=3)
