"""What any metadata value is: frozen, equal by its kind and what it holds, and checked when made.

Written out, for dataclasses would make up half of this package's import time.
"""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn, TypeVar

from assetbook.errors import DefinitionError, with_article
from assetbook.metadata.holds import Holds

T = TypeVar("T")


class FrozenValue(Holds[T]):
    """One held value that fits the class; a kind of metadata adds its name and what it takes."""

    __slots__ = ("value",)
    _fields: ClassVar[tuple[str, ...]] = ("value",)

    value: T
    kind: ClassVar[str] = ""
    takes: ClassVar[type[Any]] = object

    def __init__(self, value: T) -> None:
        if not isinstance(value, self.takes) or (type(value) is bool and self.takes is int):
            refuse(self.kind, value)
        object.__setattr__(self, "value", value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{with_article(type(self).__name__)} is frozen: {name} cannot be set")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and _held(self) == _held(other)

    def __hash__(self) -> int:
        return hash((type(self), *_held(self)))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(repr(each) for each in _held(self))})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), _held(self)


def refuse(kind: str, value: object) -> NoReturn:
    """Raises the DefinitionError for a value that does not fit ``kind``."""
    raise DefinitionError(
        f"MetadataValue.{kind}(...)",
        f"the value is {with_article(type(value).__name__)}",
        "Give a value of that kind, or choose another kind.",
    )


def _held(value: FrozenValue[Any]) -> tuple[Any, ...]:
    return tuple(getattr(value, name) for name in value._fields)
