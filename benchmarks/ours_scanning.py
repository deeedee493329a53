"""assetbook as a contestant that reads parts of a stored table, and stores one part by part."""

from __future__ import annotations

import os
from collections.abc import Iterator

import polars as pl
import pyarrow as pa
from diff_peers import peak_bytes
from scanned import FROM, QUERY, WANTED, checked, part, parts_of
from task import Answer, Task, perform
from wide_table import table_of, timed

from assetbook import Instance, asset, materialize, sql


def scanning(task: Task) -> Answer:
    """A column of some rows as a lazy frame, and a query, of an asset in a store opened anew."""
    store = task.folder / "store"
    os.environ["ASSETBOOK_STORE"] = str(store)

    @asset
    def orders() -> pl.DataFrame:
        return table_of("polars", task.payload)  # type: ignore[no-any-return]

    @asset
    def small() -> pl.DataFrame:
        return table_of("polars", 10)  # type: ignore[no-any-return]

    @asset
    def found(orders: pl.LazyFrame) -> pl.DataFrame:
        return checked(orders.filter(WANTED).select("price").collect(), task.payload)  # type: ignore[no-any-return]

    @asset
    def first(small: pl.LazyFrame) -> pl.DataFrame:
        return small.filter(WANTED).select("price").collect()

    assets = [orders, small, found, first]
    instance = Instance.open(store)
    materialize(assets, instance=instance, selection="orders or small")
    instance.close()
    instance = Instance.open(store)
    materialize(assets, instance=instance, selection="first")  # loads what is loaded on first use
    lazily = timed(lambda: materialize(assets, instance=instance, selection="found"))
    instance.close()
    sql(f"{QUERY} {FROM.format('small')}")
    queried = timed(lambda: sql(f"{QUERY} {FROM.format('orders')}"))
    return {"part": lazily, "query": queried}


def streaming(task: Task) -> Answer:
    """A generator of record batches, and what it adds to the memory of this process."""

    @asset
    def small() -> Iterator[pa.Table]:
        yield part(0).slice(0, 10)

    @asset
    def large() -> Iterator[pa.Table]:
        yield from parts_of(task.payload)

    instance = Instance.open(task.folder / "store")
    materialize([small], instance=instance)
    before = peak_bytes()
    wall = timed(lambda: materialize([large], instance=instance))
    instance.close()
    return {"wall": wall, "peak": peak_bytes() - before}


if __name__ == "__main__":
    perform({"scanning": scanning, "streaming": streaming})
