"""Decorators whose options are known by name: one that is not is told with the nearest, or with
what stands in its place."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeVar

from assetbook.errors import UsageError, did_you_mean

_Decorator = TypeVar("_Decorator", bound=Callable[..., Any])

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
"""Options of Dagster's that have another name here, or another place."""


def named_options(decorator: _Decorator) -> _Decorator:
    """``decorator``, which raises UsageError for options that it does not have, and for the want of
    one that it needs."""
    parameters = inspect.signature(decorator).parameters.values()
    by_place = [each.name for each in parameters if each.kind is not each.KEYWORD_ONLY]
    by_name = [each.name for each in parameters if each.kind is not each.POSITIONAL_ONLY]
    known = frozenset(by_name)
    needed = frozenset(each.name for each in parameters if each.default is each.empty)

    @functools.wraps(decorator)
    def checked(*args: Any, **options: Any) -> Any:
        __tracebackhide__ = True
        missing = needed.difference(options, by_place[: len(args)])
        if missing or not options.keys() <= known or len(args) > len(by_place):
            _refuse(f"@{decorator.__name__}", options, by_name, missing)
        return decorator(*args, **options)

    return checked  # type: ignore[return-value]


def _refuse(
    name: str, given: Mapping[str, Any], known: list[str], missing: frozenset[str]
) -> NoReturn:
    for each in given:
        if each not in known:
            near = did_you_mean(each, known) or f"It takes {', '.join(known)}."
            raise UsageError(
                f"{name}({each}=...)", "it has no such option", _INSTEAD.get(each, near)
            )
    if missing:
        wanted = sorted(missing)[0]
        raise UsageError(
            f"{name}(...)", f"`{wanted}=` is not given", f"Write {name}({wanted}=...)."
        )
    raise UsageError(name, "its options are given by name", f"Write {name}({known[0]}=...).")
