"""How a database file is asked: many keys in portions that fit one query each."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TypeVar

from assetbook.storage import queries
from assetbook.storage.queries import Query

K = TypeVar("K")
T = TypeVar("T")


class SqliteAsking(ABC):
    """Whoever asks the database file at ``path``; how it is read is a subclass's own."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @abstractmethod
    def _read(self, query: Query[T]) -> list[T]:
        """What the query finds; raises StoreError if the file cannot be read."""

    def _read_portions(
        self, wanted: Collection[K] | None, query: Callable[[Sequence[K] | None], Query[T]]
    ) -> list[T]:
        found: list[T] = []
        for some in queries.portions(wanted):
            found += self._read(query(some))
        return found
