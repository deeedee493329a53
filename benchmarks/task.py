"""How a contestant is called, and how it answers: a task's name in, one line of JSON out.

Each contestant is a program of its own, run by its own interpreter in a fresh process.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Task:
    """What is asked of a contestant: how many assets, and a folder of its own."""

    assets: int
    folder: Path
    payload: int


Answer = dict[str, float]
"""Figures by name, each for all assets together: ``cpu`` and ``wall`` in seconds, or bytes."""


class Stopwatch:
    """Measures a ``with`` block in CPU seconds of this process and in seconds of wall time."""

    def __enter__(self) -> Stopwatch:
        self._cpu, self._wall = time.process_time(), time.perf_counter()
        return self

    def __exit__(self, *error: object) -> None:
        self.wall = time.perf_counter() - self._wall
        self.cpu = time.process_time() - self._cpu

    def answer(self, prefix: str = "") -> Answer:
        """Both figures under ``prefix``."""
        return {f"{prefix}cpu": self.cpu, f"{prefix}wall": self.wall}


def folder_size(folder: Path) -> int:
    """The bytes in all files below ``folder``."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def perform(tasks: Mapping[str, Callable[[Task], Answer]]) -> None:
    """Does the task that the command line names, and prints its answer as the last line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("task", choices=sorted(tasks))
    parser.add_argument("--assets", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument(
        "--payload", type=int, default=0, help="bytes of a raw commit, rows of a table"
    )
    given = parser.parse_args()
    answer = tasks[given.task](Task(given.assets, given.folder, given.payload))
    print(json.dumps(answer))
