"""A type that checks values, what its check finds, and what the check is told."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Union

from assetbook.errors import DefinitionError, with_article
from assetbook.metadata import MetadataValue, metadata_values
from assetbook.named_arguments import named_arguments
from assetbook.types.loader import ValueTypeLoader


@named_arguments
@dataclass(frozen=True, slots=True)
class TypeCheck:
    """What a check found; ``description`` says why, ``metadata`` lands on the materialization.

    ``description`` is stored with a failed step. ``samples`` are lines that may show values: only
    whoever raised the failure sees them.
    """

    success: bool
    description: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TypeCheckContext:
    """What a check is told beside the value."""

    run_id: str = ""
    """Empty outside a run."""
    resources: Any = field(default_factory=SimpleNamespace)
    """The resources that the type requires, as attributes."""


TypeCheckFn = Callable[[TypeCheckContext, Any], "bool | TypeCheck"]


@named_arguments
class ValueType:
    """A type by a function of your own: it takes a TypeCheckContext and a value.

    The function returns a bool or a TypeCheck. ``typing_type`` is what an input annotated with the
    type is loaded as; Any leaves it as it was stored. ``loader`` makes a value of configuration.
    Raises DefinitionError for a type without name and for a function of other parameters.
    """

    def __init__(
        self,
        type_check_fn: TypeCheckFn,
        name: str,
        description: str | None = None,
        loader: ValueTypeLoader | None = None,
        required_resource_keys: Iterable[str] = (),
        typing_type: Any = Any,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        if not isinstance(name, str) or not name:
            raise DefinitionError(f"ValueType(name={name!r})", "it has no name", 'Write name="..."')
        _check_function(type_check_fn, name)
        self.name = name
        self.description = description
        self.loader = loader
        self.required_resource_keys = frozenset(required_resource_keys)
        self.typing_type = typing_type
        self.metadata: Mapping[str, MetadataValue[Any]] = metadata_values(metadata or {})
        self._type_check_fn = type_check_fn

    def type_check(self, context: TypeCheckContext, value: object) -> TypeCheck:
        """What the check finds; raises DefinitionError if it gives neither bool nor TypeCheck."""
        found = self._type_check_fn(context, value)
        if isinstance(found, TypeCheck):
            return found
        if isinstance(found, bool):
            return TypeCheck(found)
        raise DefinitionError(
            f"the check of the type {self.name}",
            f"it returned {with_article(type(found).__name__)}",
            "Return True, False or a TypeCheck.",
        )

    def __or__(self, other: object) -> Any:
        return Union[self, other]  # noqa: UP007 - it is what `|` stands for

    def __ror__(self, other: object) -> Any:
        return Union[other, self]  # noqa: UP007

    def __repr__(self) -> str:
        return f"<type {self.name}>"


def _check_function(fn: object, name: str) -> None:
    asked, remedy = f"the check of the type {name}", "Write `def check(context, value) -> bool`."
    if not callable(fn):
        raise DefinitionError(asked, f"{fn!r} is not a function", remedy)
    try:
        inspect.signature(fn).bind(None, None)
    except TypeError:
        raise DefinitionError(asked, "it does not take context and value", remedy) from None
    except ValueError:  # a built-in function that does not tell
        return
