"""A starter notebook: a few cells that run, and show what there is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from assetbook.errors import UsageError

NAME = "first.ipynb"
"""What it is called where nobody says."""
_CELLS = (
    ("markdown", "# A first notebook\n\nRun the cells one by one. Then change `SMALLEST`."),
    ("code", "%load_ext assetbook\nimport pandas as pd"),
    ("markdown", "What customers ordered."),
    (
        "code",
        "@asset\n"
        "def orders() -> pd.DataFrame:\n"
        '    return pd.DataFrame({"customer": ["ann", "bob", "ann"], "amount": [10, 25, 30]})',
    ),
    ("code", "SMALLEST = 20"),
    ("markdown", "Running this cell materializes it, and `orders` before it."),
    ("code", '%%asset large_orders\norders[orders["amount"] >= SMALLEST]'),
    (
        "code",
        "@asset_check(asset=large_orders)\n"
        "def nothing_small(large_orders: pd.DataFrame) -> bool:\n"
        '    return bool((large_orders["amount"] >= SMALLEST).all())',
    ),
    ("code", "%materialize large_orders"),
    ("code", "%lineage"),
)


def write_starter(path: Path) -> str:
    """Writes the notebook to ``path``, and says how to go on.

    Raises UsageError if there is a file already, if its name does not end in .ipynb, or if it
    cannot be written.
    """
    asked = f"a starter notebook at {path}"
    if path.suffix != ".ipynb":
        raise UsageError(asked, "a notebook's name ends in .ipynb", f"`{path.stem}.ipynb`?")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(json.dumps(_notebook(), indent=1) + "\n")
    except FileExistsError:
        raise UsageError(asked, "there is one already", "Give another name.") from None
    except OSError as error:
        found = error.strerror or str(error)
        raise UsageError(asked, found, "Give a path in a folder that is there.") from None
    return f"{path} is written. Open it in Jupyter, or: assetbook materialize {path}"


def _notebook() -> dict[str, Any]:
    cells: list[dict[str, Any]] = []
    for number, (kind, text) in enumerate(_CELLS):
        cell: dict[str, Any] = {"cell_type": kind, "id": f"starter-{number}", "metadata": {}}
        cell["source"] = text.splitlines(keepends=True)
        if kind == "code":
            cell.update(execution_count=None, outputs=[])
        cells.append(cell)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
