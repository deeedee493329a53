"""Locations are named by paths, patterns and modules; what names nothing is an error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assetbook.errors import ConfigError, SelectionError
from assetbook.notebook.configured_locations import configured_locations, named_location
from assetbook.project import Project, find_project

FILES = (
    "notebooks/a.ipynb", "notebooks/b.ipynb", "notebooks/a-Copy1.ipynb", "shop/__init__.py",
    "notebooks/.ipynb_checkpoints/a-checkpoint.ipynb", "shop/tables.py", "deep/er/c.ipynb",
    "deep/helper.py", "empty/readme.txt",
)  # fmt: skip
EMPTY = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []})


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in FILES:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(EMPTY if path.suffix == ".ipynb" else "")
    (tmp_path / "deep" / "d.py").write_text("# %%\nx = 1\n")
    return tmp_path


def project(root: Path, *entries: str) -> Project:
    (root / "pyproject.toml").write_text(f"[tool.assetbook]\nlocations = {json.dumps(entries)}\n")
    return find_project(root, {})


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        (["notebooks/*.ipynb"], ["notebooks/a.ipynb", "notebooks/b.ipynb"]),
        (["notebooks/"], ["notebooks/a.ipynb", "notebooks/b.ipynb"]),
        (["notebooks/b.ipynb", "notebooks/*"], ["notebooks/b.ipynb", "notebooks/a.ipynb"]),
        (["**/*.ipynb"], ["deep/er/c.ipynb", "notebooks/a.ipynb", "notebooks/b.ipynb"]),
        (["deep"], ["deep/d.py", "deep/er/c.ipynb"]),
        (["shop/"], ["shop"]),
        (["shop", "shop.tables"], ["shop", "shop/tables.py"]),
        (["*"], ["deep/d.py", "deep/er/c.ipynb", "notebooks/a.ipynb", "notebooks/b.ipynb", "shop"]),
        ([], []),
    ],
)
def test_entries_mean_notebooks_packages_and_modules(
    root: Path, entries: list[str], found: list[str]
) -> None:
    assert [each.id for each in configured_locations(project(root, *entries))] == found


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("notebook/*.ipynb", "no file matches it"),
        ("notebooks/c.ipynb", "there is no such file"),
        ("notebok", "there is no such module\nDid you mean `notebooks`"),
        ("shop.tabels", "there is no such module\nDid you mean `tables`"),
        ("empty", "there is no notebook in it"),
    ],
)
def test_an_entry_that_names_nothing_is_an_error(root: Path, entry: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        configured_locations(project(root, entry))


def test_locations_are_a_list_of_texts(root: Path) -> None:
    (root / "pyproject.toml").write_text('[tool.assetbook]\nlocations = "notebooks"\n')
    with pytest.raises(ConfigError, match=r"Give a list of paths, patterns and modules, as \["):
        find_project(root, {})


def test_a_location_is_found_by_its_name(root: Path) -> None:
    known = project(root, "notebooks/*.ipynb", "shop", "deep/er/c.ipynb")
    for name in ("notebooks/a.ipynb", "a.ipynb", "a"):
        assert named_location(known, name).id == "notebooks/a.ipynb"
    assert named_location(known, "shop").id == "shop"
    with pytest.raises(SelectionError, match="none of that name\nDid you mean `shop`"):
        named_location(known, "shp")
