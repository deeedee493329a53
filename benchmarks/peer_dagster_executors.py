"""Dagster as a contestant that runs steps by its multiprocess executor; in its own environment."""

from __future__ import annotations

import os

import dagster
from loop import computed
from peer_dagster import instance_in
from task import Answer, Stopwatch, Task, perform

WORKERS = 2
STEPS, ITERATIONS = "BENCHMARK_STEPS", "BENCHMARK_ITERATIONS"


def job_of_steps() -> dagster.JobDefinition:
    """A job of as many assets as the environment says; each process makes it anew."""
    iterations = int(os.environ[ITERATIONS])
    assets = [_asset(number, iterations) for number in range(int(os.environ[STEPS]))]
    executor = dagster.multiprocess_executor.configured({"max_concurrent": WORKERS})
    definitions = dagster.Definitions(
        assets=assets, jobs=[dagster.define_asset_job("steps", executor_def=executor)]
    )
    return definitions.resolve_job_def("steps")


def _asset(number: int, iterations: int) -> dagster.AssetsDefinition:
    @dagster.asset(name=f"a{number}")
    def made() -> int:
        return computed(iterations)

    return made


def no_op(task: Task) -> Answer:
    """Steps that return at once."""
    return _measured(task, 0)


def computing(task: Task) -> Answer:
    """Steps that compute."""
    return _measured(task, task.payload)


def _measured(task: Task, iterations: int) -> Answer:
    os.environ |= {STEPS: str(task.assets), ITERATIONS: str(iterations)}
    job = dagster.reconstructable(job_of_steps)
    with instance_in(task.folder / "home") as instance, Stopwatch() as watch:
        result = dagster.execute_job(job, instance=instance)
    if not result.success:
        raise RuntimeError("the run failed")
    return {"wall": watch.wall}


if __name__ == "__main__":
    perform({"no_op": no_op, "computing": computing})
