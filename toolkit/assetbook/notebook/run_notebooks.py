"""The notebooks that a notebook's code names, to run them as jobs: part of its source."""

from __future__ import annotations

import ast
import json
import posixpath
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from assetbook.notebook.local_imports import SourceTree
from assetbook.notebook.statements import Statement

_SUFFIX = ".ipynb"
_kept: dict[Path, Path] = {}
"""Where this process reads notebooks that are kept from, by where they are."""


def run_notebooks(
    statements: Iterable[Statement],
    tree: SourceTree,
    own: PurePosixPath,
    launched: Iterable[str] = (),
) -> dict[str, str]:
    """The notebooks whose paths are written in the statements, by path from the tree's root,
    sorted: their JSON without outputs. ``own`` is the path of the statements' notebook, which is
    among them where a `%schedule` line has it run itself; so are those that are ``launched``.
    Computed paths are not seen.
    """
    paths = {PurePosixPath(each) for each in launched}
    paths |= {own} if any(_runs_itself(each) for each in statements) else set()
    for node in (each.node for each in statements if each.node is not None):
        paths |= {_below_root(own.parent / name) for name in _named(node)}
    texts = {str(path): tree.text(path) for path in paths if ".." not in path.parts}
    return {name: kept for name, text in sorted(texts.items()) if text and (kept := _source(text))}


def _runs_itself(statement: Statement) -> bool:
    magics = (each for each in statement.magics if each.name == "schedule")
    return any("--notebook" in each.line.split() for each in magics)


def _named(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            name = each.value
            if name.endswith(_SUFFIX) and not name.startswith("/") and "\0" not in name:
                yield name


def _below_root(path: PurePosixPath) -> PurePosixPath:
    return PurePosixPath(posixpath.normpath(str(path)))


def _source(text: str) -> str:
    """A notebook as it is kept; empty for what is none."""
    try:
        notebook = json.loads(text)
        cells = [_without_outputs(each) for each in notebook["cells"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""
    return json.dumps({**notebook, "cells": cells}, ensure_ascii=False, sort_keys=True)


def _without_outputs(cell: dict[str, Any]) -> dict[str, Any]:
    if cell["cell_type"] != "code":
        return cell
    return {**cell, "outputs": [], "execution_count": None}


def code_cells(kept: str) -> dict[str, str]:
    """The texts of the code cells of a notebook that is kept, by id or number."""
    cells = enumerate(json.loads(kept)["cells"], 1)
    return {
        str(each.get("id", f"#{number}")): "".join(each["source"])
        for number, each in cells
        if each["cell_type"] == "code"
    }


def read_notebooks_from(folder: Path, place: Path) -> None:
    """Has this process read the notebooks that are kept in ``folder`` from there, whatever is at
    ``place`` by now."""
    for file in folder.rglob(f"*{_SUFFIX}"):
        _kept[(place / file.relative_to(folder)).absolute()] = file


def file_of(path: Path) -> Path:
    """The file that this process reads for the notebook at ``path``."""
    return _kept.get(path.absolute(), path)
