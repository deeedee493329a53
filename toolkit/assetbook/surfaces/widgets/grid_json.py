"""A grid of a still view as a page draws it: the same words, with nothing but text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assetbook.instance.code_difference import Difference
from assetbook.surfaces.display.grid import Cell, Grid


def grid_json(grid: Grid) -> dict[str, Any] | None:
    """Heads, rows of texts, and the places of numbers; columns with no text in them are left out.
    None for a grid without rows."""
    rows = [[text_of(cell) for cell in row] for row in grid.rows]
    if not rows:
        return None
    kept = [place for place in range(len(grid.heads)) if any(row[place] for row in rows)] or [0]
    return {
        "heads": [grid.heads[place] for place in kept],
        "rows": [[row[place] for place in kept] for row in rows],
        "numbers": [at for at, place in enumerate(kept) if grid.heads[place] in grid.numbers],
    }


def code_json(differences: Sequence[Difference]) -> list[dict[str, Any]]:
    """Pieces of code that differ, old against new."""
    return [
        {"kind": each.kind, "name": each.name, "lines": list(each.lines)} for each in differences
    ]


def text_of(cell: Cell | str) -> str:
    """The text of a place in a grid."""
    return cell.text if isinstance(cell, Cell) else cell
