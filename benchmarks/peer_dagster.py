"""Dagster as a contestant; runs in its own environment."""

from __future__ import annotations

import os
from pathlib import Path

import dagster
from shape import functions_in
from task import Answer, Stopwatch, Task, folder_size, perform


def define(task: Task) -> Answer:
    """Decorates functions and builds the graph of what they make."""
    functions = functions_in(task.folder, task.assets)
    with Stopwatch() as watch:
        definitions = dagster.Definitions(assets=[dagster.asset(fn) for fn in functions])
        graph = definitions.get_repository_def().asset_graph
    if len(graph.get_all_asset_keys()) != task.assets:
        raise RuntimeError("assets are missing from the graph")
    return watch.answer()


def in_memory(task: Task) -> Answer:
    """Materializes to memory."""
    assets = [dagster.asset(fn) for fn in functions_in(task.folder, task.assets)]
    with dagster.DagsterInstance.ephemeral() as instance:
        dagster.materialize_to_memory(assets[:1], instance=instance)
        with Stopwatch() as watch:
            result = dagster.materialize_to_memory(assets, instance=instance)
    if not result.success:
        raise RuntimeError("the run failed")
    return watch.answer()


def durable(task: Task) -> Answer:
    """Materializes on an instance that keeps its events in SQLite, as without configuration."""
    assets = [dagster.asset(fn) for fn in functions_in(task.folder, task.assets)]
    with instance_in(task.folder / "home") as instance, Stopwatch() as watch:
        result = dagster.materialize(assets, instance=instance)
    if not result.success:
        raise RuntimeError("the run failed")
    return watch.answer()


def bytes_kept(task: Task) -> Answer:
    """The bytes that a first and a second materialization leave on disk."""
    assets = [dagster.asset(fn) for fn in functions_in(task.folder, task.assets)]
    home = task.folder / "home"
    sizes = []
    for _ in range(2):
        with instance_in(home) as instance:
            if not dagster.materialize(assets, instance=instance).success:
                raise RuntimeError("the run failed")
        sizes.append(folder_size(home))
    return {"first": sizes[0], "again": sizes[1] - sizes[0]}


def instance_in(home: Path) -> dagster.DagsterInstance:
    """An instance that keeps its events below ``home``."""
    home.mkdir(exist_ok=True)
    (home / "dagster.yaml").write_text("telemetry:\n  enabled: false\n", encoding="utf-8")
    os.environ["DAGSTER_HOME"] = str(home)
    return dagster.DagsterInstance.get()


if __name__ == "__main__":
    perform(
        {"define": define, "in_memory": in_memory, "durable": durable, "bytes_kept": bytes_kept}
    )
