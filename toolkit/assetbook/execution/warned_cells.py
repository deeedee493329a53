"""Warnings of a step's code name its cell, ``<In[4]: import pandas as pd>``, and not the file under
whose name the cell was compiled."""

from __future__ import annotations

import linecache
import warnings

from assetbook.execution.after_import import Undo, replaced
from assetbook.execution.sink import current_sink


def name_warned_cells() -> Undo:
    """Has warnings name cells from now on, in the contexts of steps; gives back what ends it."""
    formatted = warnings.formatwarning

    def formatted_with_cell(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        line: str | None = None,
    ) -> str:
        sink = current_sink.get()
        name = filename if sink is None else sink.cell_name(filename)
        if name != filename and line is None:
            line = linecache.getline(filename, lineno)
        return formatted(message, category, name, lineno, line)

    return replaced(warnings, "formatwarning", formatted_with_cell)
