"""Kinds of live object that the versioner must tell apart: ignored, stateful, plain instances."""

from __future__ import annotations

import concurrent.futures
import functools
import logging
import subprocess
import sys
import threading
import types
import typing
import weakref
from collections.abc import Iterator, Mapping, Sized
from typing import Any

from assetbook.errors import with_article
from assetbook.notebook.table_constants import LIBRARIES, MOST_TABLE_BYTES

IGNORED: tuple[type, ...] = (
    logging.Logger, logging.LoggerAdapter, logging.Handler, logging.Filter, logging.Formatter,
    type(threading.Lock()), type(threading.RLock()), threading.Condition, threading.Event,
    threading.Semaphore, threading.Barrier,
)  # fmt: skip
"""Types whose values count for nothing, wherever they are reached: they change no result."""

IGNORED_INSIDE_INSTALLED: tuple[type, ...] = (
    threading.local, weakref.ReferenceType, weakref.WeakKeyDictionary, weakref.WeakValueDictionary,
    weakref.WeakSet, types.ModuleType,
)  # fmt: skip
"""The bookkeeping of installed libraries, ignored inside their objects only."""

STATEFUL: tuple[type, ...] = (
    threading.Thread, concurrent.futures.Executor, concurrent.futures.Future, subprocess.Popen,
)  # fmt: skip
"""Types written in Python whose values are nevertheless more than what they hold."""

_STREAM_CLASSES = frozenset({"ipykernel.iostream.OutStream"})

BY_NAME: tuple[type, ...] = (
    types.BuiltinFunctionType, types.MethodDescriptorType, types.WrapperDescriptorType,
    types.ClassMethodDescriptorType, types.GetSetDescriptorType, types.MemberDescriptorType,
    types.MethodWrapperType,
)  # fmt: skip
"""Types whose values are code of the interpreter or of an extension."""

_STATE_NAMES: Mapping[str, str] = {
    "generator": "its position is state",
    "coroutine": "it runs once",
    "Generator": "its random state",
    "RandomState": "its random state",
    "Random": "its random state",
    "TextIOWrapper": "an open file",
    "BufferedReader": "an open file",
    "BufferedWriter": "an open file",
    "Thread": "a thread",
}
_INSIDE = "make it inside the asset"
COPIED = "__type_params__"
"""What `functools.update_wrapper` copies from 3.12 on; the wrapped function shows it itself."""
_HEAP_TYPE = 1 << 9
_SLOT_DESCRIPTORS = frozenset({"__dict__", "__weakref__"})
_C_CODE = (types.MethodDescriptorType, types.WrapperDescriptorType, types.GetSetDescriptorType)

PAYLOADS: tuple[type, ...] = (
    bool, int, float, complex, str, bytes, bytearray, tuple, list, dict, set, frozenset,
)  # fmt: skip
"""Built-in types whose content an instance of a subclass carries."""


def is_ignored(value: object) -> bool:
    """Whether a value is a logger, a lock or a standard handle."""
    if value is None:
        return False
    if value is sys.stdout or value is sys.stderr or value is sys.stdin:
        return True
    if value is sys.__stdout__ or value is sys.__stderr__ or value is sys.__stdin__:
        return True
    return isinstance(value, IGNORED) or qualified(type(value)) in _STREAM_CLASSES


def qualified(thing: object) -> str:
    """``module.name`` of a class or function; builtins without their module."""
    names = (getattr(thing, "__qualname__", None), getattr(thing, "__name__", None))
    name = next((each for each in names if isinstance(each, str)), type(thing).__name__)
    module = getattr(thing, "__module__", None)
    return f"{module}.{name}" if isinstance(module, str) and module != "builtins" else name


def is_shell(value: object) -> bool:
    """Whether a value is IPython's shell, which leads to all that a session holds."""
    shell = sys.modules.get("IPython.core.interactiveshell")
    return shell is not None and isinstance(value, shell.InteractiveShell)


def why_unknown(name: str, value: object) -> str:
    """A sentence on a value that cannot be versioned, with what to do."""
    said = f"`{name}` is {with_article(qualified(type(value)))}"
    size = _size(value)
    if size is not None:
        return (
            f"{said} of {size / 1e6:.1f} MB, too large to be versioned by content: make it an asset"
        )
    for cls in type(value).__mro__:
        if cls.__name__ in _STATE_NAMES:
            return f"{said} that cannot be versioned ({_STATE_NAMES[cls.__name__]}): {_INSIDE}"
    if hasattr(type(value), "__next__"):
        return f"{said} that cannot be versioned (an iterator is state): {_INSIDE}"
    return f'{said} that cannot be versioned: make it a resource, or say ignore={{"{name}"}}'


def why_too_many(name: str, value: Sized) -> str:
    """A sentence on a container that holds too much to be versioned by its items."""
    return (
        f"`{name}` is {with_article(qualified(type(value)))} of {len(value):,} items, "
        "too many to be versioned one by one: make it an asset"
    )


_SIZES = ("nbytes", "estimated_size", "memory_usage")


def is_table(value: object) -> bool:
    """Whether a value is an array or table, which counts by its content or not at all."""
    library = str(type(value).__module__).partition(".")[0]
    cls = type(value)
    lazy = cls.__name__ == "LazyFrame"
    return library in LIBRARIES and (lazy or any(hasattr(cls, name) for name in _SIZES))


def _size(value: object) -> int | None:
    """The bytes of an array or table that is too large; None for anything else."""
    if not is_table(value):
        return None
    for name in _SIZES:
        size: Any = getattr(value, name, None)
        size = size() if callable(size) else size
        size = size.sum() if hasattr(size, "sum") else size
        if size is not None:
            return int(size) if int(size) > MOST_TABLE_BYTES else None
    return None


_python_classes: dict[type, bool] = {}


def is_python_class(cls: type) -> bool:
    """Whether all state of a class's instances is in ``__dict__``, slots or a builtin's payload."""
    known = _python_classes.get(cls)
    if known is None:
        known = _python_classes[cls] = all(
            _made_in_python(each) for each in cls.__mro__ if each not in _TRANSPARENT
        )
    return known


_TRANSPARENT = frozenset({object, *PAYLOADS, BaseException, Exception, types.SimpleNamespace})


def _made_in_python(cls: type) -> bool:
    if not cls.__flags__ & _HEAP_TYPE:
        return issubclass(cls, BaseException)
    for name, value in list(vars(cls).items()):  # other threads may run cells
        if name == "__new__" and isinstance(value, types.BuiltinFunctionType):
            return False
        if isinstance(value, _C_CODE) and name not in _SLOT_DESCRIPTORS:
            owner = getattr(value, "__objclass__", cls)
            if owner is cls:
                return False
    return True


def payload_of(value: Any) -> tuple[str, Any] | None:
    """What an instance of a subclass of a builtin holds as that builtin, with its name."""
    for cls in PAYLOADS:
        if isinstance(value, cls) and type(value) is not cls:
            return cls.__name__, _as_builtin(cls, value)
    return ("args", value.args) if isinstance(value, BaseException) else None


def _as_builtin(cls: Any, value: Any) -> Any:
    """The content as a plain builtin; methods that a subclass overrides are not called."""
    if cls is dict:
        return dict(dict.items(value))
    if cls in (int, float, complex, str, bytes):
        return cls.__getnewargs__(value)[0] if cls is not int else int.__int__(value)
    return cls(cls.__iter__(value))


def unwrapped(member: Any) -> Any:
    """The function within a property, a method's wrapper or ``functools``' ones; else itself."""
    if isinstance(member, property):
        return member.fget
    if isinstance(member, functools.cached_property):
        return member.func
    return getattr(member, "__wrapped__", getattr(member, "__func__", member))


def slots_of(value: object) -> list[tuple[str, Any]]:
    """The slots of an instance that are bound, by name, those of the base classes first."""
    found: list[tuple[str, Any]] = []
    for cls in reversed(type(value).__mro__):
        for name, member in list(vars(cls).items()):
            if isinstance(member, types.MemberDescriptorType) and member.__objclass__ is cls:
                try:
                    found.append((name, member.__get__(value, type(value))))
                except AttributeError:  # an unbound slot
                    continue
    return found


def classes_in(annotation: Any) -> Iterator[type]:
    """The classes that an annotation names, as it was evaluated."""
    todo, seen = [annotation], set()
    while todo:
        each = todo.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        arguments = typing.get_args(each)
        named = typing.get_origin(each) if arguments else each
        if isinstance(named, type):
            yield named
        todo.extend(reversed(arguments))
