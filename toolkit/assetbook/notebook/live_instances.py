"""Instances by their class and their state, if Python code can see all of it."""

from __future__ import annotations

import enum
import functools
import sys
from typing import Any

from assetbook.notebook import local_modules
from assetbook.notebook.live_kinds import (
    COPIED,
    STATEFUL,
    is_python_class,
    is_shell,
    is_table,
    slots_of,
    why_unknown,
)
from assetbook.notebook.reach import Reach
from assetbook.notebook.reach_graph import Node


def expand_instance(reach: Reach, node: Node, value: Any) -> None:
    """An instance by its own class and all its state, if Python code can see all of it."""
    cls = type(value)
    node.label = f"instance:{cls.__qualname__}".encode()
    if isinstance(value, enum.Enum):
        node.label += f":{value.name}".encode()
        node.text = str(value)
        reach.edge(node, "class", cls, cls.__qualname__)
        return
    if cls is object:  # a sentinel: it is told from others by where it is named
        reach.sentinels.append(node)
        return
    shown_as = _name_in_library(value)
    if shown_as is not None:  # a part of the library itself, such as a compiled function
        node.label = f"installed:{shown_as}".encode()
        node.kind = node.kind and "package"
        return
    opaque = hasattr(cls, "__next__") or is_table(value) or isinstance(value, STATEFUL)
    opaque = opaque or is_shell(value)
    if opaque or not is_python_class(cls):
        reach.unknown(node.name, why_unknown(node.name, value))
        return
    node.installed = node.installed or not local_modules.is_local_class(cls)
    reach.edge(node, "class", cls, cls.__qualname__, piece=not node.installed)
    reach.instances.append((node.name, value))
    _state(reach, node, value)


def _state(reach: Reach, node: Node, value: Any) -> None:
    node.text = f"an instance of {type(value).__qualname__}"
    reach.observed.attribute(value, "__class__")
    payload = reach.observed.payload(value)
    if payload is not None:
        reach.edge(node, payload[0], payload[1], node.name)
    kept = _cached_names(type(value))
    state = getattr(value, "__dict__", None)
    for name, each in reach.observed.items(state) if isinstance(state, dict) else ():
        if name in kept:
            reach.caches.append(functools.partial(state.pop, name, None))  # type: ignore[union-attr]
        elif name != COPIED:
            reach.edge(node, f"attribute:{name}", each, f"{node.name}.{name}")
    for name, each in slots_of(value):
        reach.observed.attribute(value, name)
        reach.edge(node, f"slot:{name}", each, f"{node.name}.{name}")


def _cached_names(cls: type) -> set[str]:
    return {
        name
        for each in cls.__mro__
        for name, member in list(vars(each).items())
        if isinstance(member, functools.cached_property)
    }


def _name_in_library(value: Any) -> str | None:
    """The name under which an installed module shows this very object; None if none does."""
    homes = (type(value).__module__, getattr(value, "__module__", None))
    for home in homes:
        module = sys.modules.get(home) if isinstance(home, str) else None
        if module is None or not local_modules.is_installed(module):
            continue
        top = sys.modules.get(module.__name__.partition(".")[0], module)
        for place in (module, top):
            for name, each in list(vars(place).items()):
                if each is value:
                    return f"{place.__name__}.{name}"
    return None
