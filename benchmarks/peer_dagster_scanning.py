"""Dagster as a contestant that reads parts of a stored table; runs in its own environment."""

from __future__ import annotations

import os
from typing import Any

import dagster
import polars as pl
from scanned import WANTED, checked
from task import Answer, Task, perform
from wide_table import table_of, timed


class ParquetManager(dagster.ConfigurableIOManager):
    """A Parquet file for each asset, scanned by its consumers, as one writes it by hand."""

    folder: str

    def handle_output(self, context: dagster.OutputContext, obj: Any) -> None:
        obj.write_parquet(f"{self.folder}/{context.asset_key.path[-1]}.parquet", compression="zstd")

    def load_input(self, context: dagster.InputContext) -> Any:
        return pl.scan_parquet(f"{self.folder}/{context.asset_key.path[-1]}.parquet")


def scanning(task: Task) -> Answer:
    """The same by its pickles, which are read whole, and by a manager that scans Parquet."""
    home = task.folder / "home"
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry:\n  enabled: false\n", encoding="utf-8")
    os.environ["DAGSTER_HOME"] = str(home)
    with dagster.DagsterInstance.get() as instance:
        pickled = _measured(task, instance, {})
        scanned = _measured(task, instance, {"io_manager": ParquetManager(folder=str(task.folder))})
    return {"part": pickled, "parquet_part": scanned}


def _measured(task: Task, instance: dagster.DagsterInstance, resources: dict[str, Any]) -> float:
    @dagster.asset
    def orders() -> pl.DataFrame:
        return table_of("polars", task.payload)  # type: ignore[no-any-return]

    @dagster.asset
    def found(orders) -> pl.DataFrame:  # type: ignore[no-untyped-def]
        return checked(orders.lazy().filter(WANTED).select("price").collect(), task.payload)

    assets = [orders, found]
    dagster.materialize([orders], instance=instance, resources=resources)
    return timed(
        lambda: dagster.materialize(
            assets, instance=instance, resources=resources, selection=["found"]
        )
    )


if __name__ == "__main__":
    perform({"scanning": scanning})
