"""The canonical form of code: its syntax tree as bytes that formatting does not change.

Positions, comments, formatting, the kind of a string literal and docstrings are left out; names,
annotations and everything else stay. The same source gives the same bytes on every Python from
3.11 on, which ``ast.dump`` does not.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Collection, Iterable
from typing import Any

_LEFT_OUT = frozenset({"ctx", "type_comment", "kind", "type_ignores"})
_WITH_DOCSTRING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Module)
_END = object()


class _Field(str):
    """The name of a field, waiting to be written."""

    __slots__ = ()


def canonical(
    node: ast.AST,
    *,
    without: Collection[ast.expr] = (),
    keep_first_string: bool = False,
    keep_docstring: bool = False,
) -> bytes:
    """The canonical form of ``node``.

    ``without`` are decorators (these very nodes) to leave out. ``keep_first_string`` keeps the
    first string of a module, which in a cell is a value; ``keep_docstring`` that of ``node``
    itself, which a decorator may read.
    """
    left_out = {id(each) for each in without}
    kept = node if keep_docstring or (keep_first_string and isinstance(node, ast.Module)) else None
    out: list[str] = []
    todo: list[object] = [node]
    while todo:
        each = todo.pop()
        if type(each) is _Field:
            out.append(each)
        elif each is _END:
            out.append(")")
        elif type(each) is ast.Name:  # these two are half of all nodes
            out.append(f"(Name\n.id\n{literal(each.id)}\n)")
        elif type(each) is ast.Constant:
            out.append(f"(Constant\n.value\n{literal(each.value)}\n)")
        elif type(each) is list:
            out.append("[")
            todo.append(_END)
            todo.extend(reversed(each))
        elif isinstance(each, ast.AST):
            out.append("(" + type(each).__name__)
            todo.append(_END)
            todo.extend(reversed(_parts(each, left_out, keep=each is kept)))
        else:
            out.append(literal(each))
    return "\n".join(out).encode()


def canonical_digest(tree: bytes) -> bytes:
    """16 bytes that stand for a canonical form."""
    return hashlib.blake2b(tree, digest_size=16).digest()


def docstrings(nodes: Iterable[ast.AST]) -> list[str]:
    """The docstrings of all functions, classes and modules among ``nodes``."""
    return [
        ast.literal_eval(node.body[0].value)
        for node in nodes
        if isinstance(node, _WITH_DOCSTRING)
        and node.body
        and isinstance(node.body[0], ast.Expr)
        and is_text(node.body[0].value)
    ]


def without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements of a function, class or module after its docstring."""
    if body and isinstance(body[0], ast.Expr) and is_text(body[0].value):
        return body[1:]
    return body


def is_text(node: ast.AST | None) -> bool:
    """Whether ``node`` is a plain string literal."""
    return isinstance(node, ast.Constant) and type(node.value) is str


def literal(value: object) -> str:
    """A literal by its type and exact value: 1, True and 1.0 differ, as do 0.0 and -0.0."""
    if type(value) is int:  # repr refuses integers of more than 4,300 digits
        return f"int:{value:x}"
    return f"{type(value).__name__}:{value!r}"


_fields: dict[type[ast.AST], tuple[tuple[str, _Field], ...]] = {}


def _fields_of(kind: type[ast.AST]) -> tuple[tuple[str, _Field], ...]:
    """The fields of a kind of node that can count, each with what is written for it."""
    known = _fields.get(kind)
    if known is None:
        names = (name for name in kind._fields if name not in _LEFT_OUT)
        known = _fields[kind] = tuple((name, _Field("." + name)) for name in names)
    return known


def _parts(node: ast.AST, left_out: set[int], *, keep: bool) -> list[object]:
    """The fields of ``node`` that count, as name, value, name, value."""
    parts: list[object] = []
    kind = type(node)
    special = kind in _SPECIAL
    for name, field in _fields_of(kind):
        value = getattr(node, name, None)
        if special:
            value = _counting(node, name, value, left_out, keep)
        # Empty fields are skipped: newer Pythons add some.
        if value is not None and value != []:
            parts.append(field)
            parts.append(value)
    return parts


_SPECIAL = frozenset({*_WITH_DOCSTRING, ast.JoinedStr, ast.FormattedValue})


def _counting(node: ast.AST, name: str, value: Any, left_out: set[int], keep: bool) -> Any:
    """What of a field counts: not a docstring, not a decorator that is left out."""
    if name == "body" and not keep:
        return without_docstring(value)
    if name == "decorator_list" and left_out:
        return [each for each in value if id(each) not in left_out]
    if name == "values":
        return _merged(value)
    if name == "format_spec" and isinstance(value, ast.JoinedStr) and not value.values:
        return None  # ``f"{x:}"`` means ``f"{x}"``
    return value


def _merged(values: list[ast.expr]) -> list[ast.expr]:
    """The parts of an f-string with adjacent text joined: Pythons cut it in different places."""
    merged: list[ast.expr] = []
    for each in values:
        text = each.value if isinstance(each, ast.Constant) else None
        last = merged[-1] if merged else None
        if type(text) is not str:
            merged.append(each)
        elif isinstance(last, ast.Constant) and type(last.value) is str:
            merged[-1] = ast.Constant(last.value + text)
        elif text:
            merged.append(ast.Constant(text))
    return merged
