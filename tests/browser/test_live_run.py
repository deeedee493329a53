"""A run while it goes: what shows as it happens, what an interrupt does, how a failure shows."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from tests.browser.lab import Lab
from tests.browser.open_notebook import OpenNotebook, opened

pytestmark = pytest.mark.xdist_group("browser")

SLOW = {
    "load": "%load_ext assetbook\nimport time",
    "slow": """
%%asset slow
for second in range(3):
    print(f"after {second} s")
    time.sleep(1)
"slept well"
""".strip(),
    "endless": """
%%asset endless
print("begun")
for _ in range(100_000):
    time.sleep(0.01)
"never"
""".strip(),
    "runs": "%runs",
    "helper": "def share(part, whole):\n    # its third line fails\n    return part / whole",
    "orders": "@asset\ndef orders():\n    return 0",
    "ratio": "%%asset ratio\nprint('dividing')\nshare(1, orders)",
}


@pytest.fixture(scope="module")
def slow(lab: Lab, lab_page: Page) -> Iterator[OpenNotebook]:
    """A notebook with assets that take their time."""
    with opened(lab, lab_page, "slow", SLOW) as book:
        book.run("load")
        yield book


def test_a_running_asset_shows_its_seconds_and_prints(slow: OpenNotebook) -> None:
    slow.start("slow")
    slow.wait_for("slow", "after 0 s")
    early = _seconds(slow.wait_for("slow", "running"))
    late = _seconds(slow.wait_for("slow", "after 2 s"))
    assert slow.is_busy()
    assert "slept well" not in slow.shown("slow")
    assert early < 1.6 <= late
    shown = slow.wait_for("slow", "slept well")
    assert "✓\nslow\n" in shown
    assert "running" not in shown


def test_an_interrupt_ends_a_run_at_once(slow: OpenNotebook) -> None:
    slow.start("endless")
    slow.wait_for("endless", "begun")
    begun = time.monotonic()
    slow.command("notebook:interrupt-kernel")
    slow.wait_until_idle()
    assert time.monotonic() - begun < 3
    shown = slow.wait_for("endless", "canceled")
    assert "KeyboardInterrupt" in shown
    assert "canceled" in slow.run("runs")


def test_a_failure_shows_the_authors_frames_alone(slow: OpenNotebook) -> None:
    slow.run("helper", "orders", "ratio")
    shown = slow.wait_for("ratio", "the whole log: %logs")
    assert re.search(r"In\[\d+\], line 3\n    share\(1, orders\)", shown)
    assert re.search(r"In\[\d+\], line 3 in share\(\)\n    return part / whole", shown)
    assert "ZeroDivisionError: division by zero\nit read `orders`" in shown
    for framework in ("site-packages", "assetbook/", "Traceback"):
        assert framework not in shown


def _seconds(shown: str) -> float:
    found = re.search(r"running ([\d.]+) s", shown)
    assert found, shown
    return float(found[1])
