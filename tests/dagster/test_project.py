"""A project of Dagster's, of which only the imports were changed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from assetbook.instance.instance import Instance
from assetbook.surfaces.cli import cli
from assetbook.surfaces.code_location import load_definitions

FILES = {
    "assets.py": """
from __future__ import annotations

import pandas as pd
from assetbook.dagster import (
    AssetCheckExecutionContext, AssetCheckResult, AssetExecutionContext, AssetIn, AssetOut,
    AssetSpec, Config, MaterializeResult, MetadataValue, Output, asset, asset_check, multi_asset,
)

from .resources import Warehouse

upstream = AssetSpec("exchange_rates", group_name="outside")


class Days(Config):
    days: int = 3


@asset(group_name="raw", key_prefix=["shop"], owners=["team:sales"])
def orders(context: AssetExecutionContext, config: Days, warehouse: Warehouse) -> pd.DataFrame:
    context.log.info("reading %s", warehouse.url)
    return pd.DataFrame({"day": range(config.days), "amount": [1.5] * config.days})


@asset(ins={"orders": AssetIn(key_prefix="shop")}, deps=[upstream], kinds={"pandas"})
def report(orders: pd.DataFrame) -> MaterializeResult:
    preview = MetadataValue.md(f"{len(orders)} orders")
    return MaterializeResult(value=float(orders["amount"].sum()), metadata={"preview": preview})


@multi_asset(outs={"small": AssetOut(group_name="marts"), "large": AssetOut()})
def split(report):
    yield Output(report / 2, output_name="small", metadata={"halved": True})
    yield Output(report * 2, output_name="large")


@asset_check(asset=report, blocking=True)
def positive(context: AssetCheckExecutionContext, report: float) -> AssetCheckResult:
    return AssetCheckResult(passed=report > 0, metadata={"report": report})
""",
    "resources.py": """
from assetbook.dagster import ConfigurableResource, EnvVar


class Warehouse(ConfigurableResource):
    url: str


warehouse = Warehouse(url=EnvVar("WAREHOUSE_URL"))
""",
    "__init__.py": """
import assetbook.dagster as dg

from . import assets
from .resources import warehouse

defs = dg.Definitions(
    assets=[assets.orders, assets.report, assets.split, assets.upstream],
    asset_checks=[assets.positive],
    jobs=[dg.define_asset_job("nightly", selection=dg.AssetSelection.groups("raw"))],
    resources={"warehouse": warehouse},
)
""",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "pyproject.toml").write_text('[tool.assetbook]\nlocations = ["dagster_shop"]\n')
    folder = tmp_path / "dagster_shop"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WAREHOUSE_URL", "somewhere")
    monkeypatch.delenv("ASSETBOOK_STORE", raising=False)
    yield tmp_path
    assert "dagster_shop" not in sys.modules


def test_it_loads_and_materializes(project: Path) -> None:
    location = load_definitions("dagster_shop", in_process=True)
    assert location.warnings == ()
    run = location.materialize()
    assert run.success
    assert (run.asset_value("report"), run.asset_value("small")) == (4.5, 2.25)
    assert location.plan().all_fresh


def test_its_check_and_metadata_are_recorded(project: Path) -> None:
    load_definitions("dagster_shop", in_process=True).materialize()
    instance = Instance.get()
    version = instance.latest_materialization("report")
    assert version is not None
    assert version.event.metadata["preview"]["value"] == "3 orders"
    [recorded] = [each for key, each in instance.recorded().items() if str(key) == "report"]
    assert set(recorded.checks) == {"positive"}


def test_the_command_line_takes_it(project: Path) -> None:
    done = CliRunner().invoke(cli, ["materialize", "+small"])
    assert done.exit_code == 0, done.output
    assert Instance.get().value("small") == 2.25
