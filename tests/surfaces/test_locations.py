"""Locations are loaded where they have changed; edges go across; a broken one stops no other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.surfaces.shell import CELLS, saved, told

from assetbook.errors import NotLoadedError, UsageError
from assetbook.instance.instance import Instance
from assetbook.notebook.configured_locations import configured_locations
from assetbook.surfaces.locations import KnownLocation, up_to_date

PACKAGE = """
from assetbook import asset

@asset
def orders():
    return [1, 2]

@asset
def summary(report):
    return report * 2
"""
REPORT = (CELLS[0], "from rates import RATE", "%%asset report\nsum(orders) * RATE", "1 / 0")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").write_text(PACKAGE)
    (tmp_path / "rates.py").write_text("RATE = 1\n")
    saved(tmp_path, *REPORT, name="report.ipynb")
    write_settings(tmp_path, "*.ipynb", "shop")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ASSETBOOK_STORE", raising=False)
    return tmp_path


def write_settings(root: Path, *entries: str) -> None:
    text = f"[tool.assetbook]\nlocations = {json.dumps(entries)}\n"
    (root / "pyproject.toml").write_text(text)


def known() -> list[KnownLocation]:
    instance = Instance.get()
    assert instance.project is not None
    return up_to_date(instance, configured_locations(instance.project))


def loaded() -> list[str]:
    return [str(each.source) for each in known() if each.loaded]


def test_locations_are_one_project(root: Path) -> None:
    # planned across: what reads another location's asset finds it by its name
    planned = json.loads(told("plan", "--json").stdout)
    assert [(step["name"], step["location"], step["after"]) for step in planned["steps"]] == [
        ("orders", "shop", []),
        ("report", "report.ipynb", ["orders"]),
        ("summary", "shop", ["report"]),
    ]
    only = json.loads(told("plan", "--location", "report", "--json").stdout)
    assert [step["name"] for step in only["steps"]] == ["report"]

    # unchanged, none is loaded again
    assert loaded() == []
    assert "3  summary  never materialized  · shop" in told("plan").stdout

    # each runs its own steps
    made = told("materialize", "summary", "--json")
    assert made.exit_code == 0, made.output
    assert [(run["location"], run["success"]) for run in json.loads(made.stdout)["runs"]] == [
        ("shop", True), ("report.ipynb", True), ("shop", True),
    ]  # fmt: skip
    assert told("value", "summary").stdout == "6\n"
    assert "all fresh" in told("plan").stdout

    # a module that it imports counts
    (root / "rates.py").write_text("RATE = 10\n")
    assert told("plan", "--check").exit_code == 1
    assert loaded() == []

    # a broken one keeps what it defined, says why and where, and the others go on
    (root / "rates.py").write_text("RATE = 1 / 0\n")
    shown = told("assets")
    assert "report.ipynb cannot be loaded: cell 2 of the notebook" in shown.stderr
    assert "(rates.py, line 1)" in shown.stderr
    assert "report.ipynb, which cannot be loaded now" in shown.stdout
    assert loaded() == []
    made = told("materialize", "+report or orders", "--force")
    assert made.exit_code == 1
    assert "NotLoadedError: materialize `report`: report.ipynb cannot be loaded" in made.stderr
    assert "1 materialized" not in made.stderr
    reloaded = told("reload")
    assert reloaded.exit_code == 1
    assert "1 location cannot be loaded" in reloaded.stdout
    assert told("reload", "shop").exit_code == 0

    # mended, it is as before
    (root / "rates.py").write_text("RATE = 1\n")
    assert loaded() == ["report.ipynb"]
    assert told("plan", "report", "--check").exit_code == 0


def test_without_locations_a_notebook_is_asked_for(root: Path) -> None:
    write_settings(root)
    with pytest.raises(UsageError, match=r"assetbook plan: no notebook is named, .*\nName one"):
        raise told("plan").exception or AssertionError
    with pytest.raises(UsageError, match=r"plan report.ipnb: no .*\nDid you mean `report.ipynb`"):
        raise told("plan", "report.ipnb").exception or AssertionError
    Instance.get()
    with pytest.raises(NotLoadedError, match="the project's locations: there are none"):
        raise told("reload").exception or AssertionError
    assert told("plan", "--load", "all").exit_code == 2
