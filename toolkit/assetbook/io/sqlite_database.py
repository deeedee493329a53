"""SQLite, by the standard library alone."""

from __future__ import annotations

import datetime as dt
import decimal
import re
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assetbook.errors import DefinitionError, UnstorableValueError
from assetbook.io.database import DatabaseQuery, TableInDatabase, TableParts, quoted
from assetbook.io.dbapi_database import DBAPIDatabase
from assetbook.io.dbapi_session import DBAPISession
from assetbook.io.sql_errors import at_place
from assetbook.io.sqlite_types import as_declared, sqlite_type

if TYPE_CHECKING:
    import pyarrow as pa

_STEPS = 100_000
"""Steps of SQLite's machine, about a millisecond, after which Python looks for an interrupt."""
_OUTSIDE = ("attach", "detach", "pragma", "vacuum")
"""What SQLite does, or means, only outside a transaction."""
_NAMED = re.compile(r'no such (?:table|column|function): (?:\w+\.)?(\w+)|near "([^"]+)"')


class SQLiteDatabase(DBAPIDatabase):
    """SQLite behind a connection of ``sqlite3``.

    It has no schemas but those that are attached: ``mart/people`` is the table ``mart__people``.
    """

    def __init__(self, connection: Any) -> None:
        connection.isolation_level = None  # else Python begins transactions as it thinks best
        connection.set_progress_handler(lambda: 0, _STEPS)
        self._connection = connection
        super().__init__(_SQLiteSession(connection, "sqlite"))

    def create(self, query: DatabaseQuery, table: TableParts) -> TableInDatabase:
        """See :class:`~assetbook.io.database.Database`."""
        if self._placed(table) != table and not query.attaches:
            raise DefinitionError(
                query.asked,
                f"SQLite has no schema `{table[0]}`",
                f"Say --table {table[-1]}, or ATTACH a file under that name in the cell.",
            )
        return super().create(query, table)

    def write(self, rows: pa.RecordBatchReader, table: TableParts) -> TableInDatabase:
        """See :class:`~assetbook.io.database.Database`."""
        return super().write(rows, self._placed(table))

    def read(self, table: TableParts) -> pa.Table:
        """See :class:`~assetbook.io.database.Database`."""
        place = self._placed(table)
        found = super().read(place)
        schema = f"{quoted(place[:-1])}." if place[:-1] else ""
        columns = self._all(f"PRAGMA {schema}table_info({quoted(place[-1:])})")
        return as_declared(found, {column[1]: column[2] for column in columns})

    def type_of(self, field: pa.Field) -> str:
        """The type of a column that holds an Arrow field; raises UnstorableValueError."""
        return sqlite_type(field)

    def adapted(self, value: Any) -> Any:
        """A value as SQLite takes it: dates as their text."""
        if isinstance(value, dt.datetime):
            return value.isoformat(" ")
        if isinstance(value, dt.date | dt.time):
            return value.isoformat()
        if isinstance(value, decimal.Decimal | uuid.UUID):
            return str(value)
        if isinstance(value, float) and value != value:
            raise UnstorableValueError(
                "a number for SQLite", "it is not a number (NaN)", "Use null in its place."
            )
        if isinstance(value, list | dict | dt.timedelta):
            raise DefinitionError(
                "a parameter for SQLite",
                f"it is a {type(value).__name__}",
                "Bind text: a list as JSON, to be read by `json_each(:names)`.",
            )
        if isinstance(value, int) and not -(2**63) <= value < 2**63:
            raise DefinitionError(
                "a number for SQLite", "it has more than 64 bits", "Bind its text."
            )
        return value

    def told(self, query: DatabaseQuery, number: int, error: BaseException) -> DefinitionError:
        """What SQLite has against a statement, at the place of the name that it is about."""
        said = str(error)
        named = _NAMED.search(said)
        if named:
            begins, ends = query.statements[number]
            at = query.source.find(named[1] or named[2], begins, ends)
            if at >= 0:
                said = at_place(query.source, at, said.replace('"', "`"))
        return DefinitionError(query.asked, said)

    def _refuse_to_write(self, asked: str) -> None:
        pass  # its tables are made and renamed in a transaction

    def _make_room(self, table: TableParts) -> None:
        self.session.execute(f"DROP TABLE IF EXISTS {quoted(table)}")

    def _placed(self, table: TableParts) -> TableParts:
        """The table as it is called here."""
        attached = {row[1] for row in self._all("PRAGMA database_list")} | {"temp"}
        known = len(table) < 2 or (len(table) == 2 and table[0] in attached)
        return table if known else ("__".join(table),)


class _SQLiteSession(DBAPISession):
    """A session that begins its transactions by itself; an interrupt of SQLite's work is one."""

    def __init__(self, connection: Any, dialect: str) -> None:
        super().__init__(connection, dialect)
        self.paramstyle = "named"

    def execute(self, text: str, given: Any = None, *, streams: bool = False) -> Any:
        """See :class:`~assetbook.io.dbapi_session.Session`."""
        outside = text.lstrip().lower().startswith(_OUTSIDE)
        if not outside and not self._connection.in_transaction:
            self._connection.execute("BEGIN")
        return _Rows(_interrupting(super().execute, text, given))

    def insert(self, text: str, rows: Sequence[Sequence[object]]) -> None:
        """See :class:`~assetbook.io.dbapi_session.Session`."""
        _interrupting(super().insert, text, rows)


class _Rows:
    """A cursor whose interrupts are interrupts."""

    def __init__(self, cursor: Any) -> None:
        self.description: Any = cursor.description
        self._cursor = cursor

    def fetchmany(self, count: int) -> Any:
        """Some rows."""
        return _interrupting(self._cursor.fetchmany, count)


def _interrupting(function: Any, *given: Any) -> Any:
    """What the function gives; SQLite tells of an interrupt as of an error."""
    import sqlite3

    try:
        return function(*given)
    except sqlite3.OperationalError as error:
        if str(error) == "interrupted":
            raise KeyboardInterrupt from None
        raise
