"""Compiled code without its place, so that the same function is known again on other lines."""

from __future__ import annotations

import dis
from collections.abc import Iterator
from types import CodeType

_FUTURE_ANNOTATIONS = 0x1000000
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


RELOADED = "<string>"
"""The file name of what ``%autoreload`` adds to a module; a method of it is said to be of the class
``__autoreload_class__``."""


def same_code(code: CodeType, codes: dict[str, list[CodeType]]) -> CodeType | None:
    """The compiled code that equals ``code`` but for its place; nearest by line if several do."""
    named = codes.get(code.co_qualname, [])
    if code.co_filename == RELOADED or code.co_qualname.startswith("__autoreload_class__."):
        every = (each for some in codes.values() for each in some)
        named = [each for each in every if each.co_name == code.co_name]
    # what a reloader adds is compiled as if the reloader's own first lines stood above it
    ignored = _FUTURE_ANNOTATIONS if code.co_filename == RELOADED else 0
    wanted = bare_code(code, ignored)
    equal = [each for each in named if bare_code(each, ignored) == wanted]
    return min(equal, key=lambda each: _distance(each, code), default=None)


def _distance(one: CodeType, other: CodeType) -> tuple[int, bool]:
    return (
        abs(one.co_firstlineno - other.co_firstlineno),
        list(one.co_positions()) != list(other.co_positions()),
    )


def bare_code(code: CodeType, ignored: int = 0) -> tuple[object, ...]:
    """All of a code object but its place and its docstring, to be compared; without the ``ignored``
    flags.

    Constants stand where they are used: their numbers shift when a docstring comes or goes.
    """
    return (
        tuple(_instructions(code)), code.co_names, code.co_varnames, code.co_freevars,
        code.co_cellvars, code.co_flags & ~(_OF_PLACE | ignored), code.co_argcount,
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
