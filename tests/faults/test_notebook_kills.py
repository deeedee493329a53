"""Runner, kernel or host are killed amid a notebook's run: what was shown is kept, whole, the
record is true, and no kernel stays. papermill alone is the control."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from tests.faults.crash_points import CrashPoint
from tests.faults.notebook_case import Case, gone, host, kernels_of, settled
from tests.faults.notebook_points import POINTS
from tests.faults.warm_worker import Order, WarmWorker
from tests.kernels.test_notebook_runs import is_there

CELLS = (
    "x = 1",
    "print('begun', flush=True)",
    *[f"print('cell {number}', flush=True); time.sleep(0.03)" for number in range(8)],
)
TEXT = "begun\n" + "".join(f"cell {number}\n" for number in range(8))
SECONDS = 0.5  # that they take, about


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path, *CELLS)


def order(case: Case, crash: str = "", by: str = "assetbook") -> Order:
    return replace(case.order(by), crash=crash)


def test_a_run_that_nothing_disturbs(notebook_runner: WarmWorker, case: Case) -> None:
    assert notebook_runner.run(order(case)) == 0

    left = case.left()
    assert (left.status, left.shown, left.wrong(TEXT)) == ("success", TEXT, [])
    assert gone(case.kernel)


FEW_POINTS = {
    "once the kernel is there",
    "half way in a line of the log",
    "after an output is logged",
    "before the notebook is written",
    "half way in the notebook",
}


@pytest.mark.parametrize(
    "point",
    [
        pytest.param(
            each, id=each.name, marks=[] if each.name in FEW_POINTS else [pytest.mark.long]
        )
        for each in POINTS
    ],
)
def test_a_runner_killed_there_loses_nothing_that_was_shown(
    notebook_runner: WarmWorker, case: Case, point: CrashPoint
) -> None:
    assert notebook_runner.run(order(case, point.name)) == -signal.SIGKILL

    left = case.left()
    assert left.wrong(TEXT) == []
    assert (left.status, " died while it ran" in left.message) == ("failed", True)
    assert gone(case.kernel) and len(settled()) <= 1


INSTANTS = random.Random(7)
FEW = [round(INSTANTS.uniform(0, SECONDS), 3) for _ in range(2)]
MANY = [round(INSTANTS.uniform(0, 1.5 * SECONDS), 3) for _ in range(60)]
AT = pytest.mark.parametrize(
    "instants", [FEW, pytest.param(MANY, marks=pytest.mark.long)], ids=["2 kills", "60 kills"]
)


def cases(folder: Path, instants: list[float]) -> Iterator[tuple[Case, float]]:
    """A case for each instant, in a folder of its own."""
    for number, when in enumerate(instants):
        (below := folder / str(number)).mkdir()
        yield Case(below, *CELLS), when


@AT
def test_a_runner_killed_at_any_time_loses_nothing_that_was_shown(
    notebook_runner: WarmWorker, tmp_path: Path, instants: list[float]
) -> None:
    for case, when in cases(tmp_path, instants):
        notebook_runner.start(order(case))
        case.runs()
        time.sleep(when)
        code = notebook_runner.kill()

        left = case.left()
        assert left.wrong(TEXT) == [], when
        # it may have ended already, and be about to go
        assert left.status == "success" or (code, left.status) == (-signal.SIGKILL, "failed"), when
        assert gone(case.kernel) and len(settled()) <= 1, when


@AT
def test_a_kernel_killed_at_any_time_fails_its_cell_alone(
    notebook_runner: WarmWorker, tmp_path: Path, instants: list[float]
) -> None:
    for case, when in cases(tmp_path, instants):
        notebook_runner.start(order(case))
        kernel = case.runs()
        time.sleep(when)
        if is_there(kernel):
            os.kill(kernel, signal.SIGKILL)
        notebook_runner.wait()

        left = case.left()
        assert left.wrong(TEXT) == [], when
        if left.status != "success":
            assert "SIGKILL" in left.message and "peak memory " in left.message, when
            assert left.states.count("died") == 1, when
        assert len(settled()) <= 1, when


@AT
def test_a_host_killed_at_any_time_takes_its_kernels_and_no_output_along(
    notebook_runner: WarmWorker, tmp_path: Path, instants: list[float]
) -> None:
    for case, when in cases(tmp_path, instants):
        notebook_runner.start(order(case))
        case.runs()
        killed = host()
        kernels = kernels_of(killed)
        time.sleep(when)
        os.kill(killed, signal.SIGKILL)
        notebook_runner.wait()

        left = case.left()
        assert left.wrong(TEXT) == [], when
        assert left.status == "success" or left.states.count("died") == 1, when
        assert left.status == "success" or "its kernel died" in left.message, when
        assert kernels and all(gone(each) for each in kernels), when


def test_papermill_alone_loses_the_running_cell_and_leaves_its_kernel(
    notebook_runner: WarmWorker, tmp_path: Path
) -> None:
    """The control: what the cell had printed is in no file, and its kernel goes on."""
    line = "for number in range(500):\n    print('line', number, flush=True); time.sleep(0.01)"
    case = Case(tmp_path, line)
    notebook_runner.start(order(case, by="papermill"))
    kernel = case.runs()
    time.sleep(1)
    notebook_runner.kill()

    left = is_there(kernel)
    cells = nbformat.read(tmp_path / "out.ipynb", as_version=4).cells
    if is_there(kernel):
        os.kill(kernel, signal.SIGKILL)
    assert left
    assert cells[-1].outputs == []
    assert cells[-1].metadata.papermill.status in ("running", "pending")


def test_papermill_alone_says_of_a_killed_kernel_that_all_is_completed(
    notebook_runner: WarmWorker, case: Case
) -> None:
    """The control for states."""
    notebook_runner.start(order(case, by="papermill"))
    os.kill(case.runs(), signal.SIGKILL)
    notebook_runner.wait()

    cells = nbformat.read(case.folder / "out.ipynb", as_version=4).cells
    assert [each.metadata.papermill.status for each in cells][-3:] == ["completed"] * 3
