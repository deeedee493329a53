"""Whether a value fits the type that an input is annotated with."""

from __future__ import annotations

import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from assetbook.errors import WrongTypeError, with_article


def fits(value: object, wanted: object | None) -> bool:
    """Whether ``value`` may be given for ``wanted``; what cannot be asked at run time fits."""
    origin = get_origin(wanted)
    if origin in (Union, types.UnionType):
        return any(fits(value, each) for each in get_args(wanted))
    if origin is Annotated:
        return fits(value, get_args(wanted)[0])
    if origin is Literal:
        return value in get_args(wanted)
    wanted = origin or wanted
    if wanted is Any or not isinstance(wanted, type):
        return True
    if wanted in (float, complex) and type(value) in (int, float):
        return True
    return _is_instance(value, wanted)


def fitting(value: object, wanted: object | None, stored_as: str) -> object:
    """``value`` itself; raises WrongTypeError, naming both types, if it does not fit ``wanted``."""
    if fits(value, wanted):
        return value
    found = type(value).__name__
    raise WrongTypeError(
        f"the value as {spelled(wanted)}",
        f"it is stored as {with_article(stored_as)}",
        f"Annotate the input with `{found}`, or leave the annotation out.",
    )


def alternatives(wanted: object | None) -> list[object | None]:
    """The members of a union, without annotations; ``[wanted]`` for any other type."""
    origin = get_origin(wanted)
    if origin in (Union, types.UnionType):
        return [leaf for each in get_args(wanted) for leaf in alternatives(each)]
    return alternatives(get_args(wanted)[0]) if origin is Annotated else [wanted]


def spelled(wanted: object | None) -> str:
    """A type as people write it."""
    if isinstance(wanted, type):
        builtin = wanted.__module__ == "builtins"
        return wanted.__name__ if builtin else f"{wanted.__module__}.{wanted.__qualname__}"
    return str(wanted)


def _is_instance(value: object, wanted: type) -> bool:
    try:
        return isinstance(value, wanted)
    except TypeError:  # a TypedDict or a protocol that cannot be asked at run time
        return True
