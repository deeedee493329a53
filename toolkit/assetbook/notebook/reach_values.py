"""What a reached value is made of: which of its parts count, and under which names.

One function for each kind of value; ``expand`` chooses. A value of no known kind is an unknown.
"""

from __future__ import annotations

import enum
import functools
import operator
import reprlib
import sys
import types
from collections.abc import Mapping
from typing import Any

from assetbook.keys import AssetKey
from assetbook.notebook import local_modules, readers
from assetbook.notebook.cell_code import CellCode
from assetbook.notebook.code_reach import expand_cell, expand_function
from assetbook.notebook.live_class import expand_class
from assetbook.notebook.live_kinds import (
    BY_NAME,
    IGNORED_INSIDE_INSTALLED,
    STATEFUL,
    classes_in,
    is_ignored,
    is_python_class,
    is_table,
    qualified,
    slots_of,
    why_unknown,
)
from assetbook.notebook.module_reach import take_all
from assetbook.notebook.reach import Reach
from assetbook.notebook.reach_graph import Node
from assetbook.notebook.table_constants import LIBRARIES

_LONGEST_TEXT = 200
_OPERATORS = (operator.itemgetter, operator.attrgetter, operator.methodcaller)
_TYPING_PARTS = ("__supertype__", "__bound__", "__constraints__", "__value__", "__metadata__")
_CACHE_TYPE = type(functools.lru_cache(lambda: None))


def expand(reach: Reach, node: Node, value: Any) -> None:
    """Gives ``node`` the label and edges of ``value``."""
    if isinstance(value, CellCode):
        expand_cell(reach, node, value)
        return
    key = reach.definition_of(value) if not isinstance(value, types.FunctionType) else None
    reader = readers.name_of_object(value)
    if reader is not None:
        reach.reads_world(reader)
    if key is not None:
        node.label, node.kind, node.nameless = _definition(key), None, True
    elif is_ignored(value) or (node.installed and isinstance(value, IGNORED_INSIDE_INSTALLED)):
        node.label, node.kind, node.nameless = b"ignored", None, True
    elif not _constant(reach, node, value):
        _by_kind(reach, node, value)


def _definition(key: AssetKey) -> bytes:
    return f"definition:{key.to_user_string()}".encode()


def _constant(reach: Reach, node: Node, value: Any) -> bool:
    digest = reach.observed.constant(value)
    if digest is None:
        return False
    node.label = b"constant:" + digest
    node.text = _shown(value)
    return True


def _shown(value: Any) -> str:
    kind = type(value)
    if str(kind.__module__).partition(".")[0] in LIBRARIES:  # their repr may hold an address
        shape = getattr(value, "shape", None)
        of_shape = isinstance(shape, tuple) and shape
        return f"{qualified(kind)} of shape {shape}" if of_shape else str(value)[:_LONGEST_TEXT]
    if kind in (int, float, bool, type(None), complex):
        return hex(value) if kind is int and abs(value) > 10**200 else repr(value)
    if isinstance(value, str | bytes):
        return repr(value[:_LONGEST_TEXT])
    return reprlib.repr(value)[:_LONGEST_TEXT]


def _by_kind(reach: Reach, node: Node, value: Any) -> None:
    if isinstance(value, types.FunctionType):
        _function(reach, node, value)
    elif isinstance(value, type):
        _class(reach, node, value)
    elif isinstance(value, types.ModuleType):
        take_all(reach, node, value)
    elif isinstance(value, types.MethodType):
        _method(reach, node, value)
    elif isinstance(value, BY_NAME):
        _builtin(reach, node, value)
    elif isinstance(value, _CACHE_TYPE):
        _cached(reach, node, value)
    elif isinstance(value, functools.partial | functools.partialmethod):
        _partial(reach, node, value)
    elif not _wrapping(reach, node, value) and not _container(reach, node, value):
        _instance(reach, node, value)


def _function(reach: Reach, node: Node, fn: types.FunctionType) -> None:
    if _is_dispatcher(fn):
        node.label = b"singledispatch"
        registry: Mapping[Any, Any] = fn.registry  # type: ignore[attr-defined]
        for cls, implementation in reach.observed.items(registry):
            reach.edge(node, f"for:{qualified(cls)}", implementation, node.name)
    elif local_modules.is_local_function(fn):
        expand_function(reach, node, fn)
    else:
        node.installed = True
        _installed_code(reach, node, fn)
        if not _is_found_by_name(fn):
            for name, cell in zip(fn.__code__.co_freevars, fn.__closure__ or (), strict=False):
                reach.edge(node, f"cell:{name}", reach.observed.cell(cell), f"{node.name}.{name}")
            for name, each in reach.observed.items(fn.__dict__):
                reach.edge(node, f"attribute:{name}", each, node.name)
            for each in fn.__defaults__ or ():
                reach.edge(node, "default", each, node.name)


def _is_dispatcher(fn: types.FunctionType) -> bool:
    return fn.__code__.co_filename == functools.__file__ and "registry" in vars(fn)


def _installed_code(reach: Reach, node: Node, code: Any) -> None:
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


def _class(reach: Reach, node: Node, cls: type) -> None:
    if local_modules.is_local_module(cls.__module__):
        reach.classes.append(cls)
        expand_class(reach, node, cls)
    else:
        _installed_code(reach, node, cls)


def _method(reach: Reach, node: Node, method: types.MethodType) -> None:
    owner = method.__self__
    if _is_shell(owner):  # `get_ipython` itself
        node.label, node.kind, node.nameless = b"the shell", None, True
        return
    node.label = f"method:{method.__name__}".encode()
    reach.edge(node, "function", method.__func__, node.name)
    reach.edge(node, "self", owner, f"{node.name}.__self__")


def _is_shell(value: object) -> bool:
    shell = sys.modules.get("IPython.core.interactiveshell")
    return shell is not None and isinstance(value, shell.InteractiveShell)


def _builtin(reach: Reach, node: Node, value: Any) -> None:
    owner = getattr(value, "__self__", None)
    _installed_code(reach, node, value)
    if isinstance(owner, type):
        node.label += f" of {qualified(owner)}".encode()
    elif owner is not None and not isinstance(owner, types.ModuleType):
        reach.edge(node, "self", owner, f"{node.name}.__self__")
        if readers.reader_by_attribute(value.__name__):
            reach.readers.add(f".{value.__name__}")


def _cached(reach: Reach, node: Node, value: Any) -> None:
    """A function under ``functools.cache``: the function counts, and what is kept is cleared."""
    node.label = repr(sorted(value.cache_parameters().items())).encode()
    reach.caches.append(value.cache_clear)
    reach.edge(node, "wrapped", value.__wrapped__, node.name, piece=node.kind is not None)
    node.kind, node.nameless = None, True
    for name, each in reach.observed.items(value.__dict__):
        if name != "__wrapped__":
            reach.edge(node, f"attribute:{name}", each, f"{node.name}.{name}")


def _partial(reach: Reach, node: Node, value: Any) -> None:
    node.label = type(value).__name__.encode()
    reach.edge(node, "function", value.func, node.name, piece=_has_own_name(value.func))
    for at, each in enumerate(value.args):
        reach.edge(node, f"argument:{at}", each, f"{node.name}({at}=...)")
    for name, each in reach.observed.items(value.keywords):
        reach.edge(node, f"keyword:{name}", each, f"{node.name}({name}=...)")
    for name, each in reach.observed.items(value.__dict__):
        reach.edge(node, f"attribute:{name}", each, f"{node.name}.{name}")


def _has_own_name(value: Any) -> bool:
    return isinstance(value, types.FunctionType)


def _wrapping(reach: Reach, node: Node, value: Any) -> bool:
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


def _container(reach: Reach, node: Node, value: Any) -> bool:
    """A built-in container that holds more than constants; False if ``value`` is none."""
    kind = type(value)
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


def _instance(reach: Reach, node: Node, value: Any) -> None:
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
    if opaque or not is_python_class(cls):
        reach.unknown(node.name, why_unknown(node.name, value))
        return
    node.installed = node.installed or not local_modules.is_local_module(cls.__module__)
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
        else:
            reach.edge(node, f"attribute:{name}", each, f"{node.name}.{name}")
    for name, each in slots_of(value):
        reach.observed.attribute(value, name)
        reach.edge(node, f"slot:{name}", each, f"{node.name}.{name}")


def _cached_names(cls: type) -> set[str]:
    return {
        name
        for each in cls.__mro__
        for name, member in vars(each).items()
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
