"""Functions and classes that tell which of their arguments do not fit: a name that is not known
with the nearest, or with what stands in its place; one that is missing; one too many."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

from assetbook.errors import UsageError, did_you_mean

_Callee = TypeVar("_Callee", bound=Callable[..., Any])

_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
USE_CONFIG = "Give the function a parameter `config`, annotated with a subclass of Config."
IO_MANAGER_BY_NAME = "Give it to Definitions(resources=...), and its name to io_manager_key=."
_INSTEAD: Mapping[str, str] = {
    "config_schema": USE_CONFIG,
    "resource_defs": "Say `resources=`.",
    "io_manager_def": IO_MANAGER_BY_NAME,
    "compute_kind": "Say `kinds=` of the asset.",
    "dagster_type": "Annotate what the function returns, or say `python_type=`.",
    "non_argument_deps": "Say `deps=`.",
    "auto_materialize_policy": "Say `automation_condition=`.",
}
"""Parameters of Dagster's that have another name here, or another place."""


def named_options(decorator: _Callee) -> _Callee:
    """``decorator``, which raises UsageError for options that it does not have, and for the want of
    one that it needs."""
    return _telling(decorator, _Called(f"@{decorator.__name__}", "option"))


def named_arguments(callee: _Callee) -> _Callee:
    """The function or class, which raises UsageError for arguments that it does not take, and for
    the want of one that it needs."""
    called = _Called(callee.__name__, "parameter")
    if not isinstance(callee, type):
        return _telling(callee, called)
    made: Any = callee
    called = _Called(callee.__name__, "parameter", own=1)
    if made.__init__ is object.__init__:
        made.__new__ = staticmethod(_telling(made.__new__, called))
    else:
        own = made.__init__
        made.__init__ = _telling(getattr(own, "__wrapped__", own), called)  # not as the base's
    return callee


class _Called(NamedTuple):
    """What a call is called where its arguments do not fit."""

    name: str
    noun: str
    """What its arguments are called."""
    own: int = 0
    """How many of them its caller does not give: the object."""


def _telling(callee: _Callee, called: _Called) -> _Callee:
    @functools.wraps(callee)
    def told(*args: Any, **given: Any) -> Any:
        __tracebackhide__ = True
        try:
            return callee(*args, **given)
        except TypeError:  # looked at only then: it costs nothing where all is well
            unfit = _unfit(callee, called, args, given)
            if unfit is None:
                raise
        raise unfit

    return told  # type: ignore[return-value]


def _unfit(
    callee: Callable[..., Any], called: _Called, args: tuple[Any, ...], given: Mapping[str, Any]
) -> UsageError | None:
    """What of the arguments does not fit; None if all do, so that it was the code that raised."""
    signature = inspect.signature(callee)
    try:
        signature.bind(*args, **given)
    except TypeError:
        pass
    else:
        return None
    every = [*signature.parameters.values()][called.own :]
    parameters = [each for each in every if each.kind not in _VARIADIC]
    takes_any = any(each.kind is each.VAR_KEYWORD for each in every)
    return (
        (None if takes_any else _unknown(called, parameters, given))
        or _misplaced(called, parameters, args[called.own :], given)
        or _missing(called, parameters, args[called.own :], given)
    )


def _unknown(
    called: _Called, parameters: list[inspect.Parameter], given: Mapping[str, Any]
) -> UsageError | None:
    known = [each.name for each in parameters if each.kind is not each.POSITIONAL_ONLY]
    for each in given:
        if each not in known:
            near = did_you_mean(each, known) or f"It takes {', '.join(known) or 'none'}."
            found = f"it has no such {called.noun}"
            return UsageError(f"{called.name}({each}=...)", found, _INSTEAD.get(each, near))
    return None


def _misplaced(
    called: _Called,
    parameters: list[inspect.Parameter],
    args: tuple[Any, ...],
    given: Mapping[str, Any],
) -> UsageError | None:
    by_place = [each.name for each in parameters if each.kind is not each.KEYWORD_ONLY]
    for each in by_place[: len(args)]:
        if each in given:
            found = "it is given by its place, too"
            return UsageError(f"{called.name}({each}=...)", found, "Give it once.")
    if len(args) <= len(by_place):
        return None
    named = [each.name for each in parameters if each.kind is each.KEYWORD_ONLY]
    remedy = f"Give by name: {', '.join(named)}." if named else ""
    if called.noun == "option":
        return UsageError(called.name, "its options are given by name", remedy)
    count = f"{len(by_place) or 'no'} argument{'' if len(by_place) == 1 else 's'}"
    return UsageError(f"{called.name}(...)", f"it takes {count} by position", remedy)


def _missing(
    called: _Called,
    parameters: list[inspect.Parameter],
    args: tuple[Any, ...],
    given: Mapping[str, Any],
) -> UsageError | None:
    for place, each in enumerate(parameters):
        if each.default is each.empty and each.name not in given and place >= len(args):
            wanted = f"Write {called.name}({each.name}=...)."
            return UsageError(f"{called.name}(...)", f"`{each.name}=` is not given", wanted)
    return None
