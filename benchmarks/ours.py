"""assetbook as a contestant."""

from __future__ import annotations

from diff_peers import peak_bytes
from diff_tables import diff_tables
from shape import functions_in
from task import Answer, Stopwatch, Task, folder_size, perform


def define(task: Task) -> Answer:
    """Decorates functions and builds the graph of what they make."""
    from assetbook import asset
    from assetbook.dependencies.asset_graph import AssetGraph

    functions = functions_in(task.folder, task.assets)
    with Stopwatch() as watch:
        graph = AssetGraph.build([asset(fn) for fn in functions])
    if len(graph.order) != task.assets:
        raise RuntimeError(f"{len(graph.order)} assets in the graph")
    return watch.answer()


def in_memory(task: Task) -> Answer:
    """Materializes to memory, once to load what is loaded on first use, then measured."""
    from assetbook import asset, materialize_to_memory

    assets = [asset(fn) for fn in functions_in(task.folder, task.assets)]
    materialize_to_memory(assets[:1])
    with Stopwatch() as watch:
        outcome = materialize_to_memory(assets)
    if len(outcome.outcomes) != task.assets or not outcome.success:
        raise RuntimeError(repr(outcome))
    return watch.answer()


def durable(task: Task) -> Answer:
    """Materializes into a fresh store, then asks for the same again, which is all fresh."""
    from assetbook import Instance, asset, materialize, materialize_to_memory

    assets = [asset(fn) for fn in functions_in(task.folder, task.assets)]
    materialize_to_memory(assets[:1])
    instance = Instance.open(task.folder / "store")
    with Stopwatch() as first:
        made = materialize(assets, instance=instance)
    with Stopwatch() as again:
        fresh = materialize(assets, instance=instance)
    if len(made.outcomes) != task.assets or not made.success or fresh.outcomes:
        raise RuntimeError(f"{made!r}, then {fresh!r}")
    return {**first.answer(), **again.answer("again_")}


def bytes_kept(task: Task) -> Answer:
    """The bytes that a first and a second materialization leave on disk."""
    from assetbook import Instance, asset, materialize

    assets = [asset(fn) for fn in functions_in(task.folder, task.assets)]
    folder = task.folder / "store"
    sizes = []
    for force in (False, True):
        instance = Instance.open(folder)
        outcome = materialize(assets, instance=instance, force=force)
        if len(outcome.outcomes) != task.assets:
            raise RuntimeError(repr(outcome))
        instance.close()
        sizes.append(folder_size(folder))
    return {"first": sizes[0], "again": sizes[1] - sizes[0]}


def diff(task: Task) -> Answer:
    """Compares two tables of ``payload`` rows: key, rows, cells, distributions, examples."""
    from assetbook.io.table_comparison import compare_tables

    files = diff_tables(task.folder.parent, task.payload)
    with Stopwatch() as watch:
        found = compare_tables(*files)
    if found.key.columns != ("id",) or (found.added, found.removed) != (12_000, 10_000):
        raise RuntimeError(repr(found))
    return {**watch.answer(), "peak": peak_bytes()}


if __name__ == "__main__":
    perform(
        {
            "define": define,
            "in_memory": in_memory,
            "durable": durable,
            "bytes_kept": bytes_kept,
            "diff": diff,
        }
    )
