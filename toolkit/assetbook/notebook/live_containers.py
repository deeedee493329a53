"""Built-in containers that hold more than constants, by their items."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Mapping
from typing import Any

from assetbook.notebook.live_kinds import why_too_many
from assetbook.notebook.reach import Reach
from assetbook.notebook.reach_graph import Node

MOST_ITEMS = 20_000
"""Looking at more items one by one would hold up each cell for seconds."""


_KINDS = frozenset({list, tuple, set, frozenset, dict, OrderedDict, defaultdict, Counter, deque})


def expand_container(reach: Reach, node: Node, value: Any) -> bool:
    """A built-in container that holds more than constants; False if ``value`` is none."""
    kind = type(value)
    if kind in _KINDS and len(value) > MOST_ITEMS:
        reach.unknown(node.name, why_too_many(node.name, value))
        node.text = f"{kind.__name__} of {len(value)}"
        return True
    if kind in (list, tuple):
        node.label = kind.__name__.encode()
        for at, each in enumerate(reach.observed.elements(value)):
            reach.edge(node, str(at), each, f"{node.name}[{at}]")
    elif kind in (set, frozenset):
        node.label = kind.__name__.encode()
        for each in reach.observed.elements(value):
            reach.edge(node, "item", each, f"{node.name}[...]")
    elif isinstance(value, Mapping) and _is_plain_mapping(kind):
        node.label = kind.__name__.encode()
        for at, (key, each) in enumerate(reach.observed.items(value)):
            reach.edge(node, f"{at} key", key, f"{node.name}[...]")
            reach.edge(node, str(at), each, f"{node.name}[{_key_text(key)}]")
        if hasattr(value, "default_factory"):
            factory = reach.observed.attribute(value, "default_factory")
            reach.edge(node, "factory", factory, f"{node.name}.default_factory")
    elif kind.__module__ == "collections" and kind.__name__ == "deque":
        node.label = f"deque {value.maxlen}".encode()
        for at, each in enumerate(reach.observed.elements(value)):
            reach.edge(node, str(at), each, f"{node.name}[{at}]")
    else:
        return False
    node.text = f"{kind.__name__} of {len(value)}"
    return True


def _is_plain_mapping(kind: type) -> bool:
    names = ("dict", "OrderedDict", "defaultdict", "Counter", "mappingproxy", "ChainMap")
    return kind.__module__ in ("builtins", "collections") and kind.__name__ in names


def _key_text(key: object) -> str:
    return repr(key) if isinstance(key, str | int | bool | type(None)) else "..."
