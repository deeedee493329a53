"""Wrappers of code and of classes: descriptors, operators, ufuncs, what ``typing`` makes."""

from __future__ import annotations

import functools
import operator
import sys
import types
from typing import Any

from assetbook.notebook.live_kinds import classes_in, why_unknown
from assetbook.notebook.reach import Reach
from assetbook.notebook.reach_graph import Node

_OPERATORS = (operator.itemgetter, operator.attrgetter, operator.methodcaller)
_TYPING_PARTS = ("__supertype__", "__bound__", "__constraints__", "__value__", "__metadata__")


def expand_wrapper(reach: Reach, node: Node, value: Any) -> bool:
    """Descriptors and other wrappers of functions; False if ``value`` is none."""
    if isinstance(value, property):
        parts = {"get": value.fget, "set": value.fset, "delete": value.fdel}
    elif isinstance(value, staticmethod | classmethod):
        parts = {"function": value.__func__}
    elif isinstance(value, functools.cached_property):
        parts = {"function": value.func}
    elif isinstance(value, functools.singledispatchmethod):
        parts = {"function": value.func, "dispatcher": value.dispatcher}
    elif type(value).__name__ == "ufunc" and type(value).__module__ == "numpy":
        return _ufunc(reach, node, value)
    elif isinstance(value, _OPERATORS):
        parts = {str(at): each for at, each in enumerate(value.__reduce__()[1])}
    elif isinstance(value, types.GenericAlias | types.UnionType) or _is_typing(value):
        node.label = str(value).encode()
        for at, cls in enumerate(classes_in(value)):
            reach.edge(node, f"class:{at}", cls, cls.__qualname__)
        for name in _TYPING_PARTS:
            part = getattr(value, name, None)
            if part is not None and part != ():
                reach.edge(node, name, part, node.name)
        if " at 0x" in str(value):
            reach.unknown(node.name, why_unknown(node.name, value))
        return True
    else:
        return False
    node.label = type(value).__name__.encode()
    for name, part in parts.items():
        reach.edge(node, name, part, node.name)
    return True


def _is_typing(value: Any) -> bool:
    return type(value).__module__ in ("typing", "typing_extensions")


def _ufunc(reach: Reach, node: Node, value: Any) -> bool:
    """numpy's own by name; one made of a Python function hides that function."""
    node.label = f"ufunc:{value.__name__}".encode()
    homes = [sys.modules["numpy"], sys.modules.get("scipy.special")]
    if all(getattr(home, value.__name__, None) is not value for home in homes):
        reach.unknown(node.name, why_unknown(node.name, value))
    return True
