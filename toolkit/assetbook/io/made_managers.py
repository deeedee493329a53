"""Managers made of a function, as ``@io_manager`` and ``@input_manager`` make them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import FunctionType, GeneratorType
from typing import TYPE_CHECKING, Any

from assetbook.errors import DefinitionError, with_article
from assetbook.io.contexts import InputContext
from assetbook.io.manager import InputManager, IOManager
from assetbook.named_arguments import named_options

if TYPE_CHECKING:
    from assetbook.definitions.resource import InitResourceContext


class IOManagerDefinition:
    """An I/O manager that a function makes, once a run, when a step first needs it."""

    def __init__(self, function: Callable[[InitResourceContext], Any]) -> None:
        self.function = function

    def made(self, context: InitResourceContext) -> AbstractContextManager[IOManager]:
        """The manager for the time of a run; a generator goes on at its end.

        Raises DefinitionError if the function makes something else.
        """
        return contextmanager(self._made)(context)

    def _made(self, context: InitResourceContext) -> Iterator[IOManager]:
        found = self.function(context)
        if isinstance(found, GeneratorType):
            with contextmanager(lambda: found)() as manager:
                yield self._checked(manager)
        else:
            yield self._checked(found)

    def _checked(self, manager: object) -> IOManager:
        if isinstance(manager, IOManager):
            return manager
        raise DefinitionError(
            f"the I/O manager of {self.function.__name__}()",
            f"the function gives {with_article(type(manager).__name__)}",
            "Return an instance of a subclass of IOManager.",
        )


class _LoadedByFunction(InputManager):
    """An input manager that calls a function."""

    def __init__(self, function: Callable[[InputContext], Any]) -> None:
        self.function = function

    def load_input(self, context: InputContext) -> Any:
        """What the function returns."""
        return self.function(context)


@named_options
def io_manager(function: Callable[[InitResourceContext], Any]) -> IOManagerDefinition:
    """An I/O manager that ``function(init_context)`` makes when a run first needs it.

    It may ``yield`` it, and clean up afterwards. Raises DefinitionError for Dagster's arguments,
    whose place the fields of a ConfigurableIOManager take.
    """
    return IOManagerDefinition(_function("io_manager", function, "ConfigurableIOManager"))


@named_options
def input_manager(function: Callable[[InputContext], Any]) -> InputManager:
    """An input manager whose inputs are what ``function(context)`` returns.

    Raises DefinitionError for Dagster's arguments.
    """
    return _LoadedByFunction(_function("input_manager", function, "InputManager"))


def class_of(manager: object) -> str:
    """The name that stands for a manager's code: of its class, or of the function that makes it."""
    made = isinstance(manager, IOManagerDefinition | _LoadedByFunction)
    named: Any = manager.function if made else type(manager)  # type: ignore[attr-defined]
    return f"{named.__module__}.{named.__qualname__}"


def _function(name: str, given: Any, instead: str) -> Any:
    if isinstance(given, FunctionType):
        return given
    raise DefinitionError(
        f"@{name}({given!r})",
        "it takes a function, and no arguments",
        f"Write `@{name}` alone; for settings subclass {instead} and declare them as fields.",
    )
