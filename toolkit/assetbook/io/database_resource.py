"""Databases as resources: what ``%%sql_asset --on`` names, and a manager of tables in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from assetbook.definitions.secret import Secret
from assetbook.errors import SelectionError, UnstorableValueError, with_article
from assetbook.io.arrow_stream import ArrowStream
from assetbook.io.configurable import ConfigurableIOManager
from assetbook.io.contexts import InputContext, OutputContext
from assetbook.io.database import (
    TABLE,
    Database,
    TableInDatabase,
    TableParts,
    noted_table,
)
from assetbook.io.database_url import dialect_of, of_connection, opened
from assetbook.io.description import schema_description
from assetbook.io.table_form import TableForm
from assetbook.io.table_source import TableSource

if TYPE_CHECKING:
    import pyarrow as pa


class DatabaseResource(ConfigurableIOManager):
    """A database by its URL: ``duckdb:///file.db``, ``sqlite:///file.db``,
    ``postgresql://user@host/name``, or any other of SQLAlchemy.

    ``url`` is shown as ``***``, and may be an EnvVar. A subclass may override ``connect`` instead.
    What ``%%sql_asset --on NAME --table schema.name`` left there is read from there.
    """

    url: Secret = Secret("")

    def connect(self) -> Any:
        """A new connection of any DB-API driver; None has ``url`` opened."""
        return None

    @property
    def dialect(self) -> str:
        """What sqlglot calls the database's language; empty if only a connection would tell."""
        return dialect_of(self.url.get_value() or "")

    @contextmanager
    def database(self) -> Iterator[Database]:
        """The open database, which is closed at the end."""
        found = self.open()
        try:
            yield found
        finally:
            found.close()

    def open(self) -> Database:
        """The open database; whoever asks for it closes it."""
        connection = self.connect()
        if connection is not None:
            return of_connection(connection)
        return opened(self.url.get_value())

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        """Notes where a table is that is there already; raises UnstorableValueError for others."""
        if not isinstance(obj, TableInDatabase):
            raise UnstorableValueError(
                f"the value of `{context.asset_key}`",
                f"it is {with_article(type(obj).__name__)}, which no table was made of",
                "A DatabaseIOManager writes tables: bind one, and name it by --io-manager-key.",
            )
        context.add_output_metadata({TABLE: obj.name, **schema_description(obj.schema, obj.rows)})

    def load_input(self, context: InputContext) -> Any:
        """The table's rows as what the input asks for; a pyarrow table if it does not say.

        Raises SelectionError if the version does not say which table it is.
        """
        asked = f"the value of `{context.asset_key}`"
        with self.database() as database:
            rows = database.read(self._table_for(context))
        wanted = context.python_type
        if wanted is TableSource:
            return TableSource(rows)
        return TableForm.of(rows, asked=asked).hand_over(wanted)

    def _table_for(self, context: InputContext) -> TableParts:
        """The table that was noted when the value came to be."""
        noted = noted_table(context.upstream_metadata)
        if noted is None:
            asked = f"the value of `{context.asset_key}`"
            raise SelectionError(asked, "it does not say which table holds it")
        return noted


class DatabaseIOManager(DatabaseResource):
    """Keeps each asset as a table of a database: ``mart/totals`` as ``mart.totals``.

    A key of one part is a table of ``table_schema``, if that is given; the parts before the last of
    a longer one are its schema: ``a__b`` for ``a/b/people``. A materialization replaces the table
    in one transaction: earlier versions are not kept.
    """

    takes_streams: ClassVar[bool] = True
    """That rows of SQL come as they are read, not as a table."""
    table_schema: str = ""

    def table_of(self, parts: Sequence[str]) -> TableParts:
        """The table of an asset's key."""
        schema = "__".join(parts[:-1]) or self.table_schema
        return (schema, parts[-1]) if schema else (parts[-1],)

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        """Replaces the asset's table; raises UnstorableValueError for what is no table."""
        if not isinstance(obj, TableInDatabase):
            rows = _rows(obj, f"the value of `{context.asset_key}`")
            with self.database() as database:
                obj = database.write(rows, self.table_of(context.asset_key.parts))
        super().handle_output(context, obj)

    def _table_for(self, context: InputContext) -> TableParts:
        if TABLE in context.upstream_metadata:
            return super()._table_for(context)
        return self.table_of(context.asset_key.parts)


def _rows(value: Any, asked: str) -> pa.RecordBatchReader:
    """The rows of a table in their stored form, or as they stream."""
    if isinstance(value, ArrowStream):
        return value.reader()
    if not hasattr(value, "__arrow_c_stream__") and "LazyFrame" not in type(value).__name__:
        raise UnstorableValueError(
            asked, f"it is {with_article(type(value).__name__)}", "Return a table."
        )
    import pyarrow as pa

    table: pa.Table = TableForm.of(value, asked=asked).hand_over(pa.Table)
    return table.to_reader()
