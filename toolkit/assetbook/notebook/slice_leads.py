"""Functions and classes that lead to objects of the notebook: what they give back, and keep.

``def rows(): return _rows``, ``def put(v, into=rows): ...``, ``class Table: rows = rows``.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator

from assetbook.notebook.scopes import parameter_nodes
from assetbook.notebook.statement_effects import roots_of
from assetbook.notebook.statements import Statement
from assetbook.notebook.tree_walk import Nodes

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def leads(statement: Statement, fixed: Collection[str]) -> set[str]:
    """The names whose objects are reached through the function or class that it defines."""
    node = statement.node
    if isinstance(node, _FUNCTIONS):
        found = {name for each in _given(node, statement.nodes) for name in roots_of(each)}
        known = statement.reads_later | statement.reads
        return (found & known) - set(fixed) - statement.binds
    if isinstance(node, ast.ClassDef):
        kept = (each.value for each in node.body if isinstance(each, ast.Assign))
        found = {name for each in kept for name in roots_of(each)}
        return (found & statement.reads) - set(fixed) - statement.binds
    return set()


def bases(statement: Statement) -> set[str]:
    """The names of the classes that a class is derived from."""
    return (
        set().union(*map(roots_of, statement.node.bases))
        if isinstance(statement.node, ast.ClassDef)
        else set()
    )


def leading_names(statements: Iterable[Statement], fixed: Collection[str]) -> frozenset[str]:
    """Of the names in ``fixed``, those of functions and classes that lead to objects."""
    found: set[str] = set()
    for each in statements:
        if leads(each, fixed) or bases(each) & found:
            found |= each.binds
    return frozenset(found)


def _given(node: ast.FunctionDef | ast.AsyncFunctionDef, nodes: Nodes) -> Iterator[ast.expr]:
    """Defaults, and what is returned or yielded."""
    local = {each.arg for each in parameter_nodes(node.args)}
    yield from node.args.defaults
    yield from (each for each in node.args.kw_defaults if each is not None)
    for part in nodes.of(ast.Return, ast.Yield):
        if part.value is not None:
            value = part.value
            while isinstance(value, ast.Attribute | ast.Subscript):
                value = value.value
            if isinstance(value, ast.Name) and value.id not in local:
                yield value
