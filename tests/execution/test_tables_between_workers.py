"""Large tables from worker to worker: by shared memory, beside the writing of their files."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from assetbook import AssetCheckResult, Instance, asset, asset_check
from assetbook.execution.processes.executor import ProcessExecutor
from assetbook.instance.materializing import MaterializeOutcome, materialize_definitions
from assetbook.io.shared_table import SMALLEST

ROWS = SMALLEST // 8 + 1
MAKERS: dict[str, Callable[[Any], Any]] = {
    "arrow": pa.table, "polars": pl.DataFrame, "pandas": pd.DataFrame
}  # fmt: skip


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Instance]:
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    instance = Instance.get(tmp_path)
    yield instance
    instance.close()


def make(instance: Instance, *assets: object) -> MaterializeOutcome:
    return materialize_definitions(
        assets, instance=instance, executor=ProcessExecutor(2), raise_on_error=False
    )


def mapped_here() -> list[str]:
    """What this process maps or holds open of such tables."""
    links = [each for each in Path("/proc/self/fd").iterdir() if each.is_symlink()]
    open_files = [str(each.readlink()) for each in links]
    maps = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
    return [each for each in [*open_files, *maps] if "memfd:assetbook table" in each]


@pytest.mark.parametrize("kind", MAKERS)
def test_a_table_reaches_its_readers_from_memory(instance: Instance, kind: str) -> None:
    maker = MAKERS[kind]

    def shared() -> int:
        maps = Path("/proc/self/maps").read_text(encoding="utf-8")
        return maps.count("memfd:assetbook table")

    @asset
    def orders() -> Any:
        return maker({"n": np.arange(ROWS)})

    @asset_check(asset=orders)
    def whole(orders: Any) -> AssetCheckResult:
        return AssetCheckResult(len(orders) == ROWS, metadata={"shared": shared()})

    @asset
    def total(orders: Any) -> list[int]:
        return [int(np.sum(orders["n"].to_numpy())), shared()]

    outcome = make(instance, orders, whole, total)
    assert outcome.success, [each.message for each in outcome.outcomes]
    assert instance.value("total") == [sum(range(ROWS)), 1]
    assert instance.value("orders").shape == (ROWS, 1)
    version = instance.version("orders").event
    assert version.value is not None and str(version.value.path).endswith(".parquet")
    assert instance.version("total").event.inputs["orders"].version == 1
    assert mapped_here() == []


def test_changing_an_input_reaches_no_other_reader(instance: Instance) -> None:
    @asset
    def orders() -> pd.DataFrame:
        return pd.DataFrame({"n": np.arange(ROWS)})

    def spoils(name: str) -> object:
        @asset(name=name)
        def spoiling(orders: pd.DataFrame) -> int:
            seen = int(orders["n"].sum())
            orders.loc[:, "n"] = 0
            return seen

        return spoiling

    assert make(instance, orders, spoils("a"), spoils("b")).success
    assert instance.value("a") == instance.value("b") == sum(range(ROWS))


def test_readers_of_a_table_that_cannot_be_stored_record_nothing(
    instance: Instance, tmp_path: Path
) -> None:
    values = instance.values.root
    values.mkdir(parents=True, exist_ok=True)
    (values / "orders").touch()  # where its folder would be

    @asset
    def orders() -> pa.Table:
        return pa.table({"n": np.arange(ROWS)})

    @asset
    def total(orders: pa.Table) -> int:
        return int(orders.num_rows)

    outcome = make(instance, orders, total)
    statuses = {each.step.name: each.status for each in outcome.outcomes}
    assert statuses == {"orders": "failed", "total": "upstream_failed"}
    assert instance.versions("total") == []
    del outcome  # whose exception has the table in its traceback
    gc.collect()
    assert mapped_here() == []
