"""Which name's object an expression changes in place, judged by spelling.

Aliases are not followed, and a library's own mutating function is known only if it is listed:
a change missed here shows later, when values are compared.
"""

from __future__ import annotations

import ast

MUTATING_METHODS = frozenset(
    [
        "append",
        "extend",
        "insert",
        "remove",
        "pop",
        "clear",
        "sort",
        "reverse",
        "update",
        "setdefault",
        "popitem",
        "add",
        "discard",
        "difference_update",
        "intersection_update",
        "symmetric_difference_update",
        "appendleft",
        "popleft",
        "extendleft",
        "rotate",
        "subtract",
        "move_to_end",
        "fill",
        "put",
        "put_nowait",
        "resize",
        "setflags",
        "itemset",
        "__setitem__",
        "__delitem__",
        "__setattr__",
        "__delattr__",
        "__iadd__",
    ]
)
MUTATING_FUNCTIONS = frozenset(
    [
        "setattr",
        "delattr",
        "next",
        "heappush",
        "heappop",
        "heapify",
        "heapreplace",
        "heappushpop",
        "insort",
        "insort_left",
        "insort_right",
        "shuffle",
        "copyto",
        "putmask",
        "fill_diagonal",
        "setitem",
        "delitem",
    ]
)
_INNER_ACCESS = frozenset({"setdefault", "get"})


def root_name(node: ast.expr) -> ast.Name | None:
    """The name an access chain starts at (``x`` of ``x.a[k].b``); None where it has none.

    Of calls only ``x.get(k)`` and ``x.setdefault(k, d)`` are passed through: what they return
    is a part of ``x``, while other calls mostly return something new.
    """
    while True:
        match node:
            case ast.Name():
                return node
            case ast.Attribute() | ast.Subscript() | ast.Starred():
                node = node.value
            case ast.Call(func=ast.Attribute(attr=name) as access) if name in _INNER_ACCESS:
                node = access.value
            case _:
                return None


def changed_by_call(call: ast.Call) -> ast.Name | None:
    """The name whose object a call changes by ``inplace=True`` or as a listed first argument."""
    if isinstance(call.func, ast.Attribute) and any(map(_is_inplace, call.keywords)):
        return root_name(call.func)
    if call.args and _function_name(call.func) in MUTATING_FUNCTIONS:
        return root_name(call.args[0])
    return None


def _is_inplace(keyword: ast.keyword) -> bool:
    value = keyword.value
    return keyword.arg == "inplace" and isinstance(value, ast.Constant) and value.value is True


def _function_name(func: ast.expr) -> str | None:
    if isinstance(func, ast.Attribute):
        return func.attr
    return func.id if isinstance(func, ast.Name) else None
