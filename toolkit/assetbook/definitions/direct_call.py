"""Calling a definition as the function that it decorates: what a test gives, and what its context
adds to that."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any, Protocol

from assetbook.definitions.parameters import CONTEXT_MARK
from assetbook.definitions.resource_parameter import IN_CONTEXT
from assetbook.errors import UsageError, did_you_mean, with_article

_BUILT = "bound_to"


class Callee(Protocol):
    """A definition whose function can be called."""

    @property
    def name(self) -> str: ...
    @property
    def compute(self) -> Callable[..., Any]: ...
    @property
    def context_name(self) -> str | None: ...
    @property
    def context_builder(self) -> str: ...
    @property
    def config_type(self) -> type | None: ...
    @property
    def resource_names(self) -> tuple[tuple[str, object], ...]: ...


def call_directly(callee: Callee, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """What the author's function returns for these arguments; nothing is recorded.

    A context that was built for a test gives resources and configuration that are not among the
    arguments; it may come first although the function takes none. Raises UsageError for arguments
    that do not fit the function, and for a resource that is given twice.
    """
    __tracebackhide__ = True
    if _is_variadic(callee):
        _refuse_by_position(callee, args)
        return callee.compute(*args, **kwargs)
    return callee.compute(**arguments_of(callee, args, kwargs))


def arguments_of(
    callee: Callee, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> dict[str, Any]:
    """The arguments of the function by name, with what its context adds; raises UsageError."""
    signature = inspect.signature(callee.compute)
    context, rest = _context_before(callee, args)
    given = _by_name(callee, list(signature.parameters), rest, kwargs)
    if callee.context_name is not None:
        _refuse_value(callee, given.get(callee.context_name))
        context = _bound(given.get(callee.context_name), callee)
        if context is not None:
            given[callee.context_name] = context
    _add_resources(callee, given, context)
    if callee.config_type is not None:
        _add_config(callee, given, context)
    _refuse_missing(callee, signature, given)
    return given


def _is_variadic(callee: Callee) -> bool:
    variadic = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    parameters = inspect.signature(callee.compute).parameters.values()
    return any(each.kind in variadic for each in parameters)


def _refuse_by_position(callee: Callee, args: tuple[Any, ...]) -> None:
    """Raises UsageError for arguments by position of a cell, whose inputs have names alone."""
    if args and not isinstance(callee.compute, FunctionType):
        raise UsageError(
            f"calling {callee.name}(...)",
            "a cell's inputs have no order",
            "Give each by its name, as the cell reads it.",
        )


def _refuse_value(callee: Callee, given: object) -> None:
    """Raises UsageError for a value, such as an input's, in the place of the context."""
    kind = type(given)
    is_table = hasattr(kind, "__arrow_c_stream__") or hasattr(kind, "__array__")
    if is_table or (given is not None and kind.__module__ == "builtins"):
        raise UsageError(
            f"calling {callee.name}(...)",
            f"`{callee.context_name}` is not given: {with_article(kind.__name__)} is in its place",
            f"Give {callee.context_builder}() first, and then the rest.",
        )


def _bound(context: Any, callee: Callee) -> Any:
    """The context for this call; one that a test made otherwise is itself."""
    return context.bound_to(callee) if hasattr(context, _BUILT) else context


def _context_before(callee: Callee, args: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    """A context that comes first though the function takes none, and the other arguments."""
    if callee.context_name is None and args and hasattr(args[0], CONTEXT_MARK):
        return args[0], args[1:]
    return None, args


def _by_name(
    callee: Callee, names: list[str], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> dict[str, Any]:
    asked = f"calling {callee.name}(...)"
    if len(args) > len(names):
        raise UsageError(
            asked,
            f"it got {len(args)} arguments by position",
            f"It takes {', '.join(names)}." if names else "It takes none.",
        )
    given = dict(zip(names, args, strict=False))
    for name, value in kwargs.items():
        if name in given:
            raise UsageError(asked, f"`{name}` is given twice", "Give it once.")
        if name not in names:
            known = f"It takes {', '.join(names) or 'none'}."
            raise UsageError(
                asked, f"it has no parameter `{name}`", did_you_mean(name, names) or known
            )
        given[name] = value
    return given


def _add_resources(callee: Callee, given: dict[str, Any], context: Any) -> None:
    """Adds the resources that the context has."""
    built = context.given_resources if hasattr(context, _BUILT) else {}
    for name, annotation in callee.resource_names:
        if name not in built or annotation is IN_CONTEXT:
            continue
        if name in given:
            raise UsageError(
                f"calling {callee.name}(...)",
                f"the resource `{name}` is given both by the context and as an argument",
                "Give it once.",
            )
        given[name] = built[name]


def _add_config(callee: Callee, given: dict[str, Any], context: Any) -> None:
    """Adds the configuration: the context's, the author's, or the defaults."""
    from assetbook.definitions.config import make_config  # loads pydantic

    said = given.get("config")
    if said is None and context is not None:
        said = context.config
    if said is None:
        said = getattr(callee, "config", None)
    kind: Any = callee.config_type
    given["config"] = make_config(kind, said, where=f"the config of {callee.name}(...)")


def _refuse_missing(callee: Callee, signature: inspect.Signature, given: Mapping[str, Any]) -> None:
    missing = [
        name
        for name, each in signature.parameters.items()
        if name not in given and each.default is inspect.Parameter.empty
    ]
    if not missing:
        return
    resources = {name for name, _ in callee.resource_names}
    remedy = "Give it by its name."
    if missing[0] == callee.context_name:
        remedy = f"Give {callee.context_builder}() first."
    elif missing[0] in resources:
        remedy = "Give it by its name, or in the context's resources={...}."
    *others, last = (f"`{each}`" for each in missing)
    said = f"{', '.join(others)} and {last} are" if others else f"{last} is"
    raise UsageError(f"calling {callee.name}(...)", f"{said} not given", remedy)
