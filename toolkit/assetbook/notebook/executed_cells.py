"""The cells that ran in this kernel, each with the text of its last run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec
from msgspec import structs

from assetbook.notebook.left_behind import left_behind, left_imported
from assetbook.notebook.reachable import Cell


class ExecutedCell(msgspec.Struct, frozen=True):
    """The last run of a cell."""

    cell: Cell
    text: str
    at: float
    """When it began, in seconds since 1970."""
    gone: bool = False
    """Whether it was deleted or replaced, and its definitions ended with it."""
    left: str = ""
    """The text of what its runs left behind: its own, unless it failed."""
    before: str = ""
    """The text of what the runs before this one had left."""


class Imported(NamedTuple):
    """Where a name of the notebook is from."""

    source: str
    """``helpers:RATE``, or ``helpers``."""
    cell: str
    """The cell that imported it, as ``In[4]``."""


class ExecutedCells:
    """The cells that ran in this kernel, each with the text of its last run."""

    def __init__(self) -> None:
        self._cells: dict[str, ExecutedCell] = {}
        self._imported: dict[str, Imported] | None = None  # worked out when somebody asks

    def note(self, cell: Cell, text: str, at: float) -> None:
        """A cell begins to run."""
        earlier = self._cells.get(cell.id)
        before = earlier.left if earlier is not None and not earlier.gone else ""
        self._imported = None
        self._cells[cell.id] = ExecutedCell(cell, text, at, left=text, before=before)

    def fail(self, cell: str, line: int, *, defined: bool) -> None:
        """The cell has failed at that line (0: nothing of it ran); ``defined``: after it made
        definitions."""
        if cell in self._cells:
            each = self._cells[cell]
            left = left_behind(each.text, line, each.before, defined=defined)
            self._imported = None
            self._cells[cell] = structs.replace(each, left=left)

    def replace(self, cell: str) -> None:
        """What the cell defined is another one's now: it is gone, if all it bound is bound anew."""
        if cell in self._cells:
            old = self._cells[cell]
            later = (each.cell.binds for each in self if each.at > old.at)
            if old.cell.binds <= frozenset[str]().union(*later):
                self.end(cell)

    def end(self, cell: str) -> None:
        """The cell was deleted, and what it defined has ended."""
        if cell in self._cells:
            self._cells[cell] = structs.replace(self._cells[cell], gone=True)

    def binding(self, name: str) -> str:
        """The cell whose text bound ``name`` last, as ``In[4]``; empty if that is not known."""
        found = [each for each in self if name in each.cell.binds]
        return str(max(found, key=lambda each: each.at).cell) if found else ""

    def imported(self, name: str) -> Imported | None:
        """What ``name`` was imported from, if the statement that bound it last is an import."""
        found = self._imported
        if found is None:
            found = {}
            for each in sorted(self, key=lambda each: each.at):
                for bound in each.cell.binds:
                    found.pop(bound, None)
                if "import" in each.left:
                    for bound, source in left_imported(each.left).items():
                        found[bound] = Imported(source, str(each.cell))
            self._imported = found
        return found.get(name)

    def __iter__(self) -> Iterator[ExecutedCell]:
        """The last run of each, in the order in which they first ran."""
        return iter(list(self._cells.values()))  # other threads may look while cells run
