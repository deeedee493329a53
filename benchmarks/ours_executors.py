"""assetbook as a contestant that runs steps by its executors."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, wait
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

from loop import computed, used_pandas
from task import Answer, Stopwatch, Task, perform

from assetbook import Instance, asset, materialize
from assetbook.definitions.asset_definition import AssetsDefinition

WORKERS = 2
AT_A_TIME = 20  # steps of one run, so that a busy moment meets the pool too


def no_op(task: Task) -> Answer:
    """By each executor; the start of workers apart."""
    instance = Instance.open(task.folder / "store")
    assets = [_asset(number, 0) for number in range(task.assets)]
    with Stopwatch() as start:
        _run(instance, assets[:WORKERS], "processes")
    found = {"start": start.wall}
    for executor in ("in-process", "threads", "processes"):
        _run(instance, assets[:WORKERS], executor)
        with Stopwatch() as watch:
            _run(instance, assets, executor)
        found[executor] = watch.wall
    return {**found, "wall": found["processes"]}


def computing(task: Task) -> Answer:
    """By worker processes, and by a bare pool: in turn, some steps at a time."""
    instance = Instance.open(task.folder / "store")
    assets = [_asset(number, task.payload) for number in range(AT_A_TIME)]
    with ProcessPoolExecutor(WORKERS) as pool:
        bare, ours = Counter[str](), Counter[str]()
        wait([pool.submit(computed, 0) for _ in range(WORKERS)])
        _run(instance, [_asset(number, 0) for number in range(WORKERS)], "processes")
        for _ in range(task.assets // AT_A_TIME):
            with _counted(bare):
                wait([pool.submit(computed, task.payload) for _ in range(AT_A_TIME)])
            with _counted(ours):
                _run(instance, assets, "processes")
    found = {f"pool_{name}": figure for name, figure in bare.items()}
    return {**ours, **found}


def cold(task: Task) -> Answer:
    """The first step of workers that are all new, and use pandas, as this process has before."""
    used_pandas(0)
    assets = [_using_pandas(number) for number in range(task.assets)]
    instance = Instance.open(task.folder / "store")
    with Stopwatch() as watch:
        outcome = materialize(assets, instance=instance, executor="processes", workers=task.assets)
    if not outcome.success:
        raise RuntimeError(repr(outcome))
    with ProcessPoolExecutor(task.assets, get_context("spawn")) as pool, Stopwatch() as bare:
        wait([pool.submit(used_pandas, number) for number in range(task.assets)])
    return {**watch.answer(), **bare.answer("pool_")}


@contextmanager
def _counted(figures: Counter[str]) -> Iterator[None]:
    """Adds wall time, and the CPU time of this process and those that it started."""
    wall, cpu = time.perf_counter(), _cpu()
    yield
    figures["wall"] += time.perf_counter() - wall
    figures["cpu"] += _cpu() - cpu


def _cpu() -> float:
    stats = [Path(f"/proc/{each}/stat").read_text(encoding="utf-8") for each in _below("self")]
    ticks = [sum(map(int, each.rpartition(")")[2].split()[11:13])) for each in stats]
    return time.process_time() + sum(ticks) / os.sysconf("SC_CLK_TCK")


def _below(pid: str) -> list[str]:
    """The processes that it has started, and those that they have."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    found = [child for each in lists for child in each.read_text(encoding="ascii").split()]
    return found + [below for child in found for below in _below(child)]


def _asset(number: int, iterations: int) -> AssetsDefinition:
    @asset(name=f"a{number}")
    def made() -> int:
        return computed(iterations)

    return made


def _using_pandas(number: int) -> AssetsDefinition:
    @asset(name=f"a{number}")
    def made() -> int:
        return used_pandas(number)

    return made


def _run(instance: Instance, assets: Sequence[AssetsDefinition], executor: str) -> None:
    workers = None if executor == "in-process" else WORKERS
    outcome = materialize(assets, instance=instance, force=True, executor=executor, workers=workers)
    if len(outcome.outcomes) != len(assets) or not outcome.success:
        raise RuntimeError(repr(outcome))


if __name__ == "__main__":
    perform({"no_op": no_op, "computing": computing, "cold": cold})
