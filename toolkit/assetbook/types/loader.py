"""Loaders: how a value of a type is made of configuration, where no step gives it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_origin

from assetbook.errors import DefinitionError, with_article
from assetbook.named_arguments import named_arguments, named_options


@named_arguments
@dataclass(frozen=True, slots=True)
class ValueTypeLoader:
    """A function that makes a value of configuration, and the schema of that configuration."""

    config_schema: object
    """A type, a Config class, a dict of these by name, or a list of one; None for anything."""
    load_fn: Callable[[Any, Any], Any]
    required_resource_keys: frozenset[str] = frozenset()

    def construct_from_config_value(self, context: Any, config_value: Any) -> Any:
        """The value; raises what the function raises."""
        return self.load_fn(context, config_value)


@named_options
def value_type_loader(
    config_schema: object, required_resource_keys: Iterable[str] = ()
) -> Callable[[Callable[[Any, Any], Any]], ValueTypeLoader]:
    """The loader that the decorated function is: it takes a context and the configuration.

    ``config_schema`` says what the configuration holds, and a run is refused whose configuration
    does not fit: a type as in an annotation, a Config class, a dict of these by name, or a list of
    one of them. Raises DefinitionError for another schema, and for what is no function.
    """
    _refuse_schema("config_schema", config_schema)

    def decorate(fn: Callable[[Any, Any], Any]) -> ValueTypeLoader:
        if not callable(fn):
            raise DefinitionError(
                f"@value_type_loader on {fn!r}",
                "it is not a function",
                "Write `def load(context, config)`.",
            )
        return ValueTypeLoader(config_schema, fn, frozenset(required_resource_keys))

    return decorate


def _refuse_schema(where: str, schema: object) -> None:
    """Raises DefinitionError for what says nothing of a configuration."""
    if isinstance(schema, Mapping):
        for name, each in schema.items():
            if not isinstance(name, str) or not name.isidentifier() or name.startswith("_"):
                raise DefinitionError(
                    f"{where} of a loader", f"{name!r} is no field's name", "Name it as a variable."
                )
            _refuse_schema(f"{where}[{name!r}]", each)
    elif isinstance(schema, list) and len(schema) == 1:
        _refuse_schema(f"{where}[0]", schema[0])
    elif not _is_annotation(schema):
        raise DefinitionError(
            f"{where} of a loader",
            f"it is {with_article(type(schema).__name__)}",
            "Give a type, a Config class, or a dict of these by name: "
            '{"start": int, "days": list[str]}.',
        )


def _is_annotation(schema: object) -> bool:
    plain = schema is None or schema is Any or isinstance(schema, type)
    return plain or get_origin(schema) is not None
