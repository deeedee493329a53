"""What is reached through modules: attribute chains, import statements, modules as a whole."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping, Sequence
from types import FunctionType, ModuleType
from typing import Any

import msgspec

from assetbook.notebook import readers
from assetbook.notebook.constants import IMMUTABLE, constant_digest
from assetbook.notebook.file_doubts import doubt_constant
from assetbook.notebook.local_modules import (
    find_installed,
    installed_version,
    is_installed,
    is_local_class,
    is_local_function,
    module_name,
)
from assetbook.notebook.observed import UNBOUND
from assetbook.notebook.reach import Reach
from assetbook.notebook.reach_graph import Node

Path = tuple[str, ...]


class Taken(msgspec.Struct, frozen=True):
    """The attributes taken of a name, one after the other; ``seeded`` if called with a seed."""

    path: Path
    seeded: bool = True


def follow_module(reach: Reach, node: Node, module: ModuleType, taken: Taken) -> None:
    """Follows ``module.a.b`` as far as it stays in modules, and takes what it leads to."""
    for at, attribute in enumerate(taken.path):
        if attribute == "__dict__":
            break
        rest = taken.path[at:]
        if is_installed(module):
            _take_module(reach, node, module)
            _follow_installed(reach, node, module, Taken(rest, taken.seeded))
            return
        value = _attribute(reach, module, attribute)
        if not isinstance(value, ModuleType):
            _take_attribute(reach, node, module, attribute, value)
            known = readers.name_of_object(value)
            if known is not None:
                reach.reads_world(".".join((known, *rest[1:])), seeded=taken.seeded)
            return
        module = value
    _take_module(reach, node, module)


def follow_import(
    reach: Reach, node: Node, source: str, taken: Sequence[Taken], namespace: Mapping[str, Any]
) -> Any:
    """Follows an import within the code (``module`` or ``module:name``); what it now stands for."""
    name, _, attribute = source.partition(":")
    if name.startswith("."):
        name = importlib.util.resolve_name(name, str(namespace.get("__package__") or ""))
    module = reach.observed.name(sys.modules, name)
    first = (attribute,) if attribute else ()
    paths = [Taken((*first, *each.path), each.seeded) for each in taken]
    if not isinstance(module, ModuleType):
        _not_loaded(reach, node, name, paths)
        return None
    if attribute == "*":
        reach.unknown(name, f"all of `{name}` is imported: import by name what the code uses")
        return None
    for each in paths:
        follow_module(reach, node, module, each)
    return vars(module).get(attribute) if attribute else module


def take_all(reach: Reach, node: Node, module: ModuleType) -> None:
    """Gives ``node`` the label and edges of a module that is used as a whole."""
    name = module_name(module)
    node.label = f"module:{name}".encode()
    node.kind = "package" if is_installed(module) else "module"
    if node.kind == "package":
        return
    if name == "__main__":
        reach.unknown(name, "`__main__` is used as a whole: name what is taken from it")
        return
    for attribute, value in reach.observed.items(vars(module)):
        if attribute.startswith("__") and attribute.endswith("__"):
            continue
        if isinstance(value, ModuleType):
            _take_module(reach, node, value)
        else:
            _take_attribute(reach, node, module, attribute, value)


def _attribute(reach: Reach, module: ModuleType, attribute: str) -> Any:
    value = reach.observed.name(vars(module), attribute)
    if value is UNBOUND:
        return reach.observed.name(sys.modules, f"{module.__name__}.{attribute}")
    return value


def _take_attribute(
    reach: Reach, node: Node, module: ModuleType, attribute: str, value: Any
) -> None:
    """Takes what a local module holds under one name."""
    is_main = module.__name__ == "__main__"
    name = attribute if is_main else f"{module_name(module)}.{attribute}"
    if value is UNBOUND:
        made_by = reach.observed.name(vars(module), "__getattr__")
        if made_by is not UNBOUND:
            reach.edge(node, f"name:{name}()", made_by, f"{name}()", piece=True)
            return
    reach.edge(node, f"name:{name}", value, name, piece=True)
    if not is_main:
        doubt_constant(reach, module, attribute, value)


def _take_module(reach: Reach, node: Node, module: ModuleType) -> None:
    """Takes a module as a whole: an installed one by its name, a local one by all it holds."""
    name = module_name(module)
    if is_installed(module):
        version = f" {installed_version(name)}" if reach.package_versions else ""
        reach.leaf(node, f"module:{name}", name + version, name, "package")
    else:
        reach.edge(node, f"module:{name}", module, name, piece=True)


def _follow_installed(reach: Reach, node: Node, module: ModuleType, taken: Taken) -> None:
    """Notes readers among what is taken of an installed module; nothing is loaded for it."""
    dotted = ".".join((module_name(module), *taken.path))
    reach.reads_world(dotted, seeded=taken.seeded)
    if readers.reader_by_attribute(taken.path[-1], of_module=True):
        reach.readers.add(dotted)
    held: Any = module
    for at, attribute in enumerate(taken.path):
        held = reach.observed.name(vars(held), attribute)
        if isinstance(held, ModuleType):
            continue
        known = readers.name_of_object(held) if held is not UNBOUND else None
        if known is not None:
            reach.reads_world(".".join((known, *taken.path[at + 1 :])), seeded=taken.seeded)
        elif type(held) in _PLAIN_VALUES and constant_digest(held) is not None:
            said = ".".join((module_name(module), *taken.path[: at + 1]))
            reach.edge(node, f"name:{said}", held, said, piece=True)
        if isinstance(held, type):
            reach.library_classes.append(held)
        if _is_own(held):
            reach.edge(node, f"patched:{dotted}", held, dotted, piece=True)
        return


_PLAIN_VALUES = IMMUTABLE | {list, tuple, dict, set, frozenset}


def _is_own(value: object) -> bool:
    """Whether something of the project was put in the place of a library's."""
    if isinstance(value, FunctionType):
        return is_local_function(value)
    return isinstance(value, type) and is_local_class(value)


def _not_loaded(reach: Reach, node: Node, name: str, paths: Sequence[Taken]) -> None:
    """Takes a module that the code imports and nothing has loaded yet, by its name."""
    installed = find_installed(name)
    if installed is False:
        why = f"`{name}` is imported by the code and not loaded yet: import it in a cell"
        reach.unknown(name, why)
    said = name if installed is not None else f"{name} (not installed)"
    reach.leaf(node, f"module:{name}", said, name, "package")
    for each in paths:
        dotted = ".".join((name, *each.path))
        reach.reads_world(dotted, seeded=each.seeded)
        if each.path and readers.reader_by_attribute(each.path[-1], of_module=True):
            reach.readers.add(dotted)
