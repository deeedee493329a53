"""Takes the pictures of the dashboard that the documentation shows, in both themes.

``make screenshots`` runs it: projects with the example notebooks on real data are made in a
temporary folder, their pages served, and each view opened in a headless Chromium.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

DOCS = Path(__file__).parent
PICTURES = DOCS / "pictures"
NOTEBOOKS = DOCS.parent / "notebooks"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
SCHEMES = ("light", "dark")
SIZE = {"width": 1180, "height": 720}
VIEWS: dict[str, tuple[str, str, str]] = {
    "lineage": ("flights", "#lineage", ".ab-node"),
    "assets": ("flights", "#assets", "tr[data-key=weather]"),
    "asset": ("flights", "#asset?key=delays_by_carrier", ".ab-title"),
    "runs": ("flights", "#runs", "tr[data-run]"),
    "run": ("flights", "#run", ".ab-log-line"),
    "partitions": ("weather", "#partitions", ".ab-grid-legend button"),
    "launch": ("weather", "#launch?selection=weather", ".ab-picker"),
    "automation": ("weather", "#automation", ".ab-part tr"),
}
"""By the picture's name: the project, where in its page it is, and what is there once it shows."""
PROJECTS = {
    "flights": ("materialize flights.ipynb",),
    "weather": (
        "backfill weather.ipynb weather 2013-01-01..2013-01-20",
        "schedules on yesterday",
        "sensors on arrivals",
    ),
}
"""Each example notebook, and the commands that make what the pictures show."""


def main() -> None:
    """Makes the projects, and writes a picture of each view in each theme."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name, commands in PROJECTS.items():
            project = Path(folder) / name
            make_project(project, commands)
            with served(project) as address:
                for scheme in SCHEMES:
                    take_pictures(browser, address, name, scheme)
        browser.close()


def make_project(project: Path, commands: Iterable[str]) -> None:
    """Copies the example notebook of that name there, and runs the commands."""
    project.mkdir()
    (project / "pyproject.toml").touch()
    shutil.copy(NOTEBOOKS / f"{project.name}.ipynb", project)
    for command in commands:
        print(f"assetbook {command}", flush=True)
        subprocess.run(
            [sys.executable, "-m", "assetbook", *command.split()], cwd=project, check=True
        )


@contextmanager
def served(project: Path) -> Iterator[str]:
    """The address of the project's page while it lasts."""
    command = [sys.executable, "-m", "assetbook", "ui", "--no-browser"]
    with subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def take_pictures(browser: Browser, address: str, project: str, scheme: str) -> None:
    """Opens each view of a project in one theme and writes its picture."""
    page = browser.new_page(viewport=SIZE, color_scheme=scheme, device_scale_factor=1.5)
    page.goto(address)
    for name, (of, place, shows) in VIEWS.items():
        if of == project:
            page.goto(f"{page.url.partition('#')[0]}{place}")
            page.reload()
            page.locator(shows).first.wait_for()
            page.wait_for_timeout(500)  # what it shows is drawn, and moves no more
            _write(page, PICTURES / f"{name}-{scheme}.png")
    page.close()


def _write(page: Page, path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    page.locator(".ab-root").screenshot(path=path)
    with Image.open(path) as taken:  # a third of the bytes, and no difference to be seen
        few = taken.convert("RGB").quantize(128)
    few.save(path, optimize=True)
    print(path.relative_to(DOCS.parent), flush=True)


if __name__ == "__main__":
    main()
