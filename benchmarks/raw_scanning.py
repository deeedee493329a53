"""The raw limits of reading parts: the libraries alone on a file; and of writing part by part."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
from diff_peers import peak_bytes
from scanned import FROM, QUERY, WANTED, checked, part, parts_of
from task import Answer, Task, perform
from wide_table import synced, table_of, timed


def scanning(task: Task) -> Answer:
    """polars and DuckDB on a Parquet file, and pandas, which reads the columns it needs."""
    path, small = task.folder / "orders.parquet", task.folder / "small.parquet"
    table_of("polars", task.payload).write_parquet(path, compression="zstd")
    table_of("polars", 10).write_parquet(small, compression="zstd")
    found = {}
    for name, read in {"part": _lazily, "query": _queried, "pandas_query": _by_pandas}.items():
        read(small)
        found[name] = timed(lambda read=read: read(path))  # type: ignore[misc]
    checked(_lazily(path), task.payload)
    return found


def _lazily(path: Path) -> Any:
    return pl.scan_parquet(path).filter(WANTED).select("price").collect()


def _queried(path: Path) -> Any:
    import duckdb

    with duckdb.connect() as connection:
        return connection.execute(f"{QUERY} {FROM.format(repr(str(path)))}").df()


def _by_pandas(path: Path) -> Any:
    import pandas as pd

    frame = pd.read_parquet(path, columns=["shop", "price", "quantity"])
    frame["sales"] = frame["price"] * frame["quantity"]
    return frame.groupby("shop").agg(sales=("sales", "sum"), orders=("sales", "size"))


def streaming(task: Task) -> Answer:
    """One Parquet file with zstd, a row group for each part, synced."""
    path = task.folder / "large.parquet"
    _write(path, [part(0).slice(0, 10)])
    before = peak_bytes()
    wall = timed(lambda: _write(path, parts_of(task.payload)))
    return {"wall": wall, "peak": peak_bytes() - before}


def _write(path: Path, parts: Any) -> None:
    with pq.ParquetWriter(path, part(0).schema, compression="zstd") as writer:
        for each in parts:
            writer.write_table(each)
    synced(path)


if __name__ == "__main__":
    perform({"scanning": scanning, "streaming": streaming})
