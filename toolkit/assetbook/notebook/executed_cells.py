"""The cells that ran in this kernel, each with the text of its last run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from assetbook.notebook.reachable import Cell


@dataclass(frozen=True, slots=True)
class ExecutedCell:
    """The last run of a cell."""

    cell: Cell
    text: str
    at: float
    """When it began, in seconds since 1970."""
    gone: bool = False
    """Whether it was deleted, and its definitions ended with it."""


class ExecutedCells:
    """The cells that ran in this kernel, each with the text of its last run."""

    def __init__(self) -> None:
        self._cells: dict[str, ExecutedCell] = {}

    def note(self, cell: Cell, text: str, at: float) -> None:
        """A cell begins to run."""
        self._cells[cell.id] = ExecutedCell(cell, text, at)

    def end(self, cell: str) -> None:
        """The cell was deleted, and what it defined has ended."""
        if cell in self._cells:
            self._cells[cell] = replace(self._cells[cell], gone=True)

    def binding(self, name: str) -> str:
        """The cell whose text bound ``name`` last, as ``In[4]``; empty if that is not known."""
        found = [each for each in self if name in each.cell.binds]
        return str(max(found, key=lambda each: each.at).cell) if found else ""

    def __iter__(self) -> Iterator[ExecutedCell]:
        """The last run of each, in the order in which they first ran."""
        return iter(self._cells.values())
