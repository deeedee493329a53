"""A contestant that stays: it has imported its library, and runs the notebooks that it is told.

``Served`` is its side in the benchmark, ``serve`` its own. A line of JSON each way: paths of
notebooks that are to run at a time, and ``null`` once all have run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).parent
Way = Callable[[Path], None]


class Served:
    """A script of a peer's, run by its own interpreter; ``with`` ends it."""

    def __init__(self, script: str, python: Path, folder: Path) -> None:
        """``folder`` is where it keeps what it records."""
        # its kernels import the script, too
        environment = {**os.environ, "PYTHONPATH": str(HERE)}
        self._process = subprocess.Popen(
            [str(python), str(HERE / script), str(folder)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(folder / f"{script}.log").open("wb"),
            text=True,
        )

    def run(self, paths: Sequence[Path]) -> None:
        """Has it run notebooks, all at a time; raises RuntimeError if it did not."""
        assert self._process.stdin is not None and self._process.stdout is not None
        print(json.dumps([str(each) for each in paths]), file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        if answer != "null\n":
            raise RuntimeError(f"{self._process.args} has failed: {answer}")

    def __enter__(self) -> Served:
        self.run([])
        return self

    def __exit__(self, *error: object) -> None:
        self._process.kill()
        self._process.wait()


def serve(way: Way) -> None:
    """Runs by ``way`` what it is told on standard input, until that ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what runs may print
    for line in sys.stdin:
        paths = [Path(each) for each in json.loads(line)]
        if len(paths) == 1:
            way(paths[0])
        elif paths:
            with ThreadPoolExecutor(len(paths)) as threads:
                list(threads.map(way, paths))
        print("null", file=answers, flush=True)
