"""Whether the file of a local module would still give a class that the kernel holds.

What a class's body computes must be written as it was when the class was first looked at. Methods
and literals are held against what the class has now, since reloaders patch these in place.
"""

from __future__ import annotations

import ast
import copy
import enum
import sys
from collections.abc import Iterator
from types import FunctionType
from typing import Any

from assetbook.notebook.canonical import canonical, canonical_digest
from assetbook.notebook.cell_source import Found, class_source, edited, old_one, source_of
from assetbook.notebook.constants import constant_digest
from assetbook.notebook.file_doubts import first_seen, gives, only_literal, same_value
from assetbook.notebook.reach import Reach

_PLAIN_DECORATORS = frozenset({"staticmethod", "classmethod", "property"})
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def doubt_class(reach: Reach, cls: type) -> None:
    """Notes a class of a local module as unknown if its file would give another one now."""
    module = sys.modules.get(cls.__module__)
    file = vars(module).get("__file__") if module is not None else None
    if file is None or cls.__module__ == "__main__":
        return
    reach.observed.source(file)
    found = class_source(cls, file)
    if found is None or not isinstance(found.tree, ast.ClassDef):
        return
    now = reach.observed.name(vars(module), cls.__qualname__)
    as_written = _is_as_written(cls, found.tree, file)
    older = isinstance(now, type) and now is not cls
    if older and not (as_written and _holds_the_same(cls, now)):
        why = old_one(file, reach.bound_in(cls.__qualname__))
    elif not as_written:
        why = edited(file)
    else:
        return
    reach.unknown(cls.__qualname__, f"`{cls.__qualname__}` cannot be versioned: {why}")


def _is_as_written(cls: type, tree: ast.ClassDef, file: str) -> bool:
    """Whether the live class is what its file says."""
    methods = {each.name: each for each in _methods(tree)}
    literals = {name for each in tree.body if (name := _name_of_literal(tree, each))}
    names = methods.keys() | literals
    rest = _rest(tree)
    first, before = first_seen(cls, (rest, frozenset(names)))
    if first != rest or not literals <= vars(cls).keys():
        return False
    if any(name in vars(cls) for name in before - names):  # gone from the file, and not from here
        return False
    holds = all(_is_method(vars(cls).get(name), each, file) for name, each in methods.items())
    return holds and _literals_hold(cls, tree)


def _methods(tree: ast.ClassDef) -> Iterator[_Function]:
    """The functions that are looked at by themselves: each by its only name, plainly decorated."""
    functions = [each for each in tree.body if isinstance(each, _Function)]
    names = [each.name for each in functions]
    for each in functions:
        kinds = [getattr(decorator, "id", "") for decorator in each.decorator_list]
        if names.count(each.name) == 1 and _PLAIN_DECORATORS.issuperset(kinds):
            yield each


def _rest(tree: ast.ClassDef) -> bytes:
    """What a class's text says besides its methods and literals."""
    methods = set(_methods(tree))
    header = copy.copy(tree)
    header.body = [
        each for each in tree.body if each not in methods and not _name_of_literal(tree, each)
    ] or [ast.Pass()]
    return canonical_digest(canonical(header))


def _name_of_literal(tree: ast.ClassDef, statement: ast.stmt) -> str:
    """The public name that a statement gives a literal, and nothing else does; empty if none."""
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return ""
    target = statement.targets[0]
    if not isinstance(target, ast.Name) or target.id.startswith("_"):
        return ""
    value = only_literal(tree.body, target.id)
    try:
        ast.literal_eval(value or "")
    except (ValueError, SyntaxError):
        return ""
    return target.id


def _is_method(held: Any, tree: _Function, file: str) -> bool:
    held = held.fget if isinstance(held, property) else getattr(held, "__func__", held)
    if not isinstance(held, FunctionType):
        return False
    found = source_of(held.__code__, file)
    return isinstance(found, Found) and canonical(found.tree) == canonical(tree)


def _literals_hold(cls: type, tree: ast.ClassDef) -> bool:
    """Whether the literals that a class's body sets are what the live class holds."""
    for name, held in list(vars(cls).items()):
        literal = only_literal(tree.body, name)
        if literal is None or _is_descriptor(held):
            continue
        if gives(literal, _plain(held)) is False:
            return False
    return True


def _holds_the_same(cls: type, now: type) -> bool:
    """Whether a class has the constants of the one that its module holds under its name now."""
    return cls is now or all(
        same_value(_plain(held), _plain(vars(now).get(name)))
        for name, held in list(vars(cls).items())
        if not name.startswith("__") and constant_digest(_plain(held)) is not None
    )


def _plain(held: Any) -> Any:
    return held._value_ if isinstance(held, enum.Enum) else held


def _is_descriptor(value: object) -> bool:
    return hasattr(type(value), "__get__")
