"""What a piece of code stores into or changes in place beyond its own names, judged by spelling.

A reached value that reached code changes is state. Whether the target really is a value that such
a call can change is asked of the live object (``can_change``); what this misses shows when values
are compared before and after a step.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from types import ModuleType

import msgspec

from assetbook.notebook.mutations import MUTATING_FUNCTIONS, MUTATING_METHODS, root_name
from assetbook.notebook.tree_walk import Nodes

STORE = "="
"""The ``how`` of a change that is a store or a deletion, not a call."""


class Change(msgspec.Struct, frozen=True):
    """One change in place: ``root.path`` is stored into, or ``how`` is called on it."""

    root: str
    path: tuple[str, ...]
    how: str


_OF_NUMPY = frozenset(["sort", "fill", "put", "resize", "itemset", "setflags", "partition"])
_OF_PANDAS = frozenset(["insert", "pop", "update", "__setitem__", "__delitem__", "inplace"])
_OF_POLARS = frozenset(["extend", "insert_column", "replace_column", "drop_in_place", "append"])
_BY_LIBRARY = {"numpy": _OF_NUMPY, "pandas": _OF_PANDAS, "polars": _OF_POLARS}


def changes_in(nodes: Nodes) -> tuple[Change, ...]:
    """The changes that code makes, by the name each access starts at, local ones included."""
    found: set[Change] = set()
    aliases: dict[str, ast.expr] = {}
    for access in nodes.of(ast.Attribute, ast.Subscript):
        if not isinstance(access.ctx, ast.Load):
            _add(found, access.value, STORE)
    for call in nodes.of(ast.Call):
        _add_call(found, call)
    for augmented in nodes.of(ast.AugAssign):
        if isinstance(augmented.target, ast.Name):
            _add(found, augmented.target, "+=")
    for node in nodes.of(ast.Assign):
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)], value=ast.Name() | ast.Attribute() as value
            ):
                if root_name(value) is not None:
                    aliases[name] = value
    for change in list(found):  # ``c = CACHE; c[k] = v`` changes CACHE
        if change.root in aliases:
            _add(found, aliases[change.root], change.how, change.path)
    return tuple(sorted(found, key=lambda each: (each.root, each.path, each.how)))


def can_change(value: object, change: Change) -> bool:
    """Whether the live ``value`` is something that ``change`` can change in place."""
    if isinstance(value, ModuleType):
        return change.how == STORE or change.how in ("setattr()", "delattr()")
    if change.how == "+=":
        return isinstance(value, list | set | dict | bytearray) or _is_array(value)
    if isinstance(value, _FROZEN):
        return False
    library = str(type(value).__module__).partition(".")[0]
    if change.how == STORE or change.how.endswith("()"):
        return library != "pyarrow"
    if library in _BY_LIBRARY:
        return change.how in _BY_LIBRARY[library]
    return library != "pyarrow"


_FROZEN = (int, float, complex, str, bytes, tuple, frozenset, range, type(None))


def _is_array(value: object) -> bool:
    return str(type(value).__module__).partition(".")[0] == "numpy" and hasattr(value, "flags")


def _add_call(found: set[Change], call: ast.Call) -> None:
    func = call.func
    if isinstance(func, ast.Attribute):
        if func.attr in MUTATING_METHODS:
            _add(found, func.value, func.attr)
        if any(_is_true(each, "inplace") for each in call.keywords):
            _add(found, func.value, "inplace")
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    if call.args and name in MUTATING_FUNCTIONS:
        _add(found, call.args[0], f"{name}()")
    for keyword in call.keywords:
        if keyword.arg == "out":
            _add(found, keyword.value, "out()")


def _is_true(keyword: ast.keyword, name: str) -> bool:
    value = keyword.value
    return keyword.arg == name and isinstance(value, ast.Constant) and value.value is True


def _add(found: set[Change], target: ast.expr, how: str, tail: tuple[str, ...] = ()) -> None:
    root = root_name(target)
    if root is not None:
        found.add(Change(root.id, (*_path(target), *tail), how))


def _path(node: ast.expr) -> tuple[str, ...]:
    """The attributes at the start of an access, up to the first subscript or call."""
    names: list[str] = []
    while not isinstance(node, ast.Name):
        match node:
            case ast.Attribute(value=value, attr=attr):
                names.append(attr)
                node = value
            case ast.Subscript(value=value) | ast.Starred(value=value):
                names.clear()
                node = value
            case ast.Call(func=ast.Attribute(value=value)):
                names.clear()
                node = value
            case _:
                return ()
    return tuple(reversed(names))


def stores_into_self(tree: ast.AST, changes: Iterable[Change]) -> bool:
    """Whether a method changes its first parameter."""
    arguments: ast.arguments | None = getattr(tree, "args", None)
    if arguments is None:
        return False
    parameters = [*arguments.posonlyargs, *arguments.args]
    return bool(parameters) and any(
        each.root == parameters[0].arg and each.how != "+=" for each in changes
    )


def changed_defaults(changes: Iterable[Change], defaults: Mapping[str, object]) -> list[str]:
    """The parameters whose default value (by name, live) is changed in place."""
    found = {
        each.root
        for each in changes
        if each.root in defaults and can_change(defaults[each.root], each)
    }
    return sorted(found)
