"""A PostgreSQL database, by psycopg. Rows stream through a cursor on the server.

What ADBC carries with the same values goes through it, where its driver is installed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from assetbook.errors import DefinitionError, UnstorableValueError
from assetbook.io.arrow_stream import ArrowStream
from assetbook.io.database import (
    DatabaseQuery,
    TableInDatabase,
    TableParts,
    quoted,
    whole_table,
)
from assetbook.io.postgres_adbc import PostgresADBC, carries, takes
from assetbook.io.postgres_types import (
    arrow_field,
    copied_type,
    is_text,
    json_text,
    postgres_type,
)
from assetbook.io.postgres_wire import out_of_range, sent
from assetbook.io.sql_errors import at_place
from assetbook.io.zones_kept import zones_kept

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
        self._url = url
        self._adbc: PostgresADBC | None = None

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
            if self._is_carried(query):
                return self._by_adbc(query, schema)
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
            _make(self._cursor, new, zip(schema.names, kinds, strict=True))
            self._run(query, number, before=f"INSERT INTO {quoted(new)} ")
            rows = self._cursor.rowcount
        _swap(self._cursor, new, table)
        self._connection.commit()
        assert schema is not None
        return TableInDatabase(table, rows, schema)

    def write(self, rows: pa.RecordBatchReader, table: TableParts) -> TableInDatabase:
        """See :class:`~assetbook.io.database.Database`."""
        new = (*table[:-1], f"{table[-1]}__assetbook_new")
        asked = f"the table {quoted(table)}"
        columns = [(field.name, postgres_type(field)) for field in rows.schema]
        if self._url and takes(rows.schema):
            adbc = self._carrier()
            _make(adbc.cursor, new, columns)
            count = adbc.ingest(rows, new, asked=asked)
            _swap(adbc.cursor, new, table)
            adbc.commit()
            return TableInDatabase(table, count, rows.schema)
        _make(self._cursor, new, columns)
        count = self._copied(rows, new, asked)
        _swap(self._cursor, new, table)
        self._connection.commit()
        return TableInDatabase(table, count, rows.schema)

    def read(self, table: TableParts) -> pa.Table:
        """See :class:`~assetbook.io.database.Database`."""
        return whole_table(self, table)

    def close(self) -> None:
        """See :class:`~assetbook.io.database.Database`."""
        if self._adbc is not None:
            self._adbc.close()
        self._connection.close()

    def _is_carried(self, query: DatabaseQuery) -> bool:
        """Whether a query, asked for its types just now, can run on a connection of its own."""
        alone = len(query.statements) == 1 and not query.parameters
        oids = [column.type_code for column in self._cursor.description]
        return bool(self._url) and alone and carries(oids)

    def _by_adbc(self, query: DatabaseQuery, schema: pa.Schema) -> ArrowStream:
        self._connection.rollback()  # it has only been asked for the types
        begins, ends = query.statements[0]
        text = query.source[begins:ends]
        return ArrowStream(schema, self._carrier().batches(text, schema, asked=query.asked))

    def _carrier(self) -> PostgresADBC:
        if self._adbc is None:
            self._adbc = PostgresADBC(self._url)
        return self._adbc

    def _copied(self, rows: pa.RecordBatchReader, table: TableParts, asked: str) -> int:
        """Appends rows to a table by a binary COPY; how many."""
        import psycopg
        from psycopg.types.json import set_json_dumps

        set_json_dumps(json_text, self._cursor)
        count = 0
        try:
            with self._cursor.copy(f"COPY {quoted(table)} FROM STDIN (FORMAT binary)") as copy:
                copy.set_types([copied_type(field) for field in rows.schema])
                for batch in rows:
                    count += batch.num_rows
                    columns = [column.to_pylist() for column in sent(batch, asked=asked).columns]
                    for row in zip(*columns, strict=True):
                        copy.write_row(row)
        except psycopg.Error as error:
            said = error.diag.message_primary or str(error)
            raise UnstorableValueError(asked, f"PostgreSQL refuses it: {said}") from None
        return count

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
        from psycopg.types.string import TextLoader

        from assetbook.io.postgres_intervals import IntervalLoader

        self._cursor.execute("FETCH 0 FROM assetbook_rows")
        for column in self._cursor.description:
            if is_text(column):  # as PostgreSQL writes it, not as Python would
                self._cursor.adapters.register_loader(column.type_code, TextLoader)
        self._cursor.adapters.register_loader("interval", IntervalLoader)
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
            yield _batch(rows, schema, query.asked)


def _make(cursor: Any, table: TableParts, columns: Iterable[tuple[str, str]]) -> None:
    if len(table) > 1:
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(table[:-1])}")
    cursor.execute(f"DROP TABLE IF EXISTS {quoted(table)}")
    written = ", ".join(f"{quoted((name,))} {kind}" for name, kind in columns)
    cursor.execute(f"CREATE TABLE {quoted(table)} ({written})")


def _swap(cursor: Any, new: TableParts, table: TableParts) -> None:
    cursor.execute(f"DROP TABLE IF EXISTS {quoted(table)}")
    cursor.execute(f"ALTER TABLE {quoted(new)} RENAME TO {quoted(table[-1:])}")


def _batch(rows: list[tuple[Any, ...]], schema: pa.Schema, asked: str) -> pa.RecordBatch:
    import pyarrow as pa

    columns = []
    for field, values in zip(schema, zip(*rows, strict=True), strict=True):
        if pa.types.is_float64(field.type):
            values = tuple(None if each is None else float(each) for each in values)
        try:
            with zones_kept():
                columns.append(pa.array(values, field.type))
        except pa.ArrowInvalid:
            raise out_of_range(field, asked) from None
    return pa.RecordBatch.from_arrays(columns, schema=schema)
