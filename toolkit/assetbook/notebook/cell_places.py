"""Which cell a code file name belongs to, so that places read ``In[4], line 3``."""

from __future__ import annotations

from pathlib import Path

from assetbook.definitions.secret_literals import masked

_LONGEST = 60  # characters of a first line


class CellPlaces:
    """Remembers which cell was compiled under which file name.

    IPython names a cell's code after a hash of its text, so that the same text run again keeps its
    name; the latest run wins.
    """

    def __init__(self) -> None:
        self._cells: dict[str, str] = {}

    def note(self, filename: str, cell: str) -> None:
        """What is compiled as ``filename`` is of ``cell``: ``In[4]``, or ``cell 4`` of a file."""
        self._cells[filename] = cell

    def cell(self, filename: str) -> str | None:
        """``In[4]`` for a cell's file name; None for any other."""
        return self._cells.get(filename)

    def where(self, filename: str, line: int) -> str:
        """``In[4], line 3``, or ``helpers.py, line 10`` for a file."""
        cell = self.cell(filename)
        if cell is not None:
            return f"{cell}, line {line}"
        return f"{short(filename)}, line {line}"

    def place_of(self, filename: str, line: int) -> str:
        """``In[4]`` or ``helpers.py``: where a piece of code lives."""
        return self.cell(filename) or short(filename)


def cell_title(cell: str, first_line: str) -> str:
    """``<In[4]: import pandas as pd>``: what tracebacks call a cell. What looks like a secret in
    its first line is masked."""
    line = masked(first_line)
    return f"<{cell}: {line if len(line) <= _LONGEST else line[: _LONGEST - 1] + '…'}>"


def short(filename: str) -> str:
    """A file's name as people know it: its last part, or as it is for ``<string>`` and the like."""
    return filename if filename.startswith("<") else Path(filename).name
