"""All nodes of a syntax tree, as ``ast.walk`` gives them in a third of the time.

The nodes that only say whether a name is loaded or stored (``ctx``) are left out. Only a node's
own fields are followed: IPython's tracebacks write each node's parent on it, also on the operators
that all trees of a process share.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar, overload

_N = TypeVar("_N", bound=ast.AST)
_M = TypeVar("_M", bound=ast.AST)
_CONTEXTS = frozenset({ast.Load, ast.Store, ast.Del})
_OPERATORS = frozenset(
    each
    for kind in (ast.operator, ast.unaryop, ast.boolop, ast.cmpop)
    for each in kind.__subclasses__()
)
_PASSED = frozenset({ast.Constant, *_OPERATORS})
_SKIPPED = _PASSED | _CONTEXTS
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
        if not value:  # most fields are empty
            continue
        if value.__class__ is list:
            found += [each for each in value if isinstance(each, ast.AST)]
        elif isinstance(value, ast.AST) and value.__class__ not in _CONTEXTS:
            found.append(value)
    return found


class Nodes(list[ast.AST]):
    """The nodes of a piece of code, each before those below it.

    Most questions are about few kinds of them, and many are asked of the same nodes.
    """

    __slots__ = ("_kinds",)
    _kinds: dict[type[ast.AST], list[ast.AST]]

    @overload
    def of(self, kind: type[_N], /) -> list[_N]: ...
    @overload
    def of(self, kind: type[_N], other: type[_M], /) -> list[_N | _M]: ...
    def of(self, kind: type[ast.AST], other: type[ast.AST] | None = None, /) -> Any:
        """Those of that very kind, in their order; then those of the other one."""
        try:
            kinds = self._kinds
        except AttributeError:
            kinds = self._kinds = {}
            for node in self:
                kinds.setdefault(node.__class__, []).append(node)
        found = kinds.get(kind, _NONE)
        return found if other is None else found + kinds.get(other, _NONE)


_NONE: list[ast.AST] = []


def all_within(*roots: ast.AST) -> Nodes:
    """The roots and all nodes below them, each before those below it."""
    found = Nodes(roots)
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
        kind = node.__class__
        for name in _known_fields.get(kind) or _fields(kind):
            value = getattr(node, name, None)
            if not value:
                continue
            if value.__class__ is list:
                for each in value:
                    if isinstance(each, ast.AST) and each.__class__ not in _PASSED:
                        self.visit(each)
            elif isinstance(value, ast.AST) and value.__class__ not in _SKIPPED:
                self.visit(value)
