"""The executors that properties are checked with, and how many examples each of them is given."""

from __future__ import annotations

from typing import Any

import pytest

from assetbook.execution.executor import Executor, InProcessExecutor
from assetbook.execution.processes.executor import ProcessExecutor
from assetbook.execution.threads import ThreadExecutor

EXECUTORS: dict[str, Executor] = {
    "in-process": InProcessExecutor(),
    "threads": ThreadExecutor(workers=3),
    "processes": ProcessExecutor(workers=2),
}


def each_with(ordinary: int, *, processes: int, long: int) -> list[Any]:
    """Each executor with its number of examples in the ordinary run, and in the long one.

    Each example starts workers of its own: of ``processes`` there are fewer.
    """
    counts = {**dict.fromkeys(EXECUTORS, ordinary), "processes": processes}
    return [
        *counts.items(),
        *(pytest.param(executor, long, marks=pytest.mark.long) for executor in EXECUTORS),
    ]
