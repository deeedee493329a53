"""One JupyterLab and one Chromium for all tests of this folder, ended when they are through.

The fixtures live as long as the folder's tests and no longer: Playwright keeps an event loop
running on its thread, which tests of other folders must not find there.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from tests.browser.lab import Lab
from tests.browser.open_notebook import SECONDS, OpenNotebook, opened

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
SIZE = {"width": 1400, "height": 1000}

OpenCells = Callable[[Mapping[str, str]], OpenNotebook]
"""Opens a notebook with these cells, which are named by their ids."""


@pytest.fixture(scope="package")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The server."""
    with Lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def lab_page(lab: Lab, browser: Browser) -> Iterator[Page]:
    """JupyterLab in a tab, loaded once."""
    page = browser.new_page(viewport=SIZE)
    page.set_default_timeout(SECONDS * 1000)
    page.goto(lab.url("lab"))
    page.wait_for_function("() => window.jupyterapp?.restored", timeout=60_000)
    page.evaluate("async () => { await jupyterapp.restored }")
    yield page
    page.close()


@pytest.fixture
def open_cells(lab: Lab, lab_page: Page, request: pytest.FixtureRequest) -> Iterator[OpenCells]:
    """Opens a notebook with these cells, in a project of its own; closed with the test."""
    with ExitStack() as stack:
        yield lambda cells: stack.enter_context(
            opened(lab, lab_page, request.node.originalname, cells)
        )
