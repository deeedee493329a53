"""The raw limits: what the work costs if nothing but the work is done."""

from __future__ import annotations

import sqlite3
from graphlib import TopologicalSorter

from shape import functions_in
from task import Answer, Stopwatch, Task, perform


def define(task: Task) -> Answer:
    """One plain record for each function, and the standard library's topological order."""
    functions = functions_in(task.folder, task.assets)
    with Stopwatch() as watch:
        records = {}
        for fn in functions:
            names = fn.__code__.co_varnames[: fn.__code__.co_argcount]
            records[fn.__name__] = (fn, names, fn.__doc__)
        order = list(
            TopologicalSorter({name: record[1] for name, record in records.items()}).static_order()
        )
    if len(order) != task.assets:
        raise RuntimeError(f"{len(order)} names in order")
    return watch.answer()


def in_memory(task: Task) -> Answer:
    """The functions called one after the other, each with what it reads."""
    calls = [
        (fn.__name__, fn, fn.__code__.co_varnames[: fn.__code__.co_argcount])
        for fn in functions_in(task.folder, task.assets)
    ]
    values: dict[str, int] = {}
    with Stopwatch() as watch:
        for name, fn, reads in calls:
            values[name] = fn(*[values[read] for read in reads])
    return watch.answer()


def durable(task: Task) -> Answer:
    """One commit for each asset, write-ahead log with ``synchronous=FULL``, of as many bytes."""
    connection = sqlite3.connect(task.folder / "raw.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE events (id INTEGER PRIMARY KEY, body BLOB NOT NULL)")
    body = b"x" * task.payload
    with Stopwatch() as watch:
        for _ in range(task.assets):
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO events (body) VALUES (?)", (body,))
            connection.execute("COMMIT")
    connection.close()
    return watch.answer()


if __name__ == "__main__":
    perform({"define": define, "in_memory": in_memory, "durable": durable})
