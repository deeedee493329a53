"""Where the notebook is, as far as anybody says."""

from __future__ import annotations

from pathlib import Path

import pytest

from assetbook.notebook.notebook_path import notebook_path


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "flights.ipynb"
    path.write_text("{}")
    return path


def test_our_own_runners_are_believed(tmp_path: Path, saved: Path) -> None:
    told = {"ASSETBOOK_NOTEBOOK": str(tmp_path / "new.ipynb"), "JPY_SESSION_NAME": str(saved)}
    assert notebook_path({}, told) == tmp_path / "new.ipynb"


def test_vs_code_says_it_in_the_namespace(saved: Path) -> None:
    assert notebook_path({"__vsc_ipynb_file__": str(saved)}, {}) == saved


def test_the_server_says_it_in_the_session_name(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert notebook_path({}, {"JPY_SESSION_NAME": str(saved)}) == saved
    monkeypatch.chdir(saved.parent)
    assert notebook_path({}, {"JPY_SESSION_NAME": "flights.ipynb"}) == saved


@pytest.mark.parametrize("name", ["gone.ipynb", "", "3f2a-console", "flights.py"])
def test_a_name_that_is_no_notebook_is_not_believed(saved: Path, name: str) -> None:
    (saved.parent / "flights.py").write_text("")
    assert notebook_path({}, {"JPY_SESSION_NAME": str(saved.parent / name)}) is None
    assert notebook_path({"__vsc_ipynb_file__": 3}, {}) is None
