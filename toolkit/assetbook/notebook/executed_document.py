"""A live notebook as its cells ran, in the form in which a saved one is read."""

from __future__ import annotations

import functools
from pathlib import Path

from assetbook.notebook.cell_text import python_text
from assetbook.notebook.document import Document, SourceCell
from assetbook.notebook.executed_cells import ExecutedCell, ExecutedCells
from assetbook.notebook.quiet_parsing import parse_quietly
from assetbook.notebook.slice_rules import rules

PLACE = Path("the notebook as it ran")
"""What stands for the file."""


def executed_document(executed: ExecutedCells, kernel: str) -> Document:
    """The cells that ran, each with its last text, in the order in which they ran last.

    Of one that failed it is the text of what it has left behind. Left out are cells of nothing but
    magics that ask and define nothing, and those that are gone with their definitions. ``kernel``
    is the name of its kernelspec.
    """
    kept = [each for each in executed if _counts(each)]
    kept.sort(key=lambda each: each.at)
    cells = [
        SourceCell(number, each.cell.id, "code", each.left) for number, each in enumerate(kept, 1)
    ]
    return Document(PLACE, tuple(cells), kernel)


def _counts(each: ExecutedCell) -> bool:
    if each.gone:
        return False
    lines = [line for line in each.left.splitlines() if line.strip()]
    asks = all(
        line.startswith("%") and line[1:].partition(" ")[0] in rules().skipped for line in lines
    )
    return not asks and _is_python(each.left)


@functools.lru_cache(1024)
def _is_python(text: str) -> bool:
    """Whether a cell can be read; that of a magic is read by the magic."""
    if text.lstrip().startswith("%%"):
        return True
    try:
        parse_quietly(python_text(text).source)
    except (SyntaxError, ValueError):
        return False
    return True
