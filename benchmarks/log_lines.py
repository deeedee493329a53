"""A hundred thousand log lines from the store to the eye: on the page, in headless Chromium.

Run it as ``python benchmarks/log_lines.py``, perhaps with ``--lines`` and ``--rounds``; it prints a
table of medians. Times are wall times in the browser, from the click until the lines are drawn.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from statistics import median

from measuring import PACKAGE
from playwright.sync_api import Page, sync_playwright
from table import Row, markdown

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
STEP_LINES = 5_000
"""Lines of a step that the store itself keeps; further ones are in the log files alone."""
_HELPERS = """
window.drawn = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
window.until = async ready => {
  while (!ready()) await new Promise(done => setTimeout(done, 4));
  await drawn();
};
window.timed = async (act, ready) => {
  const begun = performance.now();
  await act();
  await until(ready);
  return performance.now() - begun;
};
window.lines = () => [...document.querySelectorAll('.ab-log-line')];
window.said = () =>
  [...document.querySelectorAll('.ab-tools [role=status]')].at(-1)?.textContent ?? '';
window.count = () => Number(said().replace(/\\D/g, ''));
window.write = text => {
  const field = document.querySelector('[aria-label="Search the log"]');
  field.value = text;
  field.dispatchEvent(new Event('input'));
};
"""
_WORKS = {
    "open the run, until its first lines are drawn": (
        "timed(() => row.click(), () => lines().length > 10)",
        "",
    ),
    "and until all lines are there": (
        "timed(() => {}, () => /lines$/.test(said()) && count() >= wanted)",
        "",
    ),
    "jump to the middle": (
        "timed(() => { list.scrollTop = list.scrollHeight / 2 },"
        " () => lines().some(each => each.textContent.includes(`line ${middle} `)))",
        "≤ 0.1 s",
    ),
    "search for a line (0.12 s of it waits for more letters)": (
        "timed(() => write(`line ${middle} `), () => lines().length === 1)",
        "≤ 0.3 s",
    ),
    "back to all lines": ("timed(() => write(''), () => lines().length > 10)", "≤ 0.3 s"),
}
"""What is timed, as JavaScript, and what we aim for."""
_FILES = (
    "timed(() => [...document.querySelectorAll('button')]"
    ".find(each => each.textContent.startsWith('read the lines')).click(),"
    " () => !document.querySelector('.ab-log-below').textContent && /lines$/.test(said())"
    " && count() >= wanted)"
)


def measure(lines: int, rounds: int) -> list[Row]:
    """A row for each kind of work."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        _make_runs(folder, lines)
        found = _timed(folder, lines, rounds)
    return [
        Row(work, {"assetbook": median(each) / 1000}, "s", _WORKS.get(work, ("", ""))[1])
        for work, each in found.items()
    ]


def _make_runs(folder: Path, lines: int) -> None:
    """One run of steps whose lines the store has, and one of a step that says all of them."""
    sys.path.insert(0, str(PACKAGE))
    from assetbook import Instance, asset, materialize

    def chatty(name: str, first: int, count: int) -> object:
        @asset(name=name, ignore={"first", "count"})
        def made() -> int:
            for number in range(first, first + count):
                print(f"line {number} of what a step says while it works")
            return 1

        return made

    (folder / "pyproject.toml").touch()
    os.chdir(folder)
    instance = Instance.get()
    many = [
        chatty(f"step_{at // STEP_LINES:03}", at, STEP_LINES) for at in range(0, lines, STEP_LINES)
    ]
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):  # noqa: PTH123
        materialize([chatty("flood", 0, lines)], instance=instance)
        materialize(many, instance=instance)
    instance.close()
    os.chdir("/")


@contextmanager
def _page(folder: Path) -> Iterator[Page]:
    command = [sys.executable, "-m", "assetbook", "ui", "--no-browser"]
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE)}
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
            )
            page = browser.new_page(viewport={"width": 1200, "height": 900})
            page.goto(process.stdout.readline().strip())
            page.evaluate(f"() => {{{_HELPERS}}}")
            yield page
            browser.close()
    finally:
        process.terminate()
        process.wait()


def _timed(folder: Path, lines: int, rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each work in each round."""
    found: dict[str, list[float]] = {}
    with _page(folder) as page:
        for _ in range(rounds):
            _open(page, 0)
            for work, (script, _) in _WORKS.items():
                given = (
                    "const row = document.querySelectorAll('tr[data-run] .ab-link')[0];"
                    " const list = document.querySelector('.ab-log');"
                    f" const middle = {lines // 2}; const wanted = {lines};"
                )
                found.setdefault(work, []).append(
                    page.evaluate(f"() => {{{given} return {script}}}")
                )
            elements = page.locator(".ab-log *").count()
        print(f"{lines:,} lines, of which {elements} elements are in the page", file=sys.stderr)
        for _ in range(rounds):
            _open(page, 1)
            page.locator("tr[data-run] .ab-link").nth(1).click()
            page.get_by_role("button", name="read the lines left out").wait_for()
            work = "read the lines that the log files alone have of a step"
            taken = page.evaluate(f"() => {{ const wanted = {lines}; return {_FILES} }}")
            found.setdefault(work, []).append(taken)
    return found


def _open(page: Page, at: int) -> None:
    page.get_by_role("tab", name="Runs").click()
    page.locator("tr[data-run]").nth(at).wait_for()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    print(markdown(measure(given.lines, given.rounds)))
