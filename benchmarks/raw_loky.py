"""loky as a contestant; runs in its own environment."""

from __future__ import annotations

from loky import ProcessPoolExecutor
from raw_executors import WORKERS, measured
from task import Answer, Task, perform


def no_op(task: Task) -> Answer:
    """Calls of a function that returns at once."""
    return measured(ProcessPoolExecutor(WORKERS), task)


if __name__ == "__main__":
    perform({"no_op": no_op})
