"""Callables by what they hold: functions, bound methods, partials, cached and installed ones."""

from __future__ import annotations

import functools
import sys
import types
from collections.abc import Mapping
from typing import Any

from assetbook.notebook import local_modules, readers
from assetbook.notebook.code_reach import expand_function
from assetbook.notebook.live_kinds import COPIED, is_shell, qualified
from assetbook.notebook.reach import Reach
from assetbook.notebook.reach_graph import Node

CACHED = type(functools.lru_cache(lambda: None))
"""The type of a function under ``functools.cache`` or ``lru_cache``."""


def expand_any_function(reach: Reach, node: Node, fn: types.FunctionType) -> None:
    if _is_dispatcher(fn):
        node.label = b"singledispatch"
        registry: Mapping[Any, Any] = fn.registry  # type: ignore[attr-defined]
        for cls, implementation in reach.observed.items(registry):
            reach.edge(node, f"for:{qualified(cls)}", implementation, node.name)
    elif local_modules.is_local_function(fn):
        expand_function(reach, node, fn)
    else:
        node.installed = True
        installed_code(reach, node, fn)
        if not _is_found_by_name(fn):
            for name, cell in zip(fn.__code__.co_freevars, fn.__closure__ or (), strict=False):
                reach.edge(node, f"cell:{name}", reach.observed.cell(cell), f"{node.name}.{name}")
            for name, each in reach.observed.items(fn.__dict__):
                reach.edge(node, f"attribute:{name}", each, node.name)
            for each in fn.__defaults__ or ():
                reach.edge(node, "default", each, node.name)


def _is_dispatcher(fn: types.FunctionType) -> bool:
    return fn.__code__.co_filename == functools.__file__ and "registry" in vars(fn)


def installed_code(reach: Reach, node: Node, code: Any) -> None:
    """Code of an installed package counts by its name, and by the version if that was asked."""
    name = qualified(code)
    module = str(getattr(code, "__module__", "") or "")
    if reach.package_versions:
        name = f"{name} {local_modules.installed_version(module)}"
    node.label = f"installed:{name}".encode()
    node.kind = node.kind and "package"
    node.text = name
    if module in ("builtins", ""):
        node.kind, node.nameless = None, True


def _is_found_by_name(value: Any) -> bool:
    """Whether a module shows this very object under its own name, so that the name says it all."""
    found: Any = sys.modules.get(getattr(value, "__module__", None) or "")
    for part in (getattr(value, "__qualname__", None) or "<none>").split("."):
        found = getattr(found, "__dict__", {}).get(part)
        found = found.__func__ if isinstance(found, staticmethod | classmethod) else found
    return found is value


def expand_method(reach: Reach, node: Node, method: types.MethodType) -> None:
    owner = method.__self__
    if is_shell(owner):  # `get_ipython` itself
        node.label, node.kind, node.nameless = b"the shell", None, True
        return
    node.label = f"method:{method.__name__}".encode()
    reach.edge(node, "function", method.__func__, node.name)
    reach.edge(node, "self", owner, f"{node.name}.__self__")


def expand_builtin(reach: Reach, node: Node, value: Any) -> None:
    owner = getattr(value, "__self__", None)
    installed_code(reach, node, value)
    if isinstance(owner, type):
        node.label += f" of {qualified(owner)}".encode()
    elif owner is not None and not isinstance(owner, types.ModuleType):
        reach.edge(node, "self", owner, f"{node.name}.__self__")
        if readers.reader_by_attribute(value.__name__):
            reach.readers.add(f".{value.__name__}")


def expand_cached(reach: Reach, node: Node, value: Any) -> None:
    """A function under ``functools.cache``: the function counts, and what is kept is cleared."""
    node.label = repr(sorted(value.cache_parameters().items())).encode()
    reach.caches.append(value.cache_clear)
    reach.edge(node, "wrapped", value.__wrapped__, node.name, piece=node.kind is not None)
    node.kind, node.nameless = None, True
    for name, each in reach.observed.items(value.__dict__):
        if name not in ("__wrapped__", COPIED):
            reach.edge(node, f"attribute:{name}", each, f"{node.name}.{name}")


def expand_partial(reach: Reach, node: Node, value: Any) -> None:
    node.label = type(value).__name__.encode()
    reach.edge(node, "function", value.func, node.name, piece=_has_own_name(value.func))
    for at, each in enumerate(value.args):
        reach.edge(node, f"argument:{at}", each, f"{node.name}({at}=...)")
    for name, each in reach.observed.items(value.keywords):
        reach.edge(node, f"keyword:{name}", each, f"{node.name}({name}=...)")
    for name, each in reach.observed.items(value.__dict__):
        if name != COPIED:
            reach.edge(node, f"attribute:{name}", each, f"{node.name}.{name}")


def _has_own_name(value: Any) -> bool:
    return isinstance(value, types.FunctionType)
