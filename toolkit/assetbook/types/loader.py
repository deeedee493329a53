"""Loaders: how a value of a type is made of configuration, where no step gives it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from assetbook.errors import DefinitionError


@dataclass(frozen=True, slots=True)
class ValueTypeLoader:
    """A function that makes a value of configuration, and the schema of that configuration."""

    config_schema: object
    load_fn: Callable[[Any, Any], Any]
    required_resource_keys: frozenset[str] = frozenset()

    def construct_from_config_value(self, context: Any, config_value: Any) -> Any:
        """The value; raises what the function raises."""
        return self.load_fn(context, config_value)


def value_type_loader(
    config_schema: object, required_resource_keys: Iterable[str] = ()
) -> Callable[[Callable[[Any, Any], Any]], ValueTypeLoader]:
    """The loader that the decorated function is: it takes a context and the configuration.

    ``config_schema`` says what the configuration holds. Raises DefinitionError for what is no
    function.
    """

    def decorate(fn: Callable[[Any, Any], Any]) -> ValueTypeLoader:
        if not callable(fn):
            raise DefinitionError(
                f"@value_type_loader on {fn!r}",
                "it is not a function",
                "Write `def load(context, config)`.",
            )
        return ValueTypeLoader(config_schema, fn, frozenset(required_resource_keys))

    return decorate
