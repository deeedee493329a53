"""State that belongs to modules: settings that act through any of its names, random numbers.

``import json as j; j.dumps = fast`` acts on every ``json`` of the process. Such state has a name
of its own here, ``:json``, which no notebook can bind.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping

from assetbook.notebook.slice_rules import rules
from assetbook.notebook.statements import Statement

_DEFINING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_SEEDS = frozenset({"seed", "setstate", "set_state"})
_MAKERS = frozenset({"Random", "SystemRandom", "RandomState", "default_rng", "Generator"})
_RANDOM = ("random", "numpy.random")
_DRAWING = ("random", "numpy")
"""What the sources of names begin with that lead there."""
_DRAWN_THROUGH = {"seaborn": "matplotlib"}
"""Packages that are settings of another one."""


def is_state(name: str) -> bool:
    """Whether a name is a module's state's."""
    return name.startswith(":")


def state_of(source: str) -> str:
    """The name of the state of the package that an import (``pkg.mod:name``) comes from."""
    package = source.partition(":")[0].partition(".")[0]
    return f":{_DRAWN_THROUGH.get(package, package)}"


def imports_of(statements: Iterable[Statement]) -> dict[str, str]:
    """By bound name, where it is imported from."""
    return {name: source for each in statements for name, source in each.names.imports.items()}


def imported_states(statement: Statement) -> set[str]:
    """The states of the packages that it imports, or that its functions will import."""
    found: set[str] = set()
    for each in statement.nodes.of(ast.Import):
        found |= {state_of(alias.name) for alias in each.names}
    for of_module in statement.nodes.of(ast.ImportFrom):
        if of_module.module:
            found.add(state_of(of_module.module))
    return found


class Draws:
    """Random numbers that come one after another from a module's own generator."""

    def __init__(self, statements: Iterable[Statement], sources: Mapping[str, str]) -> None:
        self._sources = {
            name: source for name, source in sources.items() if source.startswith(_DRAWING)
        }
        self._calls = {each.index: set(self._calls_in(each)) for each in statements}
        self._seeded = {
            state
            for calls in self._calls.values()
            for state, function in calls
            if function in _SEEDS
        }

    def of(self, statement: Statement) -> set[str]:
        """The states that it draws from; none that nobody seeds."""
        return {state for state, _ in self._calls[statement.index]} & self._seeded

    def _calls_in(self, statement: Statement) -> Iterator[tuple[str, str]]:
        named = statement.reads | statement.reads_later | statement.binds
        if named.isdisjoint(self._sources):
            return
        for each in statement.nodes.of(ast.Attribute, ast.Name):
            module, _, function = self._path(each).rpartition(".")
            if module in _RANDOM and function not in _MAKERS:
                yield f":{module}:draws", function

    def _path(self, access: ast.expr) -> str:
        names: list[str] = []
        while isinstance(access, ast.Attribute):
            names.append(access.attr)
            access = access.value
        source = self._sources.get(access.id) if isinstance(access, ast.Name) else None
        return ".".join([source.replace(":", "."), *reversed(names)]) if source else ""


def own_statements(node: ast.stmt) -> Iterator[ast.stmt]:
    """A statement and those inside that run with it, not those of functions it defines."""
    yield node
    if isinstance(node, _DEFINING):
        return
    for field in ("body", "orelse", "finalbody"):
        for each in getattr(node, field, ()):
            yield from own_statements(each)
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        for each in part.body:
            yield from own_statements(each)


def acts_on_imports(
    statement: Statement, sources: Collection[str], changed: Collection[str]
) -> Iterator[str]:
    """The imported names among ``changed``, and those on which a call in it sets something.

    Looked for in functions as well: it is what happens when they are called.
    """
    yield from (name for name in changed if name in sources)
    for each in statement.nodes.of(ast.Call):
        if isinstance(each.func, ast.Attribute):
            root: ast.expr = each.func.value
            while isinstance(root, ast.Attribute | ast.Subscript):
                root = root.value
            if not isinstance(root, ast.Name) or root.id not in sources:
                continue
            if rules().is_setting(each.func.attr):
                yield root.id
