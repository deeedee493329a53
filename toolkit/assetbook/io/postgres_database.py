"""A PostgreSQL database, by psycopg. Rows stream through a cursor on the server."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from assetbook.errors import DefinitionError
from assetbook.io.arrow_stream import ArrowStream
from assetbook.io.database import DatabaseQuery, TableInDatabase, TableParts, quoted
from assetbook.io.postgres_types import adapted, arrow_field, postgres_type
from assetbook.io.sql_errors import at_place

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS = 20_000
_CURSOR = "DECLARE assetbook_rows NO SCROLL CURSOR FOR "
_UNDEFINED = {"42P01": "table", "42703": "column", "42883": "function"}


class PostgresDatabase:
    """PostgreSQL behind a connection of psycopg."""

    dialect = "postgres"

    def __init__(self, connection: Any, url: str = "") -> None:
        import psycopg

        self._connection = connection
        connection.autocommit = False
        self._cursor: Any = psycopg.RawCursor(connection)

    def rows(self, query: DatabaseQuery) -> ArrowStream | None:
        """See :class:`~assetbook.io.database.Database`."""
        import pyarrow as pa

        found: ArrowStream | None = None
        for number in range(len(query.statements)):
            if number != query.value_at:
                self._run(query, number)
                continue
            self._run(query, number, before=_CURSOR)
            schema = self._schema_of_cursor()
            found = ArrowStream(schema, self._batches(query, schema))
            if number < len(query.statements) - 1:
                held = pa.Table.from_batches(list(self._fetched(query, schema)), schema)
                self._cursor.execute("CLOSE assetbook_rows")
                found = ArrowStream(schema, self._held(held))
        if found is None:
            self._connection.commit()
        return found

    def create(self, query: DatabaseQuery, table: TableParts) -> TableInDatabase:
        """See :class:`~assetbook.io.database.Database`."""
        schema, rows, new = None, 0, (*table[:-1], f"{table[-1]}__assetbook_new")
        for number in range(len(query.statements)):
            if number != query.value_at:
                self._run(query, number)
                continue
            self._run(query, number, before=_CURSOR)
            schema = self._schema_of_cursor()
            kinds = self._types_of_cursor()
            self._cursor.execute("CLOSE assetbook_rows")
            self._make(new, zip(schema.names, kinds, strict=True))
            self._run(query, number, before=f"INSERT INTO {quoted(new)} ")
            rows = self._cursor.rowcount
        self._swap(new, table)
        assert schema is not None
        return TableInDatabase(table, rows, schema)

    def write(self, rows: pa.RecordBatchReader, table: TableParts) -> TableInDatabase:
        """See :class:`~assetbook.io.database.Database`."""
        new = (*table[:-1], f"{table[-1]}__assetbook_new")
        self._make(new, ((field.name, postgres_type(field)) for field in rows.schema))
        count = 0
        with self._cursor.copy(f"COPY {quoted(new)} FROM STDIN") as copy:
            for batch in rows:
                count += batch.num_rows
                for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    copy.write_row([adapted(value) for value in row])
        self._swap(new, table)
        return TableInDatabase(table, count, rows.schema)

    def read(self, table: TableParts) -> pa.Table:
        """See :class:`~assetbook.io.database.Database`."""
        source = f"SELECT * FROM {quoted(table)}"
        query = DatabaseQuery(source, f"the table {quoted(table)}", [(0, len(source))], value_at=0)
        found = self.rows(query)
        assert found is not None
        return found.read_all()

    def close(self) -> None:
        """See :class:`~assetbook.io.database.Database`."""
        self._connection.close()

    def _run(self, query: DatabaseQuery, number: int, before: str = "") -> None:
        """Runs one statement, with ``$1`` in the place of each name's mark."""
        import psycopg

        begins, ends = query.statements[number]
        text = query.source[begins:ends]
        names: list[str] = []
        for at, name in query.parameters:
            if begins <= at < ends:
                names += [name] if name not in names else []
                mark = f"${names.index(name) + 1}".ljust(len(name) + 1)
                text = text[: at - begins] + mark + text[at - begins + len(name) + 1 :]
        try:
            self._cursor.execute(before + text, [query.values[name] for name in names])
        except psycopg.Error as error:
            raise self._told(query, error, begins - len(before)) from None

    def _told(self, query: DatabaseQuery, error: Any, begins: int | None) -> DefinitionError:
        self._connection.rollback()
        said = (error.diag.message_primary or str(error)).replace('"', "`")
        place = error.diag.statement_position
        if place and begins is not None:
            said = at_place(query.source, begins + int(place) - 1, said)
        hint = error.diag.message_hint or error.diag.message_detail or ""
        return DefinitionError(query.asked, said, hint.replace('"', "`"))

    def _schema_of_cursor(self) -> pa.Schema:
        import pyarrow as pa

        self._cursor.execute("FETCH 0 FROM assetbook_rows")
        return pa.schema([arrow_field(column) for column in self._cursor.description])

    def _types_of_cursor(self) -> list[str]:
        """The column types as PostgreSQL spells them; after the cursor's schema was asked for."""
        columns = list(self._cursor.description)
        found = []
        for column in columns:
            modifier = getattr(column, "_fmod", -1)
            self._cursor.execute("SELECT format_type($1, $2)", [column.type_code, modifier])
            found.append(self._cursor.fetchone()[0])
        return found

    def _batches(self, query: DatabaseQuery, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        yield from self._fetched(query, schema)
        self._connection.commit()

    def _held(self, table: pa.Table) -> Iterator[pa.RecordBatch]:
        yield from table.to_batches()
        self._connection.commit()

    def _fetched(self, query: DatabaseQuery, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        import psycopg

        while True:
            try:
                self._cursor.execute(f"FETCH {_ROWS} FROM assetbook_rows")
                rows = self._cursor.fetchall()
            except psycopg.Error as error:
                raise self._told(query, error, None) from None
            if not rows:
                return
            yield _batch(rows, schema)

    def _make(self, table: TableParts, columns: Iterable[tuple[str, str]]) -> None:
        if len(table) > 1:
            self._cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(table[:-1])}")
        self._cursor.execute(f"DROP TABLE IF EXISTS {quoted(table)}")
        written = ", ".join(f"{quoted((name,))} {kind}" for name, kind in columns)
        self._cursor.execute(f"CREATE TABLE {quoted(table)} ({written})")

    def _swap(self, new: TableParts, table: TableParts) -> None:
        self._cursor.execute(f"DROP TABLE IF EXISTS {quoted(table)}")
        self._cursor.execute(f"ALTER TABLE {quoted(new)} RENAME TO {quoted(table[-1:])}")
        self._connection.commit()


def _batch(rows: list[tuple[Any, ...]], schema: pa.Schema) -> pa.RecordBatch:
    import pyarrow as pa

    columns = []
    for field, values in zip(schema, zip(*rows, strict=True), strict=True):
        if pa.types.is_string(field.type):
            values = tuple(_text(each) for each in values)
        elif pa.types.is_float64(field.type):
            values = tuple(None if each is None else float(each) for each in values)
        columns.append(pa.array(values, field.type))
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value) if isinstance(value, dict | list) else str(value)
