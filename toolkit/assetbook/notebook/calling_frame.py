"""What a frame is calling at this moment: the call in its source, and the texts that it passes.

For calls of native code, whose arguments no Python frame holds. Only what can be evaluated without
running anything of a person's is: names, constants, f-strings and sums of plain values.
"""

from __future__ import annotations

import ast
import functools
import linecache
from collections.abc import Mapping
from types import FrameType
from typing import Any

from assetbook.notebook.cell_source import file_stamp
from assetbook.notebook.quiet_parsing import parse_quietly

_PLAIN = (str, int, float, bool)
_Place = tuple[int | None, int | None, int | None, int | None]


def call_in(frame: FrameType) -> ast.Call | None:
    """The call that ``frame`` waits for; None if its source does not show it."""
    if frame.f_lasti < 0:
        return None
    places = list(frame.f_code.co_positions())
    at = frame.f_lasti // 2
    filename = frame.f_code.co_filename
    if at >= len(places):
        return None
    return _calls(filename, file_stamp(filename)).get(places[at])


def name_of_call(call: ast.Call | None) -> str:
    """What is called, as it is written: ``con.execute``; empty if that is no name."""
    if call is None or any(isinstance(each, ast.Call) for each in ast.walk(call.func)):
        func = call.func if call is not None else None
        return func.attr if isinstance(func, ast.Attribute) else ""
    return ast.unparse(call.func)


def texts_passed(frame: FrameType, call: ast.Call) -> list[str] | None:
    """The texts among a call's arguments; None if none can be told without running code."""
    names = frame.f_locals if frame.f_code.co_name != "<module>" else frame.f_globals
    scope = (names, frame.f_globals)
    found = []
    for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
        value = _value(argument, scope)
        if isinstance(value, str):
            found.append(value)
    return found or None


def _value(node: ast.expr, scope: tuple[Mapping[str, Any], ...]) -> Any:
    """The plain value of an expression; None if it is not plain."""
    if isinstance(node, ast.Constant):
        return node.value if type(node.value) in _PLAIN else None
    if isinstance(node, ast.Name):
        value = next((names[node.id] for names in scope if node.id in names), None)
        return value if type(value) in _PLAIN else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _value(node.left, scope), _value(node.right, scope)
        return left + right if isinstance(left, str) and isinstance(right, str) else None
    if isinstance(node, ast.JoinedStr):
        parts = [_formatted(each, scope) for each in node.values]
        return None if None in parts else "".join(map(str, parts))
    return None


def _formatted(node: ast.expr, scope: tuple[Mapping[str, Any], ...]) -> str | None:
    """The text of one part of an f-string; None where a format makes it another one."""
    if not isinstance(node, ast.FormattedValue):
        value = _value(node, scope)
    elif node.conversion == -1 and node.format_spec is None:
        value = _value(node.value, scope)
    else:
        return None
    return None if value is None else str(value)


@functools.lru_cache(64)
def _calls(filename: str, _stamp: object) -> Mapping[_Place, ast.Call]:
    """The calls of a source by their place."""
    try:
        tree = parse_quietly("".join(linecache.getlines(filename)))
    except (SyntaxError, ValueError):
        return {}
    return {
        (node.lineno, node.end_lineno, node.col_offset, node.end_col_offset): node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    }
