"""Hamilton as a contestant; runs in its own environment. Its functions are nodes as they stand."""

from __future__ import annotations

from hamilton import driver
from shape import module_in
from task import Answer, Stopwatch, Task, folder_size, perform


def define(task: Task) -> Answer:
    """Builds the graph of a module's functions."""
    module = module_in(task.folder, task.assets)
    with Stopwatch() as watch:
        built = driver.Builder().with_modules(module).build()
    if len(built.list_available_variables()) != task.assets:
        raise RuntimeError("nodes are missing from the graph")
    return watch.answer()


def in_memory(task: Task) -> Answer:
    """Builds the graph and executes it for all values, as a materialization in memory does."""
    module = module_in(task.folder, task.assets)
    with Stopwatch() as watch:
        built = driver.Builder().with_modules(module).build()
        values = built.execute([f"a{number}" for number in range(task.assets)])
    if len(values) != task.assets:
        raise RuntimeError("values are missing")
    return watch.answer()


def durable(task: Task) -> Answer:
    """The same with its cache on disk, which is not synchronized; then again, from the cache."""
    module = module_in(task.folder, task.assets)
    names = [f"a{number}" for number in range(task.assets)]
    answers: list[Answer] = []
    for prefix in ("", "again_"):
        with Stopwatch() as watch:
            cached = driver.Builder().with_modules(module).with_cache(path=task.folder / "cache")
            values = cached.build().execute(names)
        if len(values) != task.assets:
            raise RuntimeError("values are missing")
        answers.append(watch.answer(prefix))
    return {**answers[0], **answers[1]}


def bytes_kept(task: Task) -> Answer:
    """The bytes that a first execution with the cache leaves on disk."""
    durable(task)
    return {"first": folder_size(task.folder / "cache")}


if __name__ == "__main__":
    perform(
        {"define": define, "in_memory": in_memory, "durable": durable, "bytes_kept": bytes_kept}
    )
