"""Dagster as a contestant that hands a table on; runs in its own environment."""

from __future__ import annotations

import os
import time
from typing import Any

import dagster
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
from task import Answer, Task, perform
from wide_table import KINDS, columns_of, table_of, timed


class ParquetManager(dagster.ConfigurableIOManager):
    """A file for each asset, by the table's own library, as one writes it by hand."""

    folder: str
    kind: str

    def _path(self, context: Any) -> str:
        return f"{self.folder}/{context.asset_key.path[-1]}.parquet"

    def handle_output(self, context: dagster.OutputContext, obj: Any) -> None:
        path = self._path(context)
        if self.kind == "pandas":
            obj.to_parquet(path, compression="zstd")
        elif self.kind == "polars":
            obj.write_parquet(path, compression="zstd")
        else:
            pq.write_table(obj, path, compression="zstd")

    def load_input(self, context: dagster.InputContext) -> Any:
        path = self._path(context)
        if self.kind == "pandas":
            return pd.read_parquet(path)
        return pl.read_parquet(path) if self.kind == "polars" else pq.ParquetFile(path).read()


def tables(task: Task) -> Answer:
    """Each library's table, by the default manager (pickle) and by a Parquet manager."""
    home = task.folder / "home"
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry:\n  enabled: false\n", encoding="utf-8")
    os.environ["DAGSTER_HOME"] = str(home)
    found: Answer = {}
    with dagster.DagsterInstance.get() as instance:
        for kind in KINDS:
            table = table_of(kind, task.payload)
            manager = ParquetManager(folder=str(task.folder), kind=kind)
            found |= _measured(kind, table, instance, {})
            parquet = _measured(kind, table, instance, {"io_manager": manager})
            found |= {f"parquet_{name}": each for name, each in parquet.items()}
    return found


def _measured(
    kind: str, table: Any, instance: dagster.DagsterInstance, resources: dict[str, Any]
) -> Answer:
    at: dict[str, float] = {}

    @dagster.asset
    def upstream() -> Any:
        at["returned"] = time.perf_counter()
        return table

    @dagster.asset(io_manager_key="small")
    def downstream(upstream: Any) -> int:
        at["started"] = time.perf_counter()
        return columns_of(upstream)

    given = {**resources, "small": dagster.mem_io_manager}
    dagster.materialize([upstream, downstream], instance=instance, resources=given)
    start = at["started"] - at["returned"]
    dagster.materialize([upstream], instance=instance, resources=resources)
    durable = time.perf_counter() - at["returned"]
    definitions = dagster.Definitions(assets=[upstream], resources=resources)
    read = timed(lambda: definitions.load_asset_value("upstream", instance=instance))
    return {f"{kind}_start": start, f"{kind}_durable": durable, f"{kind}_read": read}


if __name__ == "__main__":
    perform({"tables": tables})
