"""Figures and displays of steps show at the cell of a real kernel, and stay with their step."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from tests.notebooks.kernel import Kernel

DEFINED = """\
import matplotlib.pyplot as plt
from assetbook import asset
import time
came = []

def meet():
    came.append(1)
    turn = (len(came) + 1) // 2 * 2
    until = time.monotonic() + 20
    while len(came) < turn and time.monotonic() < until:
        time.sleep(0.001)

def draw(width, wait):
    for number in range(2):
        wait()
        plt.figure(figsize=(width, 1), dpi=100)
        plt.axes((0, 0, 1, 1))
        plt.plot([1, 2])
        plt.axis("off")
        wait()
        if number == 0:
            plt.show()

@asset
def three() -> int:
    draw(3, meet)
    return 3

@asset
def six() -> int:
    draw(6, meet)
    return 6

@asset
def elsewhere() -> int:
    draw(4, int)
    display({"text/plain": "shown", "text/html": "<b>shown</b>"}, raw=True)
    return 4
"""

KEPT = """
from assetbook import Instance
instance = Instance.get()
[run] = instance.runs(limit=1)
answer = {}
for each in instance.logs(run.id):
    if "image/png" in (each.record.bundle or {}):
        answer.setdefault(each.record.step, []).append(each.record.bundle)
"""

DISPLAYED = """
from assetbook import Instance
instance = Instance.get()
[run] = instance.runs(limit=1)
records = [each.record for each in instance.logs(run.id)]
answer = [[each.text, each.metadata] for each in records if each.stream == "display"]
"""


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    folder = tmp_path_factory.mktemp("book")
    (folder / "pyproject.toml").touch()
    inline = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    with Kernel(folder, "book", inline) as kernel:
        kernel.run("%load_ext assetbook", "load")
        kernel.run(DEFINED, "define")
        yield kernel


def widths(bundles: list[dict[str, Any]]) -> list[int]:
    """The widths of the pictures among displays, in inches."""
    data = [base64.b64decode(each["image/png"]) for each in bundles if "image/png" in each]
    return [round(int.from_bytes(png[16:20], "big") / 100) for png in data]


def kept(kernel: Kernel) -> dict[str, list[int]]:
    """Those that are kept of the last run, by step."""
    return {step: widths(bundles) for step, bundles in kernel.ask(KEPT).items()}


def test_figures_of_concurrent_assets_stay_with_their_own(kernel: Kernel) -> None:
    kernel.run("%materialize three six --executor threads", "both")
    assert sorted(widths(kernel.displays)) == [3, 3, 6, 6]
    assert kept(kernel) == {"three": [3, 3], "six": [6, 6]}


def test_what_a_worker_process_displays_shows_at_the_cell(kernel: Kernel) -> None:
    kernel.run("%materialize elsewhere --executor processes", "away")
    assert widths(kernel.displays) == [4, 4]
    assert [each for each in kernel.displays if each.get("text/html") == "<b>shown</b>"]
    assert kept(kernel) == {"elsewhere": [4, 4]}


UPDATES = """
@asset
def counting() -> int:
    from IPython.display import Image, display, publish_display_data, update_display
    png = b"\\x89PNG\\r\\n\\x1a\\n" + b"0" * 20
    display(Image(png, width=77))
    handle = display("0 of 2", display_id=True)
    handle.update("1 of 2")
    display("bar", display_id="mine", metadata={"text/plain": {"isolated": True}})
    update_display("whole bar", display_id="mine")
    publish_display_data({"text/plain": "plain"}, {"said": 1}, transient={"display_id": "third"})
    return 2
"""


@pytest.mark.parametrize("options", ["", "--executor processes"])
def test_updates_and_what_is_said_of_displays_come_to_the_cell(
    kernel: Kernel, options: str
) -> None:
    kernel.run(UPDATES, "counting")
    kernel.run(f"%materialize counting --force {options}", "count")
    found = [each for each in kernel.shown if "text/html" not in each["data"]]
    picture, zero, one, bar, whole, plain = found
    assert picture["metadata"] == {"image/png": {"width": 77}}
    names = [each["transient"].get("display_id") for each in found]
    assert names == [None, names[1], names[1], "mine", "mine", "third"] and names[1]
    assert [each["data"]["text/plain"] for each in (zero, one, bar, whole)] == [
        "'0 of 2'",
        "'1 of 2'",
        "'bar'",
        "'whole bar'",
    ]
    updates = [each["kind"] == "update_display_data" for each in found]
    assert updates == [False, False, True, False, True, False]
    assert bar["metadata"] == {"text/plain": {"isolated": True}}
    assert plain["metadata"] == {"said": 1}
    kept = kernel.ask(DISPLAYED)
    assert [each for each, _ in kept][1:] == ["'0 of 2'", "'bar'", "plain"]  # no updates
    assert kept[0][1] == {"image/png": {"width": 77}}


CLEARING = """
@asset
def clearing() -> int:
    from IPython.display import clear_output, display
    display("first")
    clear_output()
    for number in range(2):
        clear_output(wait=True)
        display(number)
    display("last", clear=True)
    return 2
"""


@pytest.mark.parametrize("options", ["", "--executor processes"])
def test_what_is_cleared_leaves_the_progress_and_the_log(kernel: Kernel, options: str) -> None:
    kernel.run(CLEARING, "clearing")
    said = kernel.run(f"%materialize clearing --force {options}", "clear")
    assert "\x1b" not in said
    found = [each for each in kernel.shown if each["kind"] != "update_display_data"]
    progress = found[0]["transient"]["display_id"]
    told = [
        ("clear", each["wait"])
        if each["kind"] == "clear_output"
        else ("progress", True)
        if each["transient"].get("display_id") == progress
        else ("shown", each["data"]["text/plain"])
        for each in found
    ]
    assert told[:4] == [
        ("progress", True), ("shown", "'first'"), ("clear", False), ("progress", True)
    ]  # fmt: skip
    later = [("clear", True), ("progress", True)]
    assert told[4:] == [*later, ("shown", "0"), *later, ("shown", "1"), *later, ("shown", "'last'")]
    assert [each for each, _ in kernel.ask(DISPLAYED)] == ["'first'", "0", "1", "'last'"]


def test_a_figure_of_the_cell_itself_shows_as_ever(kernel: Kernel) -> None:
    kernel.run("plt.figure(figsize=(8, 1), dpi=100); plt.axes((0, 0, 1, 1)).axis('off')", "own")
    assert widths(kernel.displays) == [8]
