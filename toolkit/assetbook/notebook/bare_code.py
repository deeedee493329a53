"""Compiled code without its place, so that the same function is known again on other lines."""

from __future__ import annotations

import dis
from collections.abc import Iterator
from types import CodeType

_OF_PLACE = 0x4000000 | 0x10  # flags that say: has a docstring, is within another function
_WITH_CONSTANT = frozenset({*dis.hasconst, dis.opmap.get("KW_NAMES", dis.opmap["LOAD_CONST"])})


def codes_by_name(module: CodeType) -> dict[str, list[CodeType]]:
    """All code within ``module``, itself included, by qualified name."""
    codes: dict[str, list[CodeType]] = {}
    todo = [module]
    while todo:
        code = todo.pop()
        codes.setdefault(code.co_qualname, []).append(code)
        todo.extend(each for each in code.co_consts if isinstance(each, CodeType))
    return codes


def same_code(code: CodeType, codes: dict[str, list[CodeType]]) -> CodeType | None:
    """The compiled code that equals ``code`` but for its place; nearest by line if several do."""
    wanted = bare_code(code)
    equal = [each for each in codes.get(code.co_qualname, []) if bare_code(each) == wanted]
    return min(equal, key=lambda each: _distance(each, code), default=None)


def _distance(one: CodeType, other: CodeType) -> tuple[int, bool]:
    return (
        abs(one.co_firstlineno - other.co_firstlineno),
        list(one.co_positions()) != list(other.co_positions()),
    )


def bare_code(code: CodeType) -> tuple[object, ...]:
    """All of a code object but its place and its docstring, to be compared.

    Constants stand where they are used: their numbers shift when a docstring comes or goes.
    """
    return (
        tuple(_instructions(code)), code.co_names, code.co_varnames, code.co_freevars,
        code.co_cellvars, code.co_flags & ~_OF_PLACE, code.co_argcount,
        code.co_kwonlyargcount, code.co_posonlyargcount, code.co_exceptiontable,
    )  # fmt: skip


def _instructions(code: CodeType) -> Iterator[object]:
    extended = 0
    for at in range(0, len(code.co_code), 2):
        opcode, argument = code.co_code[at], code.co_code[at + 1] | extended
        extended = argument << 8 if opcode == dis.EXTENDED_ARG else 0
        if opcode in _WITH_CONSTANT:
            yield opcode, _bare_constant(code.co_consts[argument])
        elif not extended:
            yield opcode, argument


def _bare_constant(value: object) -> object:
    if isinstance(value, CodeType):
        return bare_code(value)
    if isinstance(value, frozenset):
        return "frozenset", tuple(sorted(map(repr, value)))
    return type(value).__name__, repr(value)
