"""Every location of a project is loaded, and held against its lock."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from tests.surfaces.shell import saved, told

from assetbook.errors import NotLoadedError
from assetbook.surfaces.validating import validate


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("ASSETBOOK_STORE", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def package(folder: Path, text: str) -> None:
    (folder / "shop").mkdir(exist_ok=True)
    (folder / "shop" / "__init__.py").write_text("")
    (folder / "shop" / "assets.py").write_text(f"from assetbook import asset\n{text}")


def validated(*words: str) -> tuple[int, dict[str, Any]]:
    done = told("validate", *words, "--json")
    assert done.exit_code in (0, 1), done.output
    return done.exit_code, json.loads(done.stdout)


def said(found: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {each["what"]: (each["status"], each["found"]) for each in found["findings"]}


def test_without_names_every_configured_location_is_loaded(folder: Path) -> None:
    (folder / "books").mkdir()
    saved(folder / "books", "%load_ext assetbook", "@asset\ndef orders():\n    return 1")
    (folder / "books" / "pyproject.toml").unlink()
    saved(folder, "%load_ext assetbook", "x = 1 / 0\n@asset\ndef broken():\n    return x")
    package(folder, "@asset\ndef stock():\n    return 1")
    settings = '[tool.assetbook]\nlocations = ["books", "shop", "numbers.ipynb"]\n'
    (folder / "pyproject.toml").write_text(settings)
    code, found = validated()
    assert (code, found["summary"]) == (1, "3 locations, 1 wrong")
    about = said(found)
    assert about["books/numbers.ipynb orders"] == ("warn", "not locked; unproven")
    assert about["shop"] == ("good", "it loads: 1 asset")
    status, why = about["numbers.ipynb"]
    assert status == "bad"
    assert why.startswith("cell 2 of the notebook, `x = 1 / 0`: ZeroDivisionError")


def test_a_broken_module_is_a_finding_with_its_error(folder: Path) -> None:
    (folder / "pyproject.toml").touch()
    package(folder, "raise RuntimeError('<img src=x>\\x1b[2J')")
    done = told("validate", "shop")
    assert done.exit_code == 1
    assert "RuntimeError: <img src=x>\\x1b[2J" in done.stdout
    assert "Traceback" not in done.output


def test_a_module_that_ends_the_process_is_a_finding(folder: Path) -> None:
    (folder / "pyproject.toml").touch()
    package(folder, "raise SystemExit('no licence')")
    code, found = validated("shop")
    assert code == 1
    assert said(found)["shop"][0] == "bad"
    assert "SystemExit: no licence" in said(found)["shop"][1]


def test_a_process_that_dies_is_a_finding(folder: Path) -> None:
    (folder / "pyproject.toml").touch()
    package(folder, "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    code, found = validated("shop")
    assert code == 1
    assert said(found)["shop"] == ("bad", "the location shop: SIGKILL ended its process")
    assert found["findings"][0]["remedy"] == "Was there memory enough?"


def test_a_wrong_definition_is_a_finding(folder: Path) -> None:
    (folder / "pyproject.toml").touch()
    package(folder, "@asset\ndef stock(nowhere):\n    return 1")
    code, found = validated("shop")
    assert code == 1
    assert said(found)["shop stock"][0] == "bad"
    assert "nowhere" in said(found)["shop stock"][1]


def test_a_name_that_is_no_location_is_a_finding(folder: Path) -> None:
    saved(folder, "%load_ext assetbook", name="orders.ipynb")
    code, found = validated("order.ipynb")
    assert (code, found["summary"]) == (1, "1 location, 1 wrong")
    assert "orders.ipynb" in found["findings"][0]["remedy"]


def test_without_anything_to_validate_it_says_what_to_do(folder: Path) -> None:
    (folder / "pyproject.toml").touch()
    done = told("validate")
    assert isinstance(done.exception, NotLoadedError)
    assert "the project configures none" in str(done.exception)


def test_a_module_cannot_be_promoted(folder: Path) -> None:
    (folder / "pyproject.toml").touch()
    package(folder, "")
    done = told("promote", "shop")
    assert "it is a module, whose code is in git" in str(done.exception)


def test_hostile_names_in_findings_are_text(folder: Path) -> None:
    name, tag = "<img src=x>.ipynb", {"tags": ["assetbook:load"]}
    saved(folder, "%load_ext assetbook", "raise ValueError('<b>\\x1b[2J')", name=name)
    notebook = nbformat.read(folder / name, as_version=4)
    notebook.cells[1].metadata.update(tag)
    nbformat.write(notebook, folder / name)
    view = validate([name])
    assert "<b>\\x1b[2J" in str(view)
    for each in ("<img", "<b>", "\x1b"):
        assert each not in view.html()
    assert "\x1b" not in str(view)
