"""What differs between two values: frozen records, for tables and for plain values.

*Before* is the first of the two that were named, *after* the second. Counts and row numbers are of
rows, from 0; shares are fractions of 1.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

KeyOrigin = Literal["given", "index", "inferred", "none"]
RowSet = Literal["added", "removed", "changed"]
ROW_SETS: tuple[RowSet, ...] = ("added", "removed", "changed")


class RowKey(msgspec.Struct, frozen=True):
    """The columns by which rows of the two tables are matched."""

    columns: tuple[str, ...]
    """Empty if rows have no key: then they are counted as multisets."""
    origin: KeyOrigin
    said: str
    """How it was found, for people."""


class Profile(msgspec.Struct, frozen=True):
    """How the values of one column are distributed in one of the tables."""

    rows: int
    nulls: int
    distinct: int | None = None
    """About how many values there are (within some 2 % beyond a few hundred); None if not asked."""
    low: Any = None
    high: Any = None
    """The least and the greatest number or instant; None for other types. NaN counts as null."""
    mean: float | None = None
    quantiles: tuple[Any, ...] = ()
    """The 5th, 25th, 50th, 75th and 95th percentile; empty if the type has none."""
    top: tuple[tuple[Any, int], ...] = ()
    """The most frequent values with their counts; empty where there are very many values."""

    @property
    def null_share(self) -> float:
        """The share of nulls; 0 in a table without rows."""
        return self.nulls / self.rows if self.rows else 0.0


class ColumnDifference(msgspec.Struct, frozen=True):
    """One column, as it is in either table."""

    name: str
    type_before: str | None
    """Its logical type; None if the table has no such column."""
    type_after: str | None
    compared: bool
    """Whether its cells could be compared: it is in both tables, with types that can be equal."""
    changed: int | None = None
    """Cells that differ in rows that both tables have; None without a key, or if not compared."""
    before: Profile | None = None
    """None if it is not there, or if no cell of it changed and hardly a row came or went."""
    after: Profile | None = None
    moved: tuple[str, ...] = ()
    """What moved clearly in its distribution, a phrase each."""

    @property
    def schema_change(self) -> Literal["added", "removed", "type", ""]:
        """What happened to the column itself; empty if nothing."""
        if self.type_before is None:
            return "added"
        if self.type_after is None:
            return "removed"
        return "type" if self.type_before != self.type_after else ""


class CellChange(msgspec.Struct, frozen=True):
    """One cell that differs in a row that both tables have."""

    key: tuple[Any, ...]
    column: str
    before: Any
    after: Any


class TableDifference(msgspec.Struct, frozen=True):
    """What differs between two tables."""

    rows_before: int
    rows_after: int
    key: RowKey
    added: int
    removed: int
    changed: int | None
    """Rows of both with at least one other cell; None without a key."""
    columns: tuple[ColumnDifference, ...]
    examples: tuple[CellChange, ...] = ()
    """A few changed cells of each column that has any."""
    added_examples: tuple[dict[str, Any], ...] = ()
    removed_examples: tuple[dict[str, Any], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def same_rows(self) -> bool:
        """Whether no row was added, removed or changed."""
        return not (self.added or self.removed or self.changed)

    @property
    def same_schema(self) -> bool:
        """Whether the columns and their types are the same."""
        return not any(column.schema_change for column in self.columns)


class PlainChange(msgspec.Struct, frozen=True):
    """One place in a plain value that differs; ``place`` is spelled like ``["a"][3]``."""

    kind: Literal["added", "removed", "changed"]
    place: str
    before: Any = None
    after: Any = None


class PlainDifference(msgspec.Struct, frozen=True):
    """What differs between two plain values; ``changes`` are the first ones of ``count``."""

    count: int
    changes: tuple[PlainChange, ...]
