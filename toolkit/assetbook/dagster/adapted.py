"""Decorators and classes with Dagster's parameters, made of assetbook's own.

Each takes Dagster's parameters in Dagster's order, and those that assetbook has besides. What has
no meaning here yet is refused with what to do instead, unless it says what is so anyway.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from importlib import import_module
from types import FunctionType
from typing import Any

from assetbook.dagster.parameter_table import (
    CONVERTED,
    PARAMETERS,
    PLAIN,
    REFUSED,
    RENAMED,
    Native,
)
from assetbook.errors import DefinitionError, UsageError, did_you_mean

__all__ = sorted(PARAMETERS)


def __getattr__(name: str) -> Any:
    if name not in PARAMETERS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    native, parameters = PARAMETERS[name]
    made = globals()[name] = adapted(name, native, tuple(parameters.split()))
    return made


def adapted(name: str, native: Native, parameters: tuple[str, ...]) -> Any:
    """What ``native`` is, called ``name``, with Dagster's ``parameters`` in their order."""
    module, _, attribute = native.partition(":")
    own = getattr(import_module(f"assetbook.{module}"), attribute)
    call = _Call(name, own, parameters)
    return call.as_class() if isinstance(own, type) else call.as_function()


class _Call:
    """How a call with Dagster's parameters becomes one of assetbook's own."""

    def __init__(self, name: str, own: Any, parameters: tuple[str, ...]) -> None:
        self.name = name
        self.own = own
        self.parameters = parameters
        accepted = inspect.signature(own).parameters
        self.takes = {each for each, kind in accepted.items() if kind.kind is not kind.VAR_KEYWORD}
        self.defaults = {each.name: each.default for each in accepted.values()}
        self.options = [each for each in accepted.values() if each.kind is each.KEYWORD_ONLY]

    def given(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments of the own one, by name; raises UsageError for those of no parameter."""
        if len(args) > len(self.parameters):
            raise UsageError(
                f"{self.name}(...)",
                f"it takes at most {len(self.parameters)} arguments",
                f"They are {', '.join(self.parameters)}.",
            )
        twice = [each for each in self.parameters[: len(args)] if each in kwargs]
        if twice:
            raise UsageError(
                f"{self.name}({twice[0]}=...)",
                "it is given by its place, too",
                f"The parameters are {', '.join(self.parameters)}, in this order.",
            )
        by_name = {**dict(zip(self.parameters, args, strict=False)), **kwargs}
        found = {}
        for each, value in by_name.items():
            own = RENAMED.get(each, each) if each not in self.takes else each
            if own in self.takes:
                if value is None and self.defaults.get(own) is not None:
                    continue  # None stands for the default, whatever that is here
                converted = CONVERTED.get((self.name, each))
                found[own] = _loaded(converted)(value) if converted else value
            elif each in self.parameters:
                self._refuse(each, value)
            else:
                known = [*self.parameters, *self.takes]
                raise UsageError(
                    f"{self.name}({each}=...)",
                    "it has no such parameter",
                    did_you_mean(each, known) or f"It takes {', '.join(self.parameters)}.",
                )
        return found

    def _refuse(self, parameter: str, value: Any) -> None:
        """Raises DefinitionError for a value that says something."""
        if any(value is each for each in PLAIN.get(parameter, (None,))):
            return
        raise DefinitionError(
            f"{self.name}({parameter}=...)", "assetbook has no such option", REFUSED[parameter]
        )

    def as_class(self) -> type:
        """A subclass with Dagster's parameters."""
        call, own = self, self.own

        def begin(self: Any, *args: Any, **kwargs: Any) -> None:
            own.__init__(self, **call.given(args, kwargs))

        body = {
            "__init__": begin,
            "__slots__": (),
            "__doc__": own.__doc__,
            "__module__": "assetbook.dagster",
            "__signature__": self.signature(),
        }
        return type(self.name, (own,), body)

    def as_function(self) -> Callable[..., Any]:
        """A function with Dagster's parameters; of a decorator also without parentheses."""
        call, own = self, self.own

        @functools.wraps(own)
        def function(*args: Any, **kwargs: Any) -> Any:
            if len(args) == 1 and not kwargs and isinstance(args[0], FunctionType):
                return own(args[0])
            given = call.given(args, kwargs)
            return own(**given) if given or not call.bare else own

        function.__name__ = function.__qualname__ = self.name
        function.__module__ = "assetbook.dagster"
        function.__signature__ = self.signature()  # type: ignore[attr-defined]
        return function

    @property
    def bare(self) -> bool:
        """Whether the own one is a decorator that takes nothing but the function."""
        return not self.options and len(self.takes) == 1

    def signature(self) -> inspect.Signature:
        """Dagster's parameters, then those that only assetbook has."""
        kinds = inspect.Parameter
        theirs = [kinds(each, kinds.POSITIONAL_OR_KEYWORD, default=...) for each in self.parameters]
        more = {RENAMED.get(each, each) for each in self.parameters} | {*self.parameters}
        return inspect.Signature(
            [*theirs, *(each for each in self.options if each.name not in more)]
        )


def _loaded(path: str) -> Callable[[Any], Any]:
    module, _, name = path.partition(":")
    found: Callable[[Any], Any] = getattr(import_module(f"assetbook.{module}"), name)
    return found
