"""A DuckDB database of one's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from assetbook.errors import UnstorableValueError
from assetbook.io.arrow_stream import ArrowStream
from assetbook.io.database import DatabaseQuery, TableInDatabase, TableParts, quoted
from assetbook.io.interruptible import interruptible_batches, interruptibly
from assetbook.io.sql_errors import duckdb_error

if TYPE_CHECKING:
    import pyarrow as pa


class DuckDBDatabase:
    """DuckDB behind a connection."""

    dialect = "duckdb"

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        connection.execute("SET errors_as_json = true; SET python_enable_replacements = false")

    def rows(self, query: DatabaseQuery) -> ArrowStream | None:
        """See :class:`~assetbook.io.database.Database`."""

        self._connection.execute("BEGIN")
        found: pa.RecordBatchReader | None = None
        for number in range(len(query.statements)):
            if number != query.value_at:
                self._run(query, number, self._execute)
                continue
            found = self._run(query, number, self._reader)
            if number < len(query.statements) - 1:
                found = found.read_all().to_reader()
        if found is None:
            self._connection.execute("COMMIT")
            return None
        return ArrowStream(found.schema, self._batches(query, found))

    def create(self, query: DatabaseQuery, table: TableParts) -> TableInDatabase:
        """See :class:`~assetbook.io.database.Database`."""
        self._connection.execute("BEGIN")
        for number in range(len(query.statements)):
            before = ""
            if number == query.value_at:
                self._make_schema(table)
                before = f"CREATE OR REPLACE TABLE {quoted(table)} AS "
            self._run(query, number, self._execute, before)
        return self._left(table)

    def write(self, rows: pa.RecordBatchReader, table: TableParts) -> TableInDatabase:
        """See :class:`~assetbook.io.database.Database`."""
        import duckdb

        self._connection.execute("BEGIN")
        self._make_schema(table)
        try:
            self._connection.register("assetbook_rows", rows)
            made = f"CREATE OR REPLACE TABLE {quoted(table)} AS FROM assetbook_rows"
            self._interruptibly(lambda: self._connection.execute(made))
        except duckdb.Error as error:
            asked = f"the table {quoted(table)}"
            said = duckdb_error(error, "", -1, asked=asked).found
            raise UnstorableValueError(asked, f"DuckDB refuses it: {said}") from None
        self._connection.unregister("assetbook_rows")
        return self._left(table)

    def read(self, table: TableParts) -> pa.Table:
        """See :class:`~assetbook.io.database.Database`."""
        source = f"FROM {quoted(table)}"
        query = DatabaseQuery(source, f"the table {quoted(table)}", [(0, len(source))])
        reader = self._run(query, 0, self._reader)
        return self._interruptibly(lambda: reader.read_all())

    def close(self) -> None:
        """See :class:`~assetbook.io.database.Database`."""
        self._connection.interrupt()  # what was interrupted would go on in DuckDB's own threads
        self._connection.close()

    def _batches(
        self, query: DatabaseQuery, reader: pa.RecordBatchReader
    ) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa

        try:
            yield from interruptible_batches(reader, self._connection)
        except (pa.ArrowException, OSError) as error:
            begins = query.statements[query.value_at or 0][0]
            raise duckdb_error(error, query.source, begins, asked=query.asked) from None
        self._connection.execute("COMMIT")

    def _run(
        self, query: DatabaseQuery, number: int, how: Callable[[str, Any], Any], before: str = ""
    ) -> Any:
        import duckdb

        begins, ends = query.statements[number]
        text = query.source[begins:ends]
        inside = [(at, name) for at, name in query.parameters if begins <= at < ends]
        given = {name: query.values[name] for _, name in inside}
        for at, _ in inside:
            text = f"{text[: at - begins]}${text[at - begins + 1 :]}"
        try:
            return self._interruptibly(lambda: how(before + text, given))
        except duckdb.Error as error:
            if "{" not in str(error):  # a relation does not say where
                before = "EXPLAIN "
                error = self._explained(before + text, given) or error
            raise duckdb_error(
                error, query.source, begins, asked=query.asked, shift=len(before.encode())
            ) from None

    def _interruptibly(self, work: Callable[[], Any]) -> Any:
        return interruptibly(work, self._connection.interrupt)

    def _explained(self, text: str, given: Any) -> Exception | None:
        """What DuckDB says when it only reads a statement; None if it then has nothing to say."""
        import duckdb

        self._connection.rollback()
        try:
            self._connection.execute(text, given).fetchall()
        except duckdb.Error as error:
            told: Exception = error
            return told
        return None

    def _execute(self, text: str, given: Any) -> None:
        self._connection.execute(text, given).fetchall()

    def _reader(self, text: str, given: Any) -> pa.RecordBatchReader:
        import pyarrow as pa

        return pa.RecordBatchReader.from_stream(self._connection.sql(text, params=given))

    def _make_schema(self, table: TableParts) -> None:
        if len(table) > 1:
            self._connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(table[:-1])}")

    def _left(self, table: TableParts) -> TableInDatabase:
        import pyarrow as pa

        counted = self._connection.execute(f"SELECT count(*) FROM {quoted(table)}").fetchall()
        relation = self._connection.sql(f"FROM {quoted(table)} LIMIT 0")
        schema = pa.RecordBatchReader.from_stream(relation).schema
        self._connection.execute("COMMIT")
        return TableInDatabase(table, counted[0][0], schema)
