"""Running SQL on DuckDB: tables are scanned where they are, values are bound, rows stream out.

Each run has a database of its own, in memory. It sees the tables that it is given and no variable
of the process.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

import msgspec

from assetbook.errors import DefinitionError, MissingLibraryError
from assetbook.io.arrow_stream import ArrowStream
from assetbook.io.database import quoted
from assetbook.io.interruptible import interruptible_batches, interruptibly
from assetbook.io.sql_errors import duckdb_error
from assetbook.io.table_source import TableSource

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS_DROPPED = 100_000


class DuckDBQuery(msgspec.Struct, frozen=True):
    """A text of SQL with ``$name`` parameters, and what it is given.

    ``known`` are names of tables that could have been meant, for errors.
    """

    source: str
    asked: str
    tables: Mapping[tuple[str, ...], TableSource] = msgspec.field(default_factory=dict)
    parameters: Mapping[str, object] = msgspec.field(default_factory=dict)
    known: Collection[str] = ()

    def has_value(self) -> bool:
        """Whether one of its statements is a query; reads, but does not run it.

        Raises DefinitionError if DuckDB cannot read it, MissingLibraryError if it is not here.
        """
        return _value_at(self._statements(_reading())) is not None

    def stream(self) -> ArrowStream | None:
        """Runs all statements; the rows of the last query, or None if there is none.

        Rows are computed as they are read, and errors in them raised then. Raises DefinitionError
        for whatever DuckDB has against it.
        """
        connection = _connected()
        try:
            return self._run(connection)
        except BaseException:  # what was interrupted would go on in DuckDB's own threads
            connection.interrupt()
            connection.close()
            raise

    def _run(self, connection: Any) -> ArrowStream | None:
        self._put_tables(connection)
        statements = self._statements(connection)
        value_at = _value_at(statements)
        found: ArrowStream | None = None
        for number, statement in enumerate(statements):
            given = {name: self.parameters[name] for name in statement.named_parameters}
            if number != value_at:
                self._execute(connection, statement, given)
                continue
            rows = self._rows(connection, statement, given)
            if number < len(statements) - 1:  # what follows may drop what it reads
                rows = ArrowStream(rows.schema, iter(rows.read_all().to_batches()))
            found = rows
        if found is None:
            connection.close()
        return found

    def _execute(self, connection: Any, statement: Any, given: Mapping[str, object]) -> None:
        def run() -> None:
            result = connection.execute(statement, given)
            while result.fetchmany(_ROWS_DROPPED):  # a query that is not the value still runs
                pass

        try:
            interruptibly(run, connection.interrupt)
        except _duckdb().Error as error:
            raise self._told(error) from None

    def _rows(self, connection: Any, statement: Any, given: Mapping[str, object]) -> ArrowStream:
        """The rows of a query, which a relation streams; ``execute`` would hold them all."""
        import pyarrow as pa

        def begin() -> tuple[Any, pa.RecordBatchReader]:
            relation = connection.sql(statement, params=given)
            return relation, pa.RecordBatchReader.from_stream(relation)

        try:
            relation, reader = interruptibly(begin, connection.interrupt)
        except _duckdb().Error as error:
            self._execute(connection, statement, given)  # says where, which a relation does not
            raise self._told(error) from None
        schema = _without_huge(reader.schema, list(map(str, relation.types)))
        return ArrowStream(schema, self._batches(reader, schema, connection, statement))

    def _batches(
        self, reader: pa.RecordBatchReader, schema: pa.Schema, connection: Any, statement: Any
    ) -> Iterator[pa.RecordBatch]:
        """The batches; the connection lives as long as they come."""
        import pyarrow as pa

        try:
            for batch in interruptible_batches(reader, connection):
                yield batch if batch.schema == schema else self._narrowed(batch, schema)
        except (_duckdb().Error, pa.ArrowException, OSError) as error:  # it comes through Arrow
            raise self._told(error, self.source.find(statement.query.strip())) from None

    def _narrowed(self, batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
        import pyarrow as pa

        try:
            return batch.cast(schema)
        except pa.ArrowInvalid:
            raise DefinitionError(
                self.asked,
                "a whole number in its result, such as a sum, has more than 64 bits",
                "Say what it should be: `sum(x)::DECIMAL(38, 0)` or `sum(x)::DOUBLE`.",
            ) from None

    def _statements(self, connection: Any) -> list[Any]:
        try:
            return list(connection.extract_statements(self.source))
        except _duckdb().Error as error:
            raise self._told(error) from None

    def _put_tables(self, connection: Any) -> None:
        for number, (parts, source) in enumerate(self.tables.items()):
            held = parts[0] if len(parts) == 1 else f"assetbook_input_{number}"
            try:
                connection.register(held, source.scanned)
            except _duckdb().Error as error:
                raise self._unreadable(parts, error) from None
            if len(parts) > 2:
                connection.execute(f"ATTACH IF NOT EXISTS ':memory:' AS {quoted(parts[-3:-2])}")
            if len(parts) > 1:
                connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(parts[:-1])}")
                connection.execute(f"CREATE VIEW {quoted(parts)} AS FROM temp.{held}")

    def _unreadable(self, parts: tuple[str, ...], error: BaseException) -> DefinitionError:
        said = duckdb_error(error, self.source, -1, asked=self.asked).found
        return DefinitionError(
            self.asked,
            f"DuckDB cannot read the table `{'.'.join(parts)}`: {said}",
            "Convert the column in the asset that makes it.",
        )

    def _told(self, error: BaseException, begins: int = 0) -> Exception:
        """The error for the author; its place counts from where the statement ``begins``."""
        columns = [name for source in self.tables.values() for name in source.names]
        return duckdb_error(
            error, self.source, begins, asked=self.asked, tables=self.known, columns=columns
        )


def _without_huge(schema: pa.Schema, types: list[str]) -> pa.Schema:
    """The schema with 64 bits for DuckDB's whole numbers of 128, such as every sum of them.

    As the decimals that Arrow has for these, they would be objects in pandas.
    """
    import pyarrow as pa

    for at, kind in enumerate(types):
        if kind == "HUGEINT":
            schema = schema.set(at, schema.field(at).with_type(pa.int64()))
    return schema


def _value_at(statements: list[Any]) -> int | None:
    """Which statement gives the value: the last query."""
    kinds = _duckdb().StatementType
    queries = (kinds.SELECT, kinds.MULTI)  # PIVOT is several in one
    numbers = [at for at, each in enumerate(statements) if each.type in queries]
    return numbers[-1] if numbers else None


def _connected() -> Any:
    connection = _duckdb().connect()
    connection.execute("SET errors_as_json = true; SET python_enable_replacements = false")
    return connection


@functools.cache
def _reading() -> Any:
    """A connection that only reads texts: to make one takes a while."""
    return _connected()


def _duckdb() -> Any:
    try:
        return import_module("duckdb")
    except ModuleNotFoundError as error:
        raise MissingLibraryError(
            "SQL on assets",
            "duckdb is not installed here",
            "Install it: pip install 'assetbook[duckdb]'",
        ) from error
