"""The names under which the code of loaded cells is compiled: what warnings, logged errors and any
other traceback call a cell, ``<cell 3: import pandas as pd>``; and the trees it is made from.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import linecache
from typing import Any

from assetbook.notebook.quiet_parsing import parse_quietly


@functools.cache
def named_after_cells() -> type[Any]:
    """A compiler for an IPython shell that names code by its ``cell``, the title of the cell that
    runs next, once that is set. With ``parsed_before`` it takes the trees in which loading found
    what to run: where nobody rewrites them."""
    from IPython.core.compilerop import CachingCompiler

    class CellCompiler(CachingCompiler):  # type: ignore[misc]
        cell = ""
        parsed_before = False

        def ast_parse(
            self, source: str, filename: str = "<unknown>", symbol: str = "exec"
        ) -> ast.AST:
            if not self.parsed_before or symbol != "exec":
                made: ast.AST = super().ast_parse(source, filename, symbol)
                return made
            tree = parse_quietly(source)  # IPython may add to the statements
            return ast.Module([*tree.body], tree.type_ignores)

        def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
            if not self.cell:
                name: str = super().get_code_name(raw_code, transformed_code, number)
                return name
            return _file_name(self.cell, transformed_code)

    return CellCompiler


def _file_name(title: str, code: str) -> str:
    """The name for the code of a cell; one of its own if that was loaded with another text."""
    lines = [f"{line}\n" for line in code.splitlines()]
    if title not in linecache.cache or linecache.getlines(title) == lines:
        return title
    digest = hashlib.sha256(code.encode("utf-8", "replace")).hexdigest()[:6]
    return f"{title.removesuffix('>')} ({digest})>"
