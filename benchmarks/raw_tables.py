"""The raw limits of a table: the library's own file, written and synced, and its conversions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from task import Answer, Task, perform
from wide_table import KINDS, synced, table_of, timed


def tables(task: Task) -> Answer:
    """Parquet with zstd by each library, and an Arrow file."""
    found: Answer = {}
    for kind in KINDS:
        found |= _parquet(kind, table_of(kind, task.payload), task.folder)
    table, path = table_of("arrow", task.payload), task.folder / "table.arrow"
    found["arrow_file_durable"] = timed(lambda: _write_arrow(table, path))
    found["arrow_file_read"] = timed(lambda: _map_arrow(path))
    return found


def _parquet(kind: str, table: Any, folder: Path) -> Answer:
    path = folder / f"{kind}.parquet"
    _write(kind, table_of(kind, 10), path)
    durable = timed(lambda: _write(kind, table, path))
    _read(kind, path)
    found = {f"{kind}_durable": durable, f"{kind}_read": timed(lambda: _read(kind, path))}
    if kind == "pandas":
        found["pandas_start"] = timed(lambda: pa.Table.from_pandas(table).to_pandas())
    return found


def _write(kind: str, table: Any, path: Path) -> None:
    if kind == "arrow":
        pq.write_table(table, path, compression="zstd")
    elif kind == "polars":
        table.write_parquet(path, compression="zstd")
    else:
        table.to_parquet(path, compression="zstd")
    synced(path)


def _read(kind: str, path: Path) -> object:
    if kind == "arrow":
        return pq.ParquetFile(path).read()
    if kind == "polars":
        import polars as pl

        return pl.read_parquet(path)
    import pandas as pd

    return pd.read_parquet(path)


def _write_arrow(table: pa.Table, path: Path) -> None:
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)
    synced(path)


def _map_arrow(path: Path) -> pa.Table:
    with pa.memory_map(str(path)) as file:
        return pa.ipc.open_file(file).read_all()


if __name__ == "__main__":
    perform({"tables": tables})
