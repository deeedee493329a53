"""What the cells of assets have in common, whatever they are written in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

import msgspec

from assetbook.notebook.cell_code import CellCode

ValueFrom = str
"""``the last expression``, ``the variable NAME``, ``the last query`` or ``nothing``."""


class TableName(msgspec.Struct, frozen=True):
    """A table that a cell names in SQL; ``at`` is where, in characters."""

    parts: tuple[str, ...]
    at: int = 0
    sure: bool = True
    """False if the name could be another thing's as well."""

    @property
    def text(self) -> str:
        """``raw.orders``: also the name under which its asset arrives."""
        return ".".join(self.parts)


class CellBody(ABC):
    """The body of an asset's cell; called with the values of its inputs by name."""

    __name__: str
    """The Python name of the asset."""
    namespace: Mapping[str, Any]
    filename: str
    """A file name for the body's code: the same text has the same name."""
    code: CellCode
    """What its code version is taken of."""
    value_from: ValueFrom

    @abstractmethod
    def __call__(self, **inputs: Any) -> Any:
        """The value."""

    @property
    @abstractmethod
    def reads(self) -> frozenset[str]:
        """The names whose value may come from outside the body."""

    @property
    def carries(self) -> frozenset[str]:
        """The names of the namespace that it may need where that is not."""
        return self.reads | {each.text for each in self.tables if len(each.parts) == 1}

    @property
    @abstractmethod
    def binds(self) -> frozenset[str]:
        """Names that the body itself, or its configuration, gives a value."""

    @property
    def tables(self) -> tuple[TableName, ...]:
        """The tables that it names, each of which an asset may be; none in Python."""
        return ()

    @property
    def awaits(self) -> bool:
        """Whether calling it gives a coroutine."""
        return False

    @property
    def shows_itself(self) -> bool:
        """Whether the body displays something of its own at its end, so that its value need not."""
        return False
