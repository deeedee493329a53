"""Any database with a DB-API driver: its rows are exactly the Python values that come of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from assetbook.errors import ConfigError, DefinitionError, UnstorableValueError
from assetbook.io.arrow_stream import ArrowStream
from assetbook.io.database import (
    DatabaseQuery,
    TableInDatabase,
    TableParts,
    quoted,
    whole_table,
)
from assetbook.io.dbapi_session import Session, marks, statement
from assetbook.io.postgres_types import json_text, postgres_type
from assetbook.io.postgres_wire import sent
from assetbook.io.spooled_rows import spooled

if TYPE_CHECKING:
    import pyarrow as pa

_OF_VALUES: tuple[type[BaseException], ...] = (ValueError, OverflowError)
"""What drivers raise for values that they cannot send."""
ROWS = 20_000
"""Rows that are asked for and written at a time."""
_TYPES: dict[str, Callable[[Any], str]] = {"postgres": postgres_type}
"""What names the types of columns, for databases that make and rename tables in a transaction."""


class DBAPIDatabase:
    """A database behind a session of its driver."""

    writes: ClassVar[str] = "a table is made and swapped in one transaction on PostgreSQL alone"

    def __init__(self, session: Session) -> None:
        self.session = session
        self.dialect = session.dialect
        self._refusals = session.errors + _OF_VALUES

    def rows(self, query: DatabaseQuery) -> ArrowStream | None:
        """See :class:`~assetbook.io.database.Database`."""
        found: ArrowStream | None = None
        for number in range(len(query.statements)):
            is_value = number == query.value_at
            cursor = self._run(query, number, streams=is_value)
            if is_value:
                found = self._spooled(query, cursor)
        self.session.commit()
        return found

    def create(self, query: DatabaseQuery, table: TableParts) -> TableInDatabase:
        """See :class:`~assetbook.io.database.Database`."""
        self._refuse_to_write(query.asked)
        new = _beside(table)
        for number in range(len(query.statements)):
            before = ""
            if number == query.value_at:
                self._make_room(new)
                before = f"CREATE TABLE {quoted(new)} AS "
            self._run(query, number, before)
        count = self._all(f"SELECT count(*) FROM {quoted(new)}")[0][0]
        schema = self._schema(new, query.asked)
        self._swap(new, table)
        return TableInDatabase(table, count, schema)

    def write(self, rows: pa.RecordBatchReader, table: TableParts) -> TableInDatabase:
        """See :class:`~assetbook.io.database.Database`."""
        self._refuse_to_write(f"the table {quoted(table)}")
        new = _beside(table)
        kinds = [self.type_of(field) for field in rows.schema]
        self._make_room(new)
        names = [quoted((name,)) for name in rows.schema.names]
        columns = ", ".join(map(" ".join, zip(names, kinds, strict=True)))
        self.session.execute(f"CREATE TABLE {quoted(new)} ({columns})")
        try:
            count = self._insert(rows, new)
        except self._refusals as error:
            self.session.rollback()
            raise UnstorableValueError(
                f"the table {quoted(table)}", f"the database refuses it: {error}"
            ) from None
        self._swap(new, table)
        return TableInDatabase(table, count, rows.schema)

    def read(self, table: TableParts) -> pa.Table:
        """See :class:`~assetbook.io.database.Database`."""
        return whole_table(self, table)

    def close(self) -> None:
        """See :class:`~assetbook.io.database.Database`."""
        self.session.close()

    # -- what kinds of databases differ in

    def type_of(self, field: pa.Field) -> str:
        """The type of a column that holds an Arrow field; raises UnstorableValueError."""
        return _TYPES[self.dialect](field)

    def adapted(self, value: Any) -> Any:
        """A value as the driver takes it."""
        return json_text(value) if isinstance(value, dict) else value

    def told(self, query: DatabaseQuery, number: int, error: BaseException) -> DefinitionError:
        """What the database has against a statement, for its author."""
        cause: Any = getattr(error, "orig", None) or error
        diagnosis = getattr(cause, "diag", None)
        said = getattr(diagnosis, "message_primary", None) or str(cause).strip()
        hint = getattr(diagnosis, "message_hint", None) or ""
        return DefinitionError(query.asked, said.replace('"', "`"), hint.replace('"', "`"))

    def _refuse_to_write(self, asked: str) -> None:
        if self.dialect not in _TYPES:
            raise ConfigError(
                asked,
                f"{self.dialect or 'this database'} may show others half a table: {self.writes}",
                "Leave the rows in the store (without --table), or write what makes the table "
                "as the cell's own statements, with --effect.",
            )

    # -- running

    def _run(
        self, query: DatabaseQuery, number: int, before: str = "", *, streams: bool = False
    ) -> Any:
        text, given = statement(query, number, self.session.paramstyle)
        if given is not None:
            given = self._adapted(given)
        try:
            return self.session.execute(before + text, given, streams=streams)
        except self._refusals as error:
            self.session.rollback()
            raise self.told(query, number, error) from None

    def _adapted(self, given: Any) -> Any:
        if isinstance(given, dict):
            return {name: self.adapted(value) for name, value in given.items()}
        return tuple(map(self.adapted, given))

    def _spooled(self, query: DatabaseQuery, cursor: Any) -> ArrowStream:
        names = [column[0] for column in cursor.description]
        return spooled(names, self._parts(query, cursor), asked=query.asked)

    def _parts(self, query: DatabaseQuery, cursor: Any) -> Iterator[Sequence[Sequence[Any]]]:
        while True:
            try:
                rows = cursor.fetchmany(ROWS)
            except self.session.errors as error:
                self.session.rollback()
                raise self.told(query, query.value_at or 0, error) from None
            if not rows:
                return
            yield rows

    def _all(self, text: str) -> Any:
        return self.session.execute(text).fetchmany(ROWS)

    # -- tables

    def _insert(self, rows: pa.RecordBatchReader, table: TableParts) -> int:
        names = ", ".join(quoted((name,)) for name in rows.schema.names)
        places = ", ".join(marks(self.session.paramstyle, rows.schema.names))
        text = f"INSERT INTO {quoted(table)} ({names}) VALUES ({places})"
        count = 0
        for batch in rows:
            for begins in range(0, batch.num_rows, ROWS):
                part = batch.slice(begins, ROWS)
                columns = sent(part, asked=f"the table {quoted(table)}").columns
                values = ([self.adapted(each) for each in c.to_pylist()] for c in columns)
                self.session.insert(text, list(zip(*values, strict=True)))
            count += batch.num_rows
        return count

    def _make_room(self, table: TableParts) -> None:
        if len(table) > 1:
            self.session.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(table[:-1])}")
        self.session.execute(f"DROP TABLE IF EXISTS {quoted(table)}")

    def _schema(self, table: TableParts, asked: str) -> pa.Schema:
        source = f"SELECT * FROM {quoted(table)} LIMIT {ROWS}"
        query = DatabaseQuery(source, asked, [(0, len(source))], value_at=0)
        return self._spooled(query, self._run(query, 0)).read_all().schema

    def _swap(self, new: TableParts, table: TableParts) -> None:
        self.session.execute(f"DROP TABLE IF EXISTS {quoted(table)}")
        self.session.execute(f"ALTER TABLE {quoted(new)} RENAME TO {quoted(table[-1:])}")
        self.session.commit()


def _beside(table: TableParts) -> TableParts:
    return (*table[:-1], f"{table[-1]}__assetbook_new")
