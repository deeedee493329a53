"""A process outside ends with the cell that is interrupted, and with the kernel that is killed."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.execution.pipes.waiting import WAITING, gone, is_running, pid_of
from tests.notebooks.kernel import CellError, Kernel

CELLS = (
    "%load_ext assetbook",
    "import sys\nfrom assetbook import *",
    "pipes = PipesSubprocessClient(termination_timeout_seconds=1)",
    f"CODE = {WAITING + 'told(signal.SIGINT)' + chr(10) + 'ready()'!r}",
    "@asset\n"
    "def slow(context: AssetExecutionContext, pipes: PipesSubprocessClient):\n"
    "    done = pipes.run(context=context, command=[sys.executable, '-c', CODE])\n"
    "    return done.get_materialize_result()",
)


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[Kernel]:
    with Kernel(tmp_path, "book") as kernel:
        for number, cell in enumerate(CELLS):
            kernel.run(cell, f"cell-{number}")
        yield kernel


def materialized(kernel: Kernel, number: signal.Signals) -> tuple[int, str]:
    """The process's id, and what the cell said when the kernel got the signal meanwhile.

    The signal goes to the kernel's group, as a front end's stop button sends it.
    """
    (kernel.folder / "pid").unlink(missing_ok=True)
    group = os.getpgid(int(kernel.run("import os\nprint(os.getpid())")))
    found: list[int] = []

    def disturb() -> None:
        found.append(pid_of(kernel.folder))
        os.killpg(group, number)

    thread = threading.Thread(target=disturb)
    thread.start()
    with pytest.raises(CellError) as caught:
        kernel.run("%materialize slow", "run")
    thread.join()
    return found[0], str(caught.value)


def test_the_stop_button_and_the_end_of_the_kernel(kernel: Kernel) -> None:
    pid, said = materialized(kernel, signal.SIGINT)
    assert "KeyboardInterrupt: the run was canceled" in said
    assert not is_running(pid)
    assert (kernel.folder / "notes").read_text() == "SIGINT\n"
    assert "canceled" in kernel.run("print(runs())")

    pid, said = materialized(kernel, signal.SIGKILL)
    assert "the kernel died" in said
    assert gone(pid)
