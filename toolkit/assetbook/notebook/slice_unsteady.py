"""Names whose objects change when they are only read: what is read once, instances that count.

``print(next(rows))`` looks around, and yet the rest of ``rows`` is another one afterwards.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator

from assetbook.notebook.mutation import changes_in
from assetbook.notebook.slice_rules import rules
from assetbook.notebook.statement_effects import bindings
from assetbook.notebook.statements import Statement
from assetbook.notebook.tree_walk import Nodes, all_within

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_EXPECTED = frozenset(
    [
        "__init__",
        "__new__",
        "__post_init__",
        "__init_subclass__",
        "__set_name__",
        "__call__",
        "__setattr__",
        "__setitem__",
        "__delitem__",
        "__delattr__",
        "__enter__",
        "__exit__",
    ]
)
"""Methods that change their object where a reader expects it, or before it has a name."""
_CACHES = frozenset({"cache", "lru_cache", "memoize", "cached"})
_CURRENT = frozenset({"gcf", "gca"})
"""What gives the figure that was drawn last."""


def unsteady_names(statements: Iterable[Statement], fixed: Collection[str]) -> frozenset[str]:
    """The names of which each read may change the object behind them.

    ``fixed`` are names of modules, functions, classes and plain numbers and text.
    """
    every = list(statements)
    makers = set(rules().unsteady)
    found: set[str] = set()
    for each in every:
        if isinstance(each.node, ast.ClassDef) and _is_restless(each.node):
            makers.add(each.node.name)
        elif isinstance(each.node, _FUNCTIONS):
            if _yields(each.nodes):
                makers.add(each.node.name)
            if _is_cached(each.node) and each.reads_later - set(fixed):
                found.add(each.node.name)  # its first answer stays
    for each in every:
        found |= set(_bound_to(each, makers))
    return frozenset(found | _drawing_on_the_current(every))


def _bound_to(statement: Statement, makers: Collection[str]) -> Iterator[str]:
    if statement.node is None or isinstance(statement.node, (*_FUNCTIONS, ast.ClassDef)):
        return
    for targets, value in bindings(statement):
        values = value.elts if isinstance(value, ast.Tuple) else [value]
        if any(isinstance(each, ast.GeneratorExp) or _maker(each) in makers for each in values):
            yield from targets


def _maker(value: ast.expr) -> str:
    func = value.func if isinstance(value, ast.Call) else None
    if isinstance(func, ast.Attribute):
        return func.attr
    return func.id if isinstance(func, ast.Name) else ""


def _is_restless(node: ast.ClassDef) -> bool:
    """Whether a look at an instance may change it: by a property, ``__iter__``, ``__repr__``."""
    return any(
        changes_in(all_within(each)) or "cached_property" in map(_last_name, each.decorator_list)
        for each in node.body
        if isinstance(each, _FUNCTIONS)
        and each.name not in _EXPECTED
        and (each.decorator_list or each.name.startswith("__"))
    )


def _is_cached(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return not _CACHES.isdisjoint(map(_last_name, node.decorator_list))


def _last_name(decorator: ast.expr) -> str:
    func = decorator.func if isinstance(decorator, ast.Call) else decorator
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


def _yields(nodes: Nodes) -> bool:
    return bool(nodes.of(ast.Yield, ast.YieldFrom))


def _drawing_on_the_current(statements: Iterable[Statement]) -> set[str]:
    """``plt``, if some statement asks for the figure that was drawn last."""
    every = list(statements)
    asked = any(part.attr in _CURRENT for each in every for part in each.nodes.of(ast.Attribute))
    return {
        name
        for each in every
        for name, source in each.names.imports.items()
        if asked and source in ("matplotlib.pyplot", "matplotlib:pyplot", "pylab")
    }
