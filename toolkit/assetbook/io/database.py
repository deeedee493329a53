"""What a database does for SQL cells and tables kept in it; one module for each kind of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from assetbook.io.arrow_stream import ArrowStream

if TYPE_CHECKING:
    import pyarrow as pa

TableParts = tuple[str, ...]
"""A table's name with its schema: ``("mart", "totals")``."""


TABLE = "assetbook/table"
"""The name of the metadata that says which table holds a value."""


class DatabaseQuery(msgspec.Struct, frozen=True):
    """Statements with ``:name`` for the values that are bound to them.

    ``statements`` are where each begins and ends in ``source``, ``parameters`` where each name's
    mark stands.
    """

    source: str
    asked: str
    statements: Sequence[tuple[int, int]]
    parameters: Sequence[tuple[int, str]] = ()
    values: Mapping[str, object] = msgspec.field(default_factory=dict)
    value_at: int | None = None
    """Which statement is the query that gives the value; None if none does."""

    @property
    def attaches(self) -> bool:
        """Whether one of its statements brings another database's tables."""
        starts = (self.source[begins:ends] for begins, ends in self.statements)
        return any(text.lower().startswith("attach") for text in starts)


class TableInDatabase(msgspec.Struct, frozen=True):
    """A table that was left in a database: a value that is not stored again."""

    parts: TableParts
    rows: int
    schema: pa.Schema

    @property
    def name(self) -> str:
        """``mart.totals``; parts that are no plain names stand in double quotes."""
        return ".".join(part if part.isidentifier() else quoted((part,)) for part in self.parts)


class Database(Protocol):
    """An open connection; what it does is committed as a whole, or not at all."""

    dialect: str
    """What sqlglot calls its language."""

    def rows(self, query: DatabaseQuery) -> ArrowStream | None:
        """Runs the statements; the rows of the one that gives the value, None if none does.

        Rows come as they are read, in bounded memory; after the last one it is committed. Raises
        DefinitionError for what the database has against it, also while rows are read.
        """
        ...

    def create(self, query: DatabaseQuery, table: TableParts) -> TableInDatabase:
        """Runs the statements and leaves the rows of the value in ``table``, in the place of what
        is there: others see the old table until the new one is whole. Raises as ``rows`` does."""
        ...

    def write(self, rows: pa.RecordBatchReader, table: TableParts) -> TableInDatabase:
        """Leaves rows in ``table``, in the place of what is there, in one transaction."""
        ...

    def read(self, table: TableParts) -> pa.Table:
        """All rows of a table."""
        ...

    def close(self) -> None:
        """Lets go of the connection; what is not committed is undone."""
        ...


def whole_table(database: Database, table: TableParts) -> pa.Table:
    """All rows of a table, by a query; raises what ``Database.rows`` raises."""
    source = f"SELECT * FROM {quoted(table)}"
    query = DatabaseQuery(source, f"the table {quoted(table)}", [(0, len(source))], value_at=0)
    found = database.rows(query)
    assert found is not None  # the statement at ``value_at`` is a query
    return found.read_all()


def quoted(parts: TableParts) -> str:
    """The name as SQL: ``"mart"."totals"``."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)


_PART = re.compile(r'"((?:[^"]|"")*)"|([^."]+)')


def table_parts(name: str) -> TableParts:
    """The parts of a name as ``TableInDatabase.name`` spells it."""
    return tuple(found[2] or found[1].replace('""', '"') for found in _PART.finditer(name))


def noted_table(metadata: Mapping[str, Any]) -> TableParts | None:
    """The table that a version's metadata says it is left in; None if it says nothing of one."""
    noted = metadata.get(TABLE)
    if noted is None:
        return None
    return table_parts(str(noted.get("value") if isinstance(noted, dict) else noted))
