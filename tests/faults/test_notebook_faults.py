"""A notebook's run without memory, without room on the disk, in a storm of interrupts, and with a
kernel that is deaf to them: nothing torn, a true record, no kernel left. papermill alone, and a
runner that takes each interrupt as it comes, are the controls."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from tests.faults.notebook_case import Case, Left, gone, settled
from tests.faults.small_disk import run_on_small_disk
from tests.faults.warm_worker import WarmWorker
from tests.surfaces.gated import until

from assetbook.events.parts import Origin
from assetbook.instance.canceling import Means, cancel_run
from assetbook.instance.instance import Instance
from assetbook.kernels.host.kept_kernels import MOST

PRINTING = (
    "print('begun', flush=True)",
    "for number in range(1000):\n    print('line', number, flush=True); time.sleep(0.01)",
    "print('never')",
)
TEXT = "begun\n" + "".join(f"line {number}\n" for number in range(1000))
IGNORING = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)"
DEAF = {
    "catches": "while True:\n    try:\n        pathlib.Path('deaf').touch(); time.sleep(60)\n"
    "    except KeyboardInterrupt: pass",
    "ignores": f"{IGNORING}\ntime.sleep(60)",
    "is busy": "import hashlib\nprint('busy', flush=True)\n"
    "hashlib.pbkdf2_hmac('sha256', b'a', b'b', 1 << 28)",
}


def ran(runner: WarmWorker, folder: Path, *cells: str, by: str = "assetbook") -> Left:
    """What is left of a notebook that ran to its end, which was bad."""
    case = Case(folder, *cells)
    assert runner.run(case.order(by)) == 1
    return case.left()


def test_a_cell_without_memory_fails_and_its_kernel_can_go_on(
    notebook_runner: WarmWorker, tmp_path: Path
) -> None:
    bound = "import resource\nresource.setrlimit(resource.RLIMIT_AS, (1 << 40, -1))"
    left = ran(
        notebook_runner, tmp_path, "print('begun')", f"{bound}\nbytearray(1 << 41)", "print(1)"
    )

    assert left.states == ["done", "done", "failed", "waiting"]
    assert "MemoryError" in left.message
    assert left.wrong("begun\n") == []
    assert none_is_left()


def none_is_left() -> bool:
    """Whether the host has no kernel but one that waits, and those that it may keep."""
    return len(settled(kept=MOST)) <= 1 + MOST


def test_a_kernel_that_takes_too_much_memory_and_is_deaf_is_killed(
    notebook_runner: WarmWorker, tmp_path: Path
) -> None:
    held = "print('begun', flush=True)\nheld = bytearray(400_000_000)\ntime.sleep(60)"
    case = Case(tmp_path, f"{IGNORING}\n{held}")
    assert notebook_runner.run(case.order("assetbook, little memory")) == 1

    left = case.left()
    assert (left.status, left.states) == ("failed", ["done", "interrupted"])
    assert "MB of memory, and may hold 300 MB" in left.message
    assert left.wrong("begun\n") == []
    assert gone(case.kernel)


@pytest.mark.parametrize(
    "deaf",
    [
        pytest.param(DEAF["catches"], id="catches"),
        pytest.param(DEAF["ignores"], id="ignores", marks=pytest.mark.long),
        pytest.param(DEAF["is busy"], id="is busy", marks=pytest.mark.long),
    ],
)
def test_a_kernel_that_is_deaf_to_interrupts_is_killed(
    notebook_runner: WarmWorker, tmp_path: Path, deaf: str
) -> None:
    case = Case(tmp_path, "print('begun', flush=True)", deaf, "print('never')")
    assert notebook_runner.run(case.order("assetbook, little time")) == 1

    left = case.left()
    assert (left.status, left.states) == ("failed", ["done", "done", "interrupted", "waiting"])
    assert "it took longer than 0.5 s" in left.message
    assert left.wrong("begun\nbusy\n") == []
    assert gone(case.kernel) and none_is_left()


def test_a_run_that_is_canceled_ends_a_deaf_kernel(
    notebook_runner: WarmWorker, tmp_path: Path
) -> None:
    case = Case(tmp_path, "print('begun', flush=True)", DEAF["catches"])
    notebook_runner.start(case.order())
    until(lambda: (tmp_path / "deaf").exists())
    instance = Instance.get(tmp_path)
    (run,) = instance.runs()
    ended = cancel_run(instance, run.id, Origin(kind="test"), Means(grace=5))
    instance.close()
    notebook_runner.wait()

    assert ended.status == "canceled"
    assert case.left().wrong("begun\n") == []
    assert case.left().states[-1] == "interrupted" and gone(case.kernel)


STORMS = pytest.mark.parametrize(
    ("storms", "seed"), [(2, 5), pytest.param(60, 6, marks=pytest.mark.long)]
)


def stormed(
    runner: WarmWorker, folder: Path, storms: int, seed: int, protocol: str = "assetbook"
) -> Iterator[Left]:
    """What is left of runs that are interrupted again and again, at random, until they have ended:
    some from their first cell on, some later."""
    chance = random.Random(seed)
    for number in range(storms):
        (below := folder / str(number)).mkdir()
        case = Case(below, *PRINTING)
        pid = runner.start(replace(case.order(), protocol=protocol))
        case.runs()
        time.sleep(chance.uniform(0, 0.5))
        while not runner.has_ended:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)
            time.sleep(chance.expovariate(1 / 0.01))
        runner.wait()
        yield case.left()


@STORMS
def test_a_storm_of_interrupts_ends_a_run_once(
    notebook_runner: WarmWorker, tmp_path: Path, storms: int, seed: int
) -> None:
    for left in stormed(notebook_runner, tmp_path, storms, seed):
        assert left.status == "canceled"
        assert left.wrong(TEXT) == []
        assert [each for each in left.states if each not in ("done", "waiting")] in (
            ["interrupted"],
            [],  # it came between two cells
        )
        assert none_is_left()


def test_interrupts_that_are_taken_as_they_come_leave_a_record_that_is_not_true(
    notebook_runner: WarmWorker, tmp_path: Path
) -> None:
    """The control."""
    left = stormed(notebook_runner, tmp_path, 20, 5, protocol="interrupts as they come")
    assert any(each.wrong(TEXT) or "running" in each.states for each in left)


def test_a_full_disk_ends_the_run_and_costs_nothing_that_was_kept(tmp_path: Path) -> None:
    found = run_on_small_disk("notebook_until_full", tmp_path, megabytes=12)

    assert (found["success"], found["status"]) == (False, "failed")
    # there may be no room for the run's end either: then it is found dead
    assert " is full (" in found["message"] or " no longer runs it" in found["message"]
    assert found["states"][:2] == ["done", "done"] and found["states"][3] == "waiting"
    assert found["states"][2] in ("interrupted", "died")
    assert not found["torn"] and found["shown"] > 1 << 20
    assert (found["wrong"], found["temporary"]) == ([], [])


def test_papermill_alone_loses_the_notebook_on_a_full_disk(tmp_path: Path) -> None:
    """The control: what it had written before is gone, too."""
    found = run_on_small_disk("notebook_until_full_by_papermill", tmp_path, megabytes=6)

    assert "No space left" in found["said"]
    assert found["cells"] == 0
