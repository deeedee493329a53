"""What a database does for SQL cells and tables kept in it; one module for each kind of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from assetbook.errors import ConfigError, MissingLibraryError
from assetbook.io.arrow_stream import ArrowStream

if TYPE_CHECKING:
    import pyarrow as pa

TableParts = tuple[str, ...]
"""A table's name with its schema: ``("mart", "totals")``."""


TABLE = "assetbook/table"
"""The name of the metadata that says which table holds a value."""


@dataclass(frozen=True, slots=True)
class DatabaseQuery:
    """Statements with ``:name`` for the values that are bound to them.

    ``statements`` are where each begins and ends in ``source``, ``parameters`` where each name's
    mark stands.
    """

    source: str
    asked: str
    statements: Sequence[tuple[int, int]]
    parameters: Sequence[tuple[int, str]] = ()
    values: Mapping[str, object] = field(default_factory=dict)
    value_at: int | None = None
    """Which statement is the query that gives the value; None if none does."""


@dataclass(frozen=True, slots=True)
class TableInDatabase:
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


def opened(url: str) -> Database:
    """The database behind a URL: ``duckdb:///file.db`` or ``postgresql://user@host/name``.

    Raises ConfigError for another kind, MissingLibraryError without its driver.
    """
    scheme, _, rest = url.partition("://")
    kind = scheme.partition("+")[0]
    if kind == "duckdb":
        path = rest.removeprefix("/")
        return of_connection(_connected("duckdb", path or ":memory:"))
    if kind in ("postgresql", "postgres"):
        return of_connection(_connected("psycopg", f"postgresql://{rest}"))
    raise ConfigError(
        f"the database `{kind or 'without a kind'}`",
        "its URL begins with neither duckdb:// nor postgresql://",
        "Give such a URL, or a subclass of DatabaseResource whose connect() returns a connection "
        "of duckdb or psycopg.",
    )


def of_connection(connection: Any) -> Database:
    """The database behind a connection of ``duckdb`` or ``psycopg``; raises ConfigError for other
    drivers' connections."""
    library = type(connection).__module__.split(".")[0].lstrip("_")
    if library == "duckdb":
        from assetbook.io.duckdb_database import DuckDBDatabase

        return DuckDBDatabase(connection)
    if library == "psycopg":
        from assetbook.io.postgres_database import PostgresDatabase

        return PostgresDatabase(connection)
    raise ConfigError(
        "the database connection",
        f"it is one of {library}",
        "Connections of duckdb and psycopg are understood.",
    )


_EXTRAS = {"duckdb": "duckdb", "psycopg": "postgres"}


def _connected(name: str, target: str) -> Any:
    driver = _driver(name)
    try:
        return driver.connect(target)
    except driver.Error as error:
        raise ConfigError(
            f"a connection by {name}",
            f"it cannot be made: {str(error).strip()}",
            "Check the URL, and whether another process has the database open.",
        ) from None


def _driver(name: str) -> Any:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise MissingLibraryError(
            f"a connection by {name}",
            f"{name} is not installed here",
            f"Install it: pip install 'assetbook[{_EXTRAS[name]}]'",
        ) from error
