"""From what an author writes, a class, an annotation or a type, to the type that checks it."""

from __future__ import annotations

import types
import typing
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Callable,
    Collection,
    Generator,
    Iterable,
    Iterator,
    Mapping,
)
from functools import lru_cache
from typing import Any, TypeVar, get_args, get_origin, overload
from weakref import WeakKeyDictionary

from assetbook.errors import DefinitionError
from assetbook.named_arguments import named_arguments, named_options
from assetbook.types.loader import ValueTypeLoader
from assetbook.types.pandera_schemas import pandera_schema_of, pandera_type
from assetbook.types.python_types import (
    ANY,
    NOTHING,
    PythonObjectType,
    class_name,
    collection_of,
    mapping_of,
    one_of_types,
    one_of_values,
    tuple_of,
)
from assetbook.types.value_type import TypeCheck, TypeCheckContext, ValueType

Nothing: ValueType = NOTHING
"""The type of no value: it passes None alone."""

C = TypeVar("C", bound=type)
_registered: WeakKeyDictionary[type, ValueType] = WeakKeyDictionary()
_STREAMS = (Iterable, Iterator, Generator, AsyncIterable, AsyncIterator, AsyncGenerator)
"""What is read item by item: asking would use it up."""
_NOTHING_TYPE = type(None)


def value_type_of(given: object) -> ValueType:
    """The type that ``given`` stands for; raises DefinitionError if it stands for none."""
    found = annotated_type(given)
    if found is None:
        raise DefinitionError(
            f"the type {given!r}",
            "it cannot be asked of a value",
            "Give a ValueType, a class, or an annotation such as list[int] or str | None.",
        )
    return found


@named_arguments
def check_value_type(value_type: object, value: object) -> TypeCheck:
    """What the check of a type, class or annotation finds; raises DefinitionError if it is none."""
    return value_type_of(value_type).type_check(TypeCheckContext(), value)


def annotated_type(annotation: object) -> ValueType | None:
    """The type that an annotation stands for; None if nothing can be asked of it at run time."""
    try:
        return _cached(annotation)
    except TypeError:  # unhashable, as Annotated[int, []]
        return _resolved(annotation)


def loader_of(annotation: object) -> ValueTypeLoader | None:
    """What makes a value of the type that ``annotation`` stands for of configuration; None if
    nothing does."""
    found = annotated_type(annotation)
    return found.loader if found is not None else None


def type_name(annotation: object) -> str:
    """A type, class or annotation as its author wrote it."""
    return _spelled(annotation)


def loaded_as(annotation: object) -> object:
    """What an input with this annotation is loaded as; None for what it was stored as."""
    if isinstance(annotation, type) and not _is_pandera(annotation):
        return annotation
    own = _own_type(annotation)
    if own is None:
        return annotation
    return None if own.typing_type is Any else own.typing_type


def _own_type(annotation: object) -> ValueType | None:
    """The author's type that ``annotation`` is or, beside None, holds."""
    if isinstance(annotation, ValueType):
        return annotation
    if get_origin(annotation) in (typing.Union, types.UnionType):
        return next(filter(None, map(_own_type, get_args(annotation))), None)
    return annotated_type(annotation) if _is_pandera(annotation) else None


@named_arguments
def make_python_type_usable_as_value_type(python_type: type, value_type: ValueType) -> None:
    """Lets a class stand for a type of your own wherever it is an annotation.

    Raises DefinitionError for a class that stands for another type already, or is Python's own.
    """
    asked = f"a type for the class {class_name(python_type)}"
    if python_type.__module__ == "builtins":
        raise DefinitionError(
            asked, "it is Python's own", "Make a ValueType, and annotate with it."
        )
    if python_type in _registered:
        raise DefinitionError(
            asked,
            f"it stands for the type {_registered[python_type].name} already",
            "A class stands for one type.",
        )
    _registered[python_type] = value_type
    _cached.cache_clear()


@overload
def usable_as_value_type(name: C) -> C: ...


@overload
def usable_as_value_type(
    name: str | None = None,
    description: str | None = None,
    loader: ValueTypeLoader | None = None,
) -> Callable[[C], C]: ...


@named_options
def usable_as_value_type(
    name: Any = None, description: str | None = None, loader: ValueTypeLoader | None = None
) -> Any:
    """The decorated class itself, which as an annotation has this name, description and loader."""

    def decorate(kind: C) -> C:
        called = name if isinstance(name, str) else kind.__name__
        made = PythonObjectType(kind, called, description, loader)
        make_python_type_usable_as_value_type(kind, made)
        return kind

    return decorate(name) if isinstance(name, type) else decorate


def _resolved(given: object) -> ValueType | None:
    if isinstance(given, ValueType):
        return given
    if given is Any or given is None or given is object:
        return ANY
    if _is_pandera(given):
        return pandera_type(pandera_schema_of(given))
    if isinstance(given, typing.NewType):
        return annotated_type(given.__supertype__)
    origin = get_origin(given)
    return _of_class(given) if origin is None else _of_generic(given, origin)


_cached = lru_cache(maxsize=1024)(_resolved)


def _of_class(given: object) -> ValueType | None:
    if given is _NOTHING_TYPE:
        return NOTHING
    if not isinstance(given, type) or given in _STREAMS:
        return None
    return _registered.get(given) or PythonObjectType(given)


def _of_generic(given: object, origin: Any) -> ValueType | None:
    args, name = get_args(given), _spelled(given)
    if origin is typing.Literal:
        return one_of_values(args, name)
    if origin is typing.Annotated:
        return next((each for each in args[1:] if isinstance(each, ValueType)), None) or (
            annotated_type(args[0])
        )
    if not isinstance(origin, type) or origin in _STREAMS:
        members = [annotated_type(each) for each in args]
        known = [each for each in members if each is not None]
        is_union = origin is typing.Union
        return one_of_types(known, name) if is_union and len(known) == len(members) else None
    if origin is types.UnionType:
        return annotated_type(typing.Union[args])  # noqa: UP007
    return _of_container(origin, args, name)


def _of_container(origin: type, args: tuple[Any, ...], name: str) -> ValueType | None:
    parts = [annotated_type(each) or ANY for each in args]
    if origin is tuple and args and args[-1] is not Ellipsis:
        return tuple_of(parts, name)
    if issubclass(origin, Mapping) and len(parts) == 2:
        return mapping_of(origin, parts[0], parts[1], name)
    if origin is tuple or (issubclass(origin, Collection) and len(parts) == 1):
        return collection_of(origin, parts[0] if parts else ANY, name)
    return _of_class(origin)


def _spelled(given: object) -> str:
    if isinstance(given, ValueType):
        return given.name
    if given is _NOTHING_TYPE:
        return "None"
    origin, args = get_origin(given), get_args(given)
    if origin in (typing.Union, types.UnionType):
        return " | ".join(map(_spelled, args))
    if isinstance(given, type) and origin is None:
        return class_name(given)
    if isinstance(origin, type) and args:
        inner = ", ".join("..." if each is Ellipsis else _spelled(each) for each in args)
        return f"{class_name(origin)}[{inner}]"
    return str(given).removeprefix("typing.")


def _is_pandera(given: object) -> bool:
    return pandera_schema_of(given) is not None
