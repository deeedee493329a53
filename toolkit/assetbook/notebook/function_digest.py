"""The digest of a function's own code, also as it would be under another name."""

from __future__ import annotations

import ast
from collections.abc import Callable
from copy import copy
from types import CodeType

from assetbook.notebook.canonical import canonical, canonical_digest
from assetbook.notebook.cell_source import NotFound, source_of

DecoratorKind = Callable[[ast.expr], str]
"""``framework`` (left out), ``plain`` (reads no docstring), ``local`` or ``foreign``."""


def function_digest(tree: ast.AST, flags: int, kind_of: DecoratorKind) -> bytes:
    """16 bytes that stand for the function with that ``tree``, under the ``flags`` that
    ``from __future__ import ...`` set."""
    kinds = [(each, kind_of(each)) for each in getattr(tree, "decorator_list", [])]
    framework = [each for each, kind in kinds if kind == "framework"]
    foreign = any(kind == "foreign" for _, kind in kinds)
    text = canonical(tree, without=framework, keep_docstring=foreign)
    return canonical_digest(text + str(flags).encode())


def digest_called(code: CodeType, kind_of: DecoratorKind, name: str) -> bytes:
    """The same if the function was called ``name``; empty without its source, or a name."""
    found = source_of(code)
    if isinstance(found, NotFound) or not hasattr(found.tree, "name"):
        return b""
    tree = copy(found.tree)
    tree.name = name
    return function_digest(tree, found.flags, kind_of)
