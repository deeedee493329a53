"""``assetbook ui`` as a person starts it: a process, and its address."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page
from tests.browser.lab import END_SECONDS, TOOLKIT


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of the page of the store of ``folder``, with its token, while it lasts."""
    inherited = {name: each for name, each in os.environ.items() if name[:9] != "ASSETBOOK"}
    process = subprocess.Popen(
        [sys.executable, "-m", "assetbook", "ui", "--no-browser"],
        cwd=folder,
        env={**inherited, "PYTHONPATH": str(TOOLKIT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout:
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()
            assert process.wait(END_SECONDS) == 0


@contextmanager
def faultless(browser: Browser, address: str) -> Iterator[Page]:
    """The page at that address, open while it lasts; fails if anything went wrong in it."""
    page = browser.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.goto(address)
    yield page
    page.close()
    assert wrong == []
