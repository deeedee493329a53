"""All nodes of a syntax tree, as ``ast.walk`` gives them in a third of the time.

The nodes that only say whether a name is loaded or stored (``ctx``) are left out. Only a node's
own fields are followed: IPython's tracebacks write each node's parent on it, also on the operators
that all trees of a process share.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, ClassVar

_CONTEXTS = frozenset({ast.Load, ast.Store, ast.Del})
_OPERATORS = frozenset(
    each
    for kind in (ast.operator, ast.unaryop, ast.boolop, ast.cmpop)
    for each in kind.__subclasses__()
)
_PASSED = frozenset({ast.Constant, *_OPERATORS})
_LEAVES = frozenset({ast.Name, ast.Constant, ast.alias, ast.Pass, *_CONTEXTS, *_OPERATORS})
_PLAIN = frozenset(
    {"ctx", "id", "attr", "arg", "kind", "asname", "module", "level"}
    | {"type_comment", "conversion", "is_async", "simple"}
)
"""Fields in which there is no node, whatever has them."""


_known_fields: dict[type[ast.AST], tuple[str, ...]] = {ast.Constant: ()}


def _fields(kind: type[ast.AST]) -> tuple[str, ...]:
    """The fields in which nodes of that kind may have nodes."""
    found = _known_fields.get(kind)
    if found is None:
        found = _known_fields[kind] = tuple(each for each in kind._fields if each not in _PLAIN)
    return found


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes right below ``node``, in the order of its fields."""
    found: list[ast.AST] = []
    kind = node.__class__
    for name in _known_fields.get(kind) or _fields(kind):
        value = getattr(node, name, None)
        if value is None:
            continue
        if value.__class__ is list:
            found += [each for each in value if isinstance(each, ast.AST)]
        elif isinstance(value, ast.AST) and value.__class__ not in _CONTEXTS:
            found.append(value)
    return found


def all_within(*roots: ast.AST) -> list[ast.AST]:
    """The roots and all nodes below them, each before those below it."""
    found = list(roots)
    for node in found:
        if node.__class__ not in _LEAVES:
            found += children(node)
    return found


class TreeVisitor:
    """A walk by ``visit_...`` methods, as ``ast.NodeVisitor`` makes it, but past constants and
    operators."""

    _methods: ClassVar[dict[type[ast.AST], Callable[[Any, Any], None]]]
    """By the kind of node; each looked up once."""

    def __init_subclass__(cls) -> None:
        cls._methods = {}

    def visit(self, node: ast.AST) -> None:
        """Calls the method for nodes of this kind."""
        method = self._methods.get(node.__class__) or self._look_up(node.__class__)
        method(self, node)

    def _look_up(self, kind: type[ast.AST]) -> Callable[[Any, Any], None]:
        cls = type(self)
        found: Callable[[Any, Any], None]
        found = getattr(cls, f"visit_{kind.__name__}", cls.generic_visit)
        cls._methods[kind] = found
        return found

    def generic_visit(self, node: ast.AST) -> None:
        """Visits what is right below ``node``."""
        for each in children(node):
            if each.__class__ not in _PASSED:
                self.visit(each)
