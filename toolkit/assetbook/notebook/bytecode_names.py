"""The global names that compiled code looks up or binds: what the compiler itself decided."""

from __future__ import annotations

import dis
from types import CodeType

import msgspec

_LOAD_GLOBAL = dis.opmap["LOAD_GLOBAL"]
_LOADS = {
    dis.opmap[name] for name in ("LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS") if name in dis.opmap
}
_STORES = {dis.opmap["STORE_GLOBAL"], dis.opmap["DELETE_GLOBAL"]}
_STORE_CELL = {dis.opmap["STORE_DEREF"], dis.opmap["DELETE_DEREF"]}
_EXTENDED_ARG = dis.EXTENDED_ARG


class GlobalNames(msgspec.Struct, frozen=True):
    """What code, with the functions and classes in it, does with names of its module.

    ``stores_cells`` are the names of enclosing functions that it binds.
    """

    loads: frozenset[str]
    stores: frozenset[str]
    stores_cells: frozenset[str]


def global_names(code: CodeType) -> GlobalNames:
    """The names of ``code`` and of all code nested in it."""
    loads: set[str] = set()
    stores: set[str] = set()
    cells: set[str] = set()
    todo = [code]
    while todo:
        each = todo.pop()
        _scan(each, loads, stores, cells)
        todo.extend(constant for constant in each.co_consts if isinstance(constant, CodeType))
    return GlobalNames(
        frozenset(loads), frozenset(stores), frozenset(cells) & set(code.co_freevars)
    )


def _scan(code: CodeType, loads: set[str], stores: set[str], cells: set[str]) -> None:
    names = code.co_names
    places = _cell_places(code)
    raw = code.co_code
    extended = 0
    for at in range(0, len(raw), 2):
        opcode, argument = raw[at], raw[at + 1] | extended
        extended = argument << 8 if opcode == _EXTENDED_ARG else 0
        if opcode == _LOAD_GLOBAL:
            loads.add(names[argument >> 1])
        elif opcode in _LOADS:
            loads.add(names[argument])
        elif opcode in _STORES:
            stores.add(names[argument])
        elif opcode in _STORE_CELL:
            cells.add(places[argument])


def _cell_places(code: CodeType) -> list[str]:
    """The names that the argument of a cell instruction counts through."""
    own = [name for name in code.co_cellvars if name not in code.co_varnames]
    return [*code.co_varnames, *own, *code.co_freevars]
