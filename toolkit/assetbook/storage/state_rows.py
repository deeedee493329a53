"""The rows of runs, assets and their latest state: each is checked when it is read.

A row is made from its columns without the checksum, and gives all of them to be written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import msgspec

from assetbook.storage.bodies import EventRow, LogRow
from assetbook.storage.checksums import damaged_row, row_sum


@dataclass(slots=True)
class AssetRow:
    """What is known of an asset beside its events."""

    folded: str
    text: str
    id: int
    """The id of the first event about it."""
    versions: int = 0
    latest: int | None = None
    """The event of its latest version without a partition."""

    COLUMNS: ClassVar = ("folded", "text", "id", "versions", "latest", "sum")

    @property
    def row(self) -> tuple[Any, ...]:
        """All columns."""
        columns = self.folded, self.text, self.id, self.versions, self.latest
        return *columns, row_sum(b"", *columns)

    @classmethod
    def read(cls, row: Iterable[Any], store: Path) -> AssetRow:
        """The asset; raises CorruptStoreError if its row is not as it was written."""
        return cls(*whole(row, store, "the state of an asset"))


class RunRow(msgspec.Struct, frozen=True):
    """Where a run stands."""

    started: int
    """The event of its start."""
    id: str
    status: str
    owner: str
    ended: int | None = None
    """The event of its end."""

    COLUMNS: ClassVar = ("started", "id", "status", "owner", "ended", "sum")

    @property
    def row(self) -> tuple[Any, ...]:
        """All columns."""
        columns = self.started, self.id, self.status, self.owner, self.ended
        return *columns, row_sum(b"", *columns)

    @classmethod
    def read(cls, row: Iterable[Any], store: Path) -> RunRow:
        """The run; raises CorruptStoreError if its row is not as it was written."""
        return cls(*whole(row, store, "the state of a run"))


def columns_of(kind: type[AssetRow | RunRow | EventRow | LogRow], table: str) -> str:
    """The columns of a row of that kind as SQL, each with the table's name before it."""
    columns = kind._fields if issubclass(kind, EventRow | LogRow) else kind.COLUMNS
    return ", ".join(f"{table}.{column}" for column in columns)


def insertion(verb: str, table: str, columns: Sequence[str]) -> str:
    """The statement that writes a row of those columns; ``verb`` is how it begins."""
    return f"{verb} INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


def summed(*columns: int | float | str | None) -> tuple[Any, ...]:
    """The columns of any other row without a body, and their checksum."""
    return *columns, row_sum(b"", *columns)


def whole(row: Iterable[Any], store: Path, what: str) -> tuple[Any, ...]:
    """The columns without the checksum; raises CorruptStoreError if they are not as written."""
    *columns, checksum = row
    if row_sum(b"", *columns) != checksum:
        raise damaged_row(store, what)
    return tuple(columns)
