"""Lake tables in runs: their versions wherever a version is read, and appends after a crash."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from tests.instance.making import make, steps

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.config import Config
from assetbook.errors import SelectionError
from assetbook.events.parts import Origin
from assetbook.instance.asked import Options
from assetbook.instance.instance import Instance
from assetbook.instance.renaming import rename_asset
from assetbook.instance.restoring import restore_version
from assetbook.instance.version_comparison import compare_versions
from assetbook.io.delta import DeltaIOManager
from assetbook.io.iceberg import IcebergIOManager
from assetbook.io.lake_manager import LakeIOManager
from assetbook.keys import AssetKey

ADA = Origin(kind="session", user="ada")


class Day(Config):
    day: int = 1


@asset(io_manager_key="lake")
def orders(config: Day) -> pd.DataFrame:
    return pd.DataFrame({"id": range(config.day), "amount": [10 * config.day] * config.day})


@asset(io_manager_key="lake", metadata={"mode": "append"})
def visits(config: Day) -> pl.DataFrame:
    return pl.DataFrame({"day": [config.day]})


@asset
def total(orders: pl.LazyFrame) -> int:
    return int(orders.select(pl.col("amount").sum()).collect().item())


@asset
def days(visits: pa.Table) -> list[int]:
    return sorted(visits["day"].to_pylist())


def delta(folder: Path) -> LakeIOManager:
    return DeltaIOManager(folder / "lake")


def iceberg(folder: Path) -> LakeIOManager:
    (folder / "lake").mkdir(exist_ok=True)
    return IcebergIOManager(
        {
            "type": "sql",
            "uri": f"sqlite:///{folder}/lake/catalog.db",
            "warehouse": f"file://{folder}/lake",
        }
    )


@pytest.fixture(params=[delta, iceberg], ids=["delta", "iceberg"])
def lake(request: pytest.FixtureRequest, project: Path) -> dict[str, object]:
    return {"lake": request.param(project)}


@pytest.fixture
def on_delta(project: Path) -> dict[str, object]:
    return {"lake": delta(project)}


def on(instance: Instance, lake: dict[str, object], day: int, *definitions: object) -> Any:
    config = {each.keys[0].parts[-1]: {"day": day} for each in definitions[:1]}  # type: ignore[attr-defined]
    return make(
        instance, *definitions, resources=lake, run_config=config, options=Options(force=True)
    )


def test_versions_are_read_by_number(instance: Instance, lake: dict[str, object]) -> None:
    for day in (1, 2, 3):
        on(instance, lake, day, orders)
    lengths = [len(instance.value("orders", at, resources=lake)) for at in (1, 2, 3)]
    assert lengths == [1, 2, 3]
    assert instance.version("orders", 2).event.metadata["dagster/row_count"]["value"] == 2
    assert isinstance(instance.value("orders", 1, resources=lake), pd.DataFrame)


def test_a_version_may_be_read_by_a_run(instance: Instance, on_delta: dict[str, object]) -> None:
    for day in (1, 2):
        on(instance, on_delta, day, orders)
    options = Options(with_versions=["orders@1"], only=True)
    outcome = make(instance, orders, total, resources=on_delta, selection="total", options=options)
    assert outcome.asset_value("total") == 10


def test_equal_rows_leave_readers_fresh(instance: Instance, on_delta: dict[str, object]) -> None:
    make(instance, orders, total, resources=on_delta)
    assert make(instance, orders, total, resources=on_delta).plan.all_fresh
    outcome = make(
        instance, orders, total, resources=on_delta, selection="orders", options=Options(force=True)
    )
    assert steps(outcome) == ["orders"]
    assert make(instance, orders, total, resources=on_delta).plan.all_fresh


def test_versions_are_compared(instance: Instance, on_delta: dict[str, object]) -> None:
    for day in (2, 3):
        on(instance, on_delta, day, orders)
    versions = [instance.version("orders", number) for number in (1, 2)]
    found = compare_versions(instance, *versions, key=["id"], resources=on_delta)
    assert found.table is not None
    assert (found.table.added, found.table.removed, found.table.changed) == (1, 0, 2)
    assert found.rows("added").to_dict("records") == [{"id": 2, "amount": 30}]


def test_a_version_is_restored(instance: Instance, on_delta: dict[str, object]) -> None:
    for day in (1, 2):
        on(instance, on_delta, day, orders)
    restore_version(instance, instance.version("orders", 1), ADA)
    assert len(instance.value("orders", resources=on_delta)) == 1
    assert len(instance.value("orders", 3, resources=on_delta)) == 1


def test_appends_go_on_from_the_latest(instance: Instance, lake: dict[str, object]) -> None:
    for day in (1, 2):
        on(instance, lake, day, visits)
    restore_version(instance, instance.version("visits", 1), ADA)
    outcome = on(instance, lake, 3, visits, days)
    assert outcome.asset_value("days") == [1, 3]
    assert sorted(instance.value("visits", 2, resources=lake)["day"]) == [1, 2]


def test_a_renamed_asset_keeps_its_versions(
    instance: Instance, on_delta: dict[str, object]
) -> None:
    on(instance, on_delta, 2, orders)
    rename_asset(instance, AssetKey("orders"), AssetKey("sales"), ADA)
    assert len(instance.value("sales", resources=on_delta)) == 2


def test_what_others_wrote_is_not_ours(
    instance: Instance, on_delta: dict[str, object], project: Path
) -> None:
    from deltalake import write_deltalake

    make(instance, orders, total, resources=on_delta)
    write_deltalake(f"{project}/lake/orders", pa.table({"id": [7], "amount": [7]}), mode="append")
    assert instance.value("orders", resources=on_delta)["id"].tolist() == [0]
    assert make(instance, orders, total, resources=on_delta).plan.all_fresh


def test_vacuumed_versions_are_told(
    instance: Instance, on_delta: dict[str, object], project: Path
) -> None:
    from deltalake import DeltaTable

    for day in (1, 2):
        on(instance, on_delta, day, orders)
    DeltaTable(f"{project}/lake/orders").vacuum(0, dry_run=False, enforce_retention_duration=False)
    with pytest.raises(SelectionError, match="somebody has vacuumed the table"):
        instance.value("orders", 1, resources=on_delta)
    assert len(instance.value("orders", 2, resources=on_delta)) == 2
