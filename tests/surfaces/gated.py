"""A run in a process of its own that waits, in its second step, for a file."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.surfaces.shell import saved

from assetbook.instance.instance import Instance
from assetbook.storage.store import RunRecord

CELLS = (
    "%load_ext assetbook",
    "import pathlib, time",
    "@asset\ndef first():\n    print('begun')\n    return 1",
    "@asset\ndef second(first):\n    print('waiting')\n"
    "    while not pathlib.Path('open').exists():\n        time.sleep(0.01)\n"
    "    print('it is over')\n    return first + 1",
)
LONGEST = 30.0


def until(ready: Callable[[], object]) -> None:
    """Returns when it is so."""
    end = time.monotonic() + LONGEST
    while not ready():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name[:9] != "ASSETBOOK"}


def start(folder: Path, *words: str, cells: tuple[str, ...] = CELLS) -> subprocess.Popen[str]:
    """``assetbook`` with those words, in a process of its own."""
    saved(folder, *cells)
    return subprocess.Popen(
        [sys.executable, "-m", "assetbook", *words],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def waiting_run(folder: Path, printed: str = "waiting") -> tuple[Instance, RunRecord]:
    """The run, once it has printed that."""
    until((folder / ".assetbook" / "assetbook.db").exists)
    instance = Instance.get(folder)

    def is_waiting() -> bool:
        runs = instance.store.runs(limit=1)
        return bool(runs) and any(printed in log.record.text for log in instance.logs(runs[0].id))

    until(is_waiting)
    return instance, instance.store.runs(limit=1)[0]


@contextmanager
def gated(
    folder: Path, *words: str, cells: tuple[str, ...] = CELLS
) -> Iterator[tuple[Instance, RunRecord]]:
    """A run that waits until the file ``open`` is in its folder."""
    process = start(folder, "materialize", "numbers.ipynb", *words, cells=cells)
    try:
        yield waiting_run(folder)
    finally:
        (folder / "open").touch()
        process.wait(LONGEST)
        assert process.stdout is not None
        process.stdout.close()
        Instance.get(folder).close()
