"""Runners of notebooks that are killed: what was shown is kept, whole, and no kernel stays."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from tests.kernels.notebooks import written
from tests.kernels.test_notebook_runs import is_there

from assetbook.instance.instance import Instance
from assetbook.instance.kept_notebooks import kept_notebooks
from assetbook.kernels.output_log import LOG, logged_lines

_chance = random.Random(7)
CELLS = (
    "import os, pathlib, time\npathlib.Path('pid').write_text(str(os.getpid()))",
    *[f"print('cell {number}', flush=True)\ntime.sleep(0.05)" for number in range(20)],
    "for number in range(1000):\n    print('line', number, flush=True); time.sleep(0.02)",
)


def started(folder: Path, by: str) -> subprocess.Popen[bytes]:
    """A runner of the notebook in ``folder``, once a kernel runs it."""
    path = written(folder / "job.ipynb", *CELLS)
    (folder / "pyproject.toml").touch()
    command = [sys.executable, "-m", "tests.faults.notebook_runner", str(path), by]
    roots = (str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", ""))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, roots))}
    runner = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while not kernel_of(folder):
        assert time.monotonic() < deadline and runner.poll() is None
        time.sleep(0.01)
    return runner


def kernel_of(folder: Path) -> int:
    told = folder / "pid"
    return int(told.read_text() or "0") if told.exists() else 0


def gone(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while is_there(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not is_there(pid)


@pytest.mark.parametrize("when", [round(_chance.uniform(0, 3), 2) for _ in range(2)])
def test_a_killed_runner_loses_nothing_that_was_shown(tmp_path: Path, when: float) -> None:
    runner = started(tmp_path, "assetbook")
    time.sleep(when)
    runner.kill()
    runner.wait()

    assert gone(kernel_of(tmp_path), 10)
    instance = Instance.get(tmp_path)
    instance.end_dead_runs()
    (run,) = instance.runs()
    assert run.status == "failed"
    (kept,) = kept_notebooks(instance, run.id, run.steps).values()
    assert kept.path is None or nbformat.read(kept.path, as_version=4)
    assert kept.now is not None or kept.done == len(kept.cells)
    lines = [*logged_lines(kept.folder / LOG)]
    shown = "".join(each["content"]["text"] for each in lines if each.get("msg_type") == "stream")
    cells = [f"cell {number}\n" for number in range(20)]
    lines_after = [f"line {number}\n" for number in range(1000)]
    assert "".join([*cells, *lines_after]).startswith(shown)
    assert len(shown) >= len("".join(cells[: kept.done - 1]))
    instance.close()


def test_papermill_alone_loses_the_running_cell_and_leaves_its_kernel(tmp_path: Path) -> None:
    """The control: what the cell had printed is in no file, and its kernel goes on."""
    runner = started(tmp_path, "papermill")
    kernel = kernel_of(tmp_path)
    time.sleep(2.5)
    runner.kill()
    runner.wait()

    left = is_there(kernel)
    cells = nbformat.read(tmp_path / "out.ipynb", as_version=4).cells
    texts = ["".join(each.get("text", "") for each in cell.outputs) for cell in cells]
    if is_there(kernel):
        os.kill(kernel, signal.SIGKILL)
    assert left
    assert not any(text.startswith("line") for text in texts)
    assert cells[-1].metadata.papermill.status in ("running", "pending")
