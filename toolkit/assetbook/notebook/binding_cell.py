"""Which cell bound a name of the notebook, for messages that say where to look."""

from __future__ import annotations

import ast
import linecache

from assetbook.notebook.cell_names import cell_names
from assetbook.notebook.cell_source import is_cell
from assetbook.notebook.quiet_parsing import parse_quietly


def place_of_binding(name: str) -> tuple[str, int] | None:
    """The code file name of the newest cell that binds ``name``, and the line; None without one."""
    for filename in reversed([*linecache.cache]):
        if is_cell(filename):
            line = _line_of(name, "".join(linecache.getlines(filename)))
            if line is not None:
                return filename, line
    return None


def _line_of(name: str, text: str) -> int | None:
    try:
        statements = parse_quietly(text).body if name in text else []
    except SyntaxError:
        return None
    for statement in reversed(statements):
        if name in cell_names(ast.Module([statement], [])).binds:
            return statement.lineno
    return None
