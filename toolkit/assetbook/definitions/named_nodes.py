"""What names stood for in the bodies of graphs when these were composed.

A body runs once. An op that gets its name later is none of the graph's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import CodeType
from typing import Any
from weakref import WeakKeyDictionary

from assetbook.definitions.node import Node, PendingInvocation

_composed: WeakKeyDictionary[Any, Mapping[str, Node]] = WeakKeyDictionary()
"""By the function that is the body."""


def note_names(body: Callable[..., Any]) -> None:
    """Notes which ops and graphs the global names in the code of ``body`` stand for now."""
    code = getattr(body, "__code__", None)
    if not isinstance(code, CodeType):
        return
    names: Mapping[str, Any] = getattr(body, "__globals__", {})
    found = {name: node_of(names.get(name)) for name in _names_in(code)}
    _composed[body] = {name: node for name, node in found.items() if node is not None}


def composed_of(body: object) -> Mapping[str, Node]:
    """The ops and graphs that names stood for in the body of a graph; empty for anything else."""
    try:
        return _composed.get(body, {})
    except TypeError:  # no key of a weak dictionary
        return {}


def node_of(value: object) -> Node | None:
    """The op or graph that ``value`` is, or is a call of; None for anything else."""
    value = value.node if isinstance(value, PendingInvocation) else value
    return value if isinstance(value, Node) else None


def _names_in(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _names_in(each)
