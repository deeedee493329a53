"""A detached run outlives the kernel that asked for it: a real kernel, real processes."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest
from tests.notebooks.kernel import CellError, Kernel
from tests.surfaces.gated import CELLS, until, waiting_run

from assetbook.events.parts import Origin
from assetbook.instance.canceling import Means, cancel_run
from assetbook.instance.instance import Instance
from assetbook.storage.process_identity import is_alive


def _cancel_newest(instance: Instance, other: str) -> None:
    until(lambda: instance.store.runs(limit=1)[0].id != other)
    (newest,) = instance.store.runs(limit=1)
    until(lambda: instance.logs(newest.id, "second"))
    assert cancel_run(instance, newest.id, Origin(kind="cli"), Means()).status == "canceled"


def test_it_goes_on_when_its_kernel_is_killed(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    with Kernel(tmp_path, "book") as kernel:
        for number, cell in enumerate(CELLS):
            kernel.run(cell, f"cell-{number}")
        kernel.run("@asset\ndef third(second):\n    return second + 1", "third")
        said = kernel.run("%materialize third --detach", "go")
        found = re.match(r"run (\w+) goes on by itself: 3 steps\n%attach \1 shows it, %can", said)
        assert found is not None, said
        instance, run = waiting_run(tmp_path)
        assert run.id.startswith(found[1])
        assert (run.origin.kind, run.origin.cell, run.origin.detached) == ("session", "In[6]", True)
        # a run of the kernel itself is canceled from elsewhere: the kernel lives
        canceling = threading.Thread(target=_cancel_newest, args=(instance, run.id))
        canceling.start()
        with pytest.raises(CellError, match="KeyboardInterrupt: the run was canceled"):
            kernel.run("%materialize second", "own")
        canceling.join(20)
        assert kernel.run("print(6 * 7)", "next") == "42\n"
        # another one, for control, while the kernel is killed
        kill = "import os, threading\nthreading.Timer(1.0, os.kill, (os.getpid(), 9)).start()"
        kernel.run(kill, "kill")
        with pytest.raises(CellError, match="the kernel died"):
            kernel.run("%materialize second", "own")
    own, canceled, detached = instance.runs()
    assert canceled.status == "canceled"
    assert (own.status, "died while it ran" in own.message) == ("failed", True)
    assert (detached.id, detached.status) == (run.id, "started")
    (tmp_path / "open").touch()
    until(lambda: instance.run(run.id).status != "started")
    assert instance.run(run.id).status == "success"
    assert instance.value("third") == 3
    until(lambda: not is_alive(run.owner))
