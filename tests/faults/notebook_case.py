"""A notebook whose run is disturbed, and what is left of that: in the store and in the system."""

from __future__ import annotations

import json
import os
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from tests.faults.warm_worker import Order
from tests.kernels.notebooks import written
from tests.kernels.test_notebook_runs import is_there
from tests.process_tree import children_of, host_processes

from assetbook.instance.instance import Instance
from assetbook.instance.kept_notebooks import kept_notebooks
from assetbook.kernels.host.address import FOLDER_VARIABLE
from assetbook.kernels.kept_notebook import KeptNotebook
from assetbook.kernels.output_log import LOG

SAYS_ITS_PID = "import os, pathlib, time\npathlib.Path('pid').write_text(str(os.getpid()))"
STATUS = {"waiting": "pending", "done": "completed"}
_MORE = re.compile(r"… [\d,]+ more characters are in the run's log alone\n")
_ENDED = ("success", "failed", "canceled")


class Case:
    """A project with one notebook, ``job.ipynb``, whose first cell says which process it is in."""

    def __init__(self, folder: Path, *cells: str) -> None:
        self.folder = folder
        (folder / "pyproject.toml").touch()
        self.path = written(folder / "job.ipynb", SAYS_ITS_PID, *cells)

    def order(self, by: str = "assetbook") -> Order:
        """What has a warmed runner run it."""
        lines = str(self.folder / "lines")
        return Order(str(self.folder), lines, notebook=str(self.path), by=by)

    @property
    def kernel(self) -> int:
        """The process id of the kernel; 0 if no cell has run."""
        told = self.folder / "pid"
        return int(told.read_text() or "0") if told.exists() else 0

    def runs(self) -> int:
        """The process id of the kernel, once there is one."""
        until = time.monotonic() + 60
        while not self.kernel:
            assert time.monotonic() < until
            time.sleep(0.005)
        return self.kernel

    def left(self) -> Left:
        """What is left of the newest run, once whoever looks on has found what is dead."""
        instance = Instance.open(self.folder / ".assetbook")
        try:
            run = instance.runs()[0]
            instance.write_late_notebooks(run.id)
            kept = kept_notebooks(instance, run.id, run.steps)
            return Left(run.status, run.message, next(iter(kept.values()), None))
        finally:
            instance.close()


@dataclass(frozen=True)
class Left:
    """What is left of one run."""

    status: str
    message: str
    kept: KeptNotebook | None
    """None where it did not come to its notebook."""

    @property
    def states(self) -> list[str]:
        """What became of each cell."""
        return [each.state for each in self.kept.cells] if self.kept is not None else []

    @property
    def shown(self) -> str:
        """All that cells printed."""
        return "".join(
            each["content"]["text"] for each in self.lines() if each.get("msg_type") == "stream"
        )

    @property
    def in_notebook(self) -> str:
        """What of it the notebook shows, too."""
        printed = (each for each in self.lines() if each.get("msg_type") == "stream")
        return "".join(each["content"]["text"][: each["shown"]] for each in printed)

    @property
    def whole(self) -> bool:
        """Whether the last line of the log has an end."""
        return self.kept is None or (self.kept.folder / LOG).read_bytes().endswith(b"\n")

    def lines(self) -> list[dict[str, Any]]:
        """The lines of the log, of which the last may have no end."""
        if self.kept is None:
            return []
        whole = (self.kept.folder / LOG).read_bytes().split(b"\n")[:-1]
        return [json.loads(each) for each in whole]

    def wrong(self, expected: str) -> list[str]:
        """What is torn, or not so; cells print the text ``expected`` if nothing disturbs them."""
        found = [] if self.status in _ENDED else [f"the run is {self.status}"]
        if self.kept is None:
            return found
        if not expected.startswith(self.shown):
            found.append(f"shown is {self.shown[-80:]!r}")
        if self.kept.path is None:
            return [*found, "there is no notebook"]
        notebook = nbformat.read(self.kept.path, as_version=4)
        nbformat.validate(notebook)
        cells = [each for each in notebook.cells if each.cell_type == "code"]
        told = [each.metadata.papermill.status for each in cells]
        if told != [STATUS.get(each, "failed") for each in self.states]:
            found.append(f"its cells are {self.states}, and the notebook says {told}")
        texts = "".join(
            out.text for each in cells for out in each.outputs if out.output_type == "stream"
        )
        if _MORE.sub("", texts) != self.in_notebook:
            found.append(f"the notebook shows {texts[-80:]!r}, and the log {self.shown[-80:]!r}")
        return found


def gone(pid: int, seconds: float = 10) -> bool:
    """Whether a process ends within so many seconds; 0 is none."""
    until = time.monotonic() + seconds
    while pid and is_there(pid) and time.monotonic() < until:
        time.sleep(0.01)
    return not (pid and is_there(pid))


def kernels_of(host: int) -> set[int]:
    """The kernels in the process table that a host has started and that live; none for 0."""
    return {each for each in children_of(host) if is_there(each)} if host else set()


def host() -> int:
    """The process id of the kernel host, from which all others there were forked; 0 for none."""
    every = host_processes(Path(os.environ[FOLDER_VARIABLE]))
    parents = {each: parent for each in every if (parent := _parent(each)) is not None}
    found = {each for each, parent in parents.items() if parent not in parents}
    assert len(found) <= 1
    return next(iter(found), 0)


def _parent(pid: int) -> int | None:
    """None if it has gone meanwhile."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return None


def settled(kept: int = 0, seconds: float = 10) -> set[int]:
    """The kernels of the host when there are no more than one that waits, and the ``kept`` ones; or
    those that there are when time is over."""
    serving, until = host(), time.monotonic() + seconds
    while len(kernels_of(serving)) > 1 + kept and time.monotonic() < until:
        time.sleep(0.01)
    return kernels_of(serving)
