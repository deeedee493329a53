"""Statements that may bind or change names which their text does not show.

A star import, ``exec``, ``globals()["x"] = 1``, ``%run``; and calls of functions that do such.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from assetbook.notebook.statements import Statement

_DEFINING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_BY_TEXT = frozenset({"exec", "eval", "globals", "vars", "locals"})
_SHELL = frozenset({"push", "user_ns", "run_cell", "ex", "ev", "safe_execfile", "user_global_ns"})


def unseen_binders(statements: Iterable[Statement]) -> list[Statement]:
    """Those of the statements that may bind any name when they run."""
    through = set(_BY_TEXT)  # names that lead to the namespace, or to a function that does
    found = []
    for each in statements:
        by_name = not through.isdisjoint(each.reads)
        if isinstance(each.node, _DEFINING):
            if by_name or not through.isdisjoint(each.names.reads_later):
                through |= each.binds
            if not by_name:
                continue
        if by_name or each.names.star_imports or _runs_file(each) or _by_the_shell(each):
            found.append(each)
            if isinstance(each.node, ast.Assign) and _is_namespace(each.node.value):
                through |= each.binds
    return found


def _runs_file(statement: Statement) -> bool:
    return any(each.name == "run" for each in statement.magics)


def _is_namespace(value: ast.expr) -> bool:
    """``g = globals()``"""
    func = value.func if isinstance(value, ast.Call) else None
    return isinstance(func, ast.Name) and func.id in _BY_TEXT - {"exec", "eval"}


def _by_the_shell(statement: Statement) -> bool:
    return any(
        each.attr in _SHELL
        and isinstance(each.value, ast.Call)
        and getattr(each.value.func, "id", "") == "get_ipython"
        for each in statement.nodes.of(ast.Attribute)
    )
