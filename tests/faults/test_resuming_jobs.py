"""A run of a job that is killed again and again, and resumed until it is done.

What an op gave is read and its op not called again, once that is recorded; the end is that of an
undisturbed run. The control does the run again from the beginning, as one without stored outputs.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from tests.faults.job_resumer import CALLS

from assetbook.events.run_events import StepSucceeded
from assetbook.instance.instance import Instance

MOST_LIVES = 12
PATIENCE = 60.0
"""Seconds; only a hang takes longer."""


def calls(folder: Path) -> list[str]:
    file = folder / CALLS
    return file.read_text().split() if file.exists() else []


def lived(folder: Path, way: str, more: int | None) -> int:
    """The exit code of one process; it is killed after so many ``more`` calls, if that is given."""
    before = len(calls(folder))
    command = [sys.executable, "-m", "tests.faults.job_resumer", way]
    root = str(Path(__file__).parents[2])
    environment = {"PYTHONPATH": f"{root}:{root}/toolkit"}
    process = subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.DEVNULL)
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        if more is not None and len(calls(folder)) >= before + more:
            process.kill()
        time.sleep(0.002)
    process.kill()
    return process.wait()


def succeeded(folder: Path) -> Counter[str]:
    """How often each step was recorded as done, over all runs."""
    instance = Instance.get(folder)
    found = instance.store.events(kinds=[StepSucceeded])
    instance.close()
    return Counter(each.event.step for each in found)  # type: ignore[union-attr]


@pytest.mark.parametrize("way", ["resume", "retry"])
def test_what_was_recorded_is_not_done_again(tmp_path: Path, way: str) -> None:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / ".assetbook").mkdir()
    kills = random.Random(22)
    for _ in range(MOST_LIVES):
        if lived(tmp_path, way, kills.randint(2, 4)) == 0:
            break
    else:
        assert lived(tmp_path, way, None) == 0
    done = succeeded(tmp_path)
    assert set(done) == {"numbers", *(f"squared[n{each}]" for each in range(6)), "summed", "halved"}
    again = [step for step, times in done.items() if times > 1]
    assert (again == []) == (way == "resume")
    instance = Instance.get(tmp_path)
    last = instance.store.events(run_id=instance.runs(1)[0].id, kinds=[StepSucceeded])[-1].event
    instance.close()
    assert isinstance(last, StepSucceeded)
    value = last.outputs[0].value
    assert value is not None
    assert (last.step, value.inline) == ("halved", "550000.0")
