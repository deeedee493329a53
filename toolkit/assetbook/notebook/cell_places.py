"""Which cell a code file name belongs to, so that places read ``In[4], line 3``."""

from __future__ import annotations

from pathlib import Path

from assetbook.notebook.reachable import cell_word


class CellPlaces:
    """Remembers which cell was compiled under which file name.

    IPython names a cell's code after a hash of its text, so that the same text run again keeps its
    name; the latest number wins. ``in_file``: the cells are a file's, known by their position.
    """

    def __init__(self, *, in_file: bool = False) -> None:
        self._numbers: dict[str, int] = {}
        self._in_file = in_file

    def note(self, filename: str, number: int) -> None:
        """The cell compiled as ``filename`` runs as ``In[number]``."""
        self._numbers[filename] = number

    def cell(self, filename: str) -> str | None:
        """``In[4]`` for a cell's file name; None for any other."""
        number = self._numbers.get(filename)
        return None if number is None else cell_word(number, in_file=self._in_file)

    def where(self, filename: str, line: int) -> str:
        """``In[4], line 3``, or ``helpers.py, line 10`` for a file."""
        cell = self.cell(filename)
        if cell is not None:
            return f"{cell}, line {line}"
        return f"{short(filename)}, line {line}"

    def place_of(self, filename: str, line: int) -> str:
        """``In[4]`` or ``helpers.py``: where a piece of code lives."""
        return self.cell(filename) or short(filename)


def short(filename: str) -> str:
    """A file's name as people know it: its last part, or as it is for ``<string>`` and the like."""
    return filename if filename.startswith("<") else Path(filename).name
