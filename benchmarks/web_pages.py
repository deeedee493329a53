"""From the command that serves the page to the list of assets in a browser, beside Dagster's page.

Wall time, in a headless Chromium without a window; each round starts the server anew.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from measuring import PACKAGE, scratch_folder
from peers import peer_python
from playwright.sync_api import Browser, sync_playwright
from table import Row, run_alone

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
_SECONDS = 120.0


def measure(assets: int, rounds: int) -> list[Row]:
    """One row: what a person waits for until the list of so many assets is there."""
    found: dict[str, list[float]] = {"assetbook": [], "Dagster": []}
    served: list[float] = []
    with sync_playwright() as playwright, scratch_folder() as folder:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        _write_ours(folder, assets)
        _write_dagsters(folder, assets)
        for _ in range(rounds):
            begun = time.perf_counter()
            with _ours(folder) as address:
                served.append(time.perf_counter() - begun)
                _see(browser, f"{address}#assets", "tr[data-key=a0]")
                found["assetbook"].append(time.perf_counter() - begun)
            begun = time.perf_counter()
            with _dagsters(folder) as address:
                _see(browser, f"{address}/assets", "text=a0")
                found["Dagster"].append(time.perf_counter() - begun)
        browser.close()
    figures = {name: median(times) for name, times in found.items()}
    notes = {"assetbook": f"served after {median(served):.1f} s"}
    return [Row(f"open a page of {assets:,} assets", figures, "s", "≤ 3 s", notes)]


def _see(browser: Browser, address: str, what: str) -> None:
    page = browser.new_page()
    page.goto(address)
    page.locator(what).first.wait_for(timeout=_SECONDS * 1000)
    page.close()


def _write_ours(folder: Path, assets: int) -> None:
    (folder / "pyproject.toml").touch()
    lines = ["# %%", "%load_ext assetbook", "from assetbook import asset"]
    (folder / "ours.py").write_text("\n".join([*lines, *_assets(assets)]), encoding="utf-8")
    _assetbook(folder, "plan", "ours.py")


def _write_dagsters(folder: Path, assets: int) -> None:
    lines = ["from dagster import asset", *_assets(assets)]
    (folder / "dagsters.py").write_text("\n".join(lines), encoding="utf-8")
    peer_python("dagster", ("dagster-webserver==1.13.28",))
    (folder / "home").mkdir()
    (folder / "home" / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")


def _assets(count: int) -> Iterator[str]:
    for number in range(count):
        parent = f"a{(number - 1) // 2}" if number else ""
        yield f"@asset\ndef a{number}({parent}): return {number}"


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(PACKAGE)}


def _assetbook(folder: Path, *words: str) -> None:
    command = [sys.executable, "-m", "assetbook", *words]
    subprocess.run(command, cwd=folder, env=_environment(), check=True, capture_output=True)


@contextmanager
def _ours(folder: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "assetbook", "ui", "--no-browser"]
    with subprocess.Popen(
        command, cwd=folder, env=_environment(), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


@contextmanager
def _dagsters(folder: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = peer_python("dagster", ("dagster-webserver==1.13.28",)).parent / "dagster-webserver"
    environment = {name: each for name, each in os.environ.items() if name != "PYTHONPATH"}
    environment["DAGSTER_HOME"] = str(folder / "home")
    command = [str(program), "-h", "127.0.0.1", "-p", str(port), "-f", "dagsters.py"]
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(f"{address}/server_info")
            yield address
        finally:
            process.terminate()


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + _SECONDS
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (OSError, urllib.error.URLError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


if __name__ == "__main__":
    run_alone(measure, assets=100, rounds=3)
