"""The raw limit of steps in processes: a pool of the standard library that does nothing else."""

from __future__ import annotations

from concurrent.futures import Executor, Future, ProcessPoolExecutor, wait

from loop import computed
from task import Answer, Stopwatch, Task, perform

WORKERS = 2


def no_op(task: Task) -> Answer:
    """Calls of a function that returns at once."""
    return measured(ProcessPoolExecutor(WORKERS), task)


def measured(pool: Executor, task: Task) -> Answer:
    """So many calls by workers that have begun before."""
    with pool:
        with Stopwatch() as start:
            wait([pool.submit(computed, 0) for _ in range(WORKERS)])
        with Stopwatch() as watch:
            calls: list[Future[int]] = [pool.submit(computed, 0) for _ in range(task.assets)]
            wait(calls)
    if any(call.result() for call in calls):
        raise RuntimeError("they computed something")
    return {"wall": watch.wall, "start": start.wall}


if __name__ == "__main__":
    perform({"no_op": no_op})
