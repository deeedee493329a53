"""Dagster's names in a notebook's cells: assets of the session, versioned as any other."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from assetbook.surfaces.code_location import CodeLocation, load_definitions

CELLS = (
    "import assetbook.dagster as dg\nfrom assetbook.dagster import AssetOut, Output, asset",
    "def doubled(x):\n    return 2 * x",
    "@asset(group_name='raw')\ndef orders(context: dg.AssetExecutionContext):\n    return [1, 2]",
    "@dg.asset\ndef total(orders) -> dg.MaterializeResult[int]:\n"
    "    return dg.MaterializeResult(value=doubled(sum(orders)), metadata={'n': len(orders)})",
    "@dg.multi_asset(outs={'low': AssetOut(), 'high': AssetOut()})\ndef both(total):\n"
    "    return total - 1, Output(total + 1)",
    "@dg.asset_check(asset=total)\ndef positive(total):\n"
    "    return dg.AssetCheckResult(passed=total > 0)",
)


def saved(*cells: str) -> CodeLocation:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(each) for each in cells])
    nbformat.write(notebook, "shop.ipynb")
    return load_definitions("shop.ipynb", in_process=True)


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ASSETBOOK_STORE", raising=False)


def test_they_materialize_and_are_fresh_when_loaded_again() -> None:
    run = saved(*CELLS).materialize()
    assert run.success and run.asset_value("high") == 7
    assert saved(*CELLS).plan().all_fresh


def test_an_edited_helper_makes_them_stale() -> None:
    saved(*CELLS).materialize()
    edited = (CELLS[0], CELLS[1].replace("2 * x", "3 * x"), *CELLS[2:])
    assert [step.name for step in saved(*edited).plan() if step.kind == "asset"] == [
        "total",
        "both",
    ]


def test_they_are_called_directly() -> None:
    assert saved(*CELLS)["total"]([3]).value == 6
