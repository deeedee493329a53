"""The body of a ``%%sql_asset --on NAME`` cell: its SQL runs in a database, which is a resource.

Its rows stream into the store, or stay in the database as a table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import FunctionType
from typing import TYPE_CHECKING, Any

from assetbook.errors import ConfigError, DefinitionError, did_you_mean, with_article
from assetbook.io.arrow_stream import ArrowStream
from assetbook.io.database import Database, DatabaseQuery, TableInDatabase
from assetbook.io.database_url import of_connection
from assetbook.notebook.sql_cell import SqlCell

if TYPE_CHECKING:
    from sqlglot.tokenizer_core import Token

_QUERIES = frozenset(
    ["select", "from", "values", "table", "(", "pivot", "unpivot", "describe", "show", "summarize"]
)
_WRITES = frozenset(["insert", "update", "delete", "merge", "replace"])


class DatabaseCell(SqlCell):
    """SQL that runs in the database called ``on``, and leaves its rows in ``table`` if that is not
    empty.

    ``on`` is a DatabaseResource, or a function that returns a connection.
    Raises DefinitionError as an SQL cell does, and if ``on`` names no database.
    """

    def __init__(
        self,
        name: str,
        text: str,
        namespace: Mapping[str, Any],
        *,
        on: str,
        table: tuple[str, ...] = (),
        **given: Any,
    ) -> None:
        self.on = on
        self.table = table
        _refuse_unknown(name, on, table, namespace)
        self.dialect = getattr(namespace[on], "dialect", "") or self.dialect
        super().__init__(name, text, namespace, **given)
        if self.value_from != "nothing" and table:
            self.value_from = f"the table {'.'.join(table)}"

    @property
    def reads(self) -> frozenset[str]:
        """The names of its parameters, and of its database."""
        return super().reads | {self.on}

    def __call__(self, **inputs: Any) -> ArrowStream | TableInDatabase | None:
        """The rows of its last query, or the table that holds them; None for an effect.

        Rows come while they are read: what the database has against them is raised then.
        """
        database = self._opened(inputs)
        query = self._query(self._bound(inputs))
        if self.table and self.value_from != "nothing":
            try:
                return database.create(query, self.table)
            finally:
                database.close()
        return self._streamed(database, query)

    def _opened(self, inputs: Mapping[str, Any]) -> Database:
        if self.on in inputs:
            database: Database = inputs[self.on].open()
            return database
        return of_connection(self.namespace[self.on]())

    def _streamed(self, database: Database, query: DatabaseQuery) -> ArrowStream | None:
        try:
            rows = database.rows(query)
        except BaseException:
            database.close()
            raise
        if rows is None:
            database.close()
            return None
        found = ArrowStream(rows.schema, _closing(rows, database))
        if self.value_from != "nothing":
            return found
        for _ in found.reader():
            pass
        return None

    def _query(self, values: Mapping[str, object]) -> DatabaseQuery:
        statements = list(self.sql.statements())
        queries = [at for at, each in enumerate(statements) if _is_query(each)]
        return DatabaseQuery(
            self.sql.source,
            self.asked,
            [(each[0].start, each[-1].end + 1) for each in statements],
            [(each.at, each.name) for each in self.sql.parameters],
            values,
            queries[-1] if queries else None,
        )

    def _has_value(self) -> bool:
        return any(map(_is_query, self.sql.statements()))

    def _readers(self) -> frozenset[str]:
        return super()._readers() | {self.on}  # its tables may change with nobody telling


def _closing(rows: ArrowStream, database: Database) -> Iterator[Any]:
    try:
        yield from rows.reader()
    finally:
        database.close()


def _is_query(statement: Sequence[Token]) -> bool:
    """Whether a statement is a query; what comes after the expressions of a WITH decides."""
    first = statement[0].text.lower()
    if first != "with":
        return first in _QUERIES
    depth = 0
    for token in statement:
        kind = token.token_type.name
        depth += (kind == "L_PAREN") - (kind == "R_PAREN")
        word = token.text.lower() if kind not in ("IDENTIFIER", "STRING") else ""
        if depth == 0 and word in _QUERIES | _WRITES:
            return word in _QUERIES
    return True  # WITH x AS (...) (SELECT ...)


def _is_function(found: object) -> bool:
    return isinstance(found, FunctionType)


def _refuse_unknown(name: str, on: str, table: Sequence[str], namespace: Mapping[str, Any]) -> None:
    found = namespace.get(on)
    if hasattr(type(found), "open") and hasattr(type(found), "connect"):
        return
    if _is_function(found):
        if not table:
            return
        raise ConfigError(
            f"%%sql_asset {name} --on {on} --table {'.'.join(table)}",
            f"`{on}` is a function, through which others cannot read the table",
            "Subclass DatabaseResource, and make the connection in its method connect().",
        )
    databases = [each for each, value in namespace.items() if hasattr(type(value), "connect")]
    if on not in namespace:
        raise DefinitionError(
            f"%%sql_asset {name} --on {on}",
            f"`{on}` is not a variable of this notebook",
            did_you_mean(on, databases) or f"Bind it in a cell: {on} = DatabaseResource(url=...).",
        )
    raise ConfigError(
        f"%%sql_asset {name} --on {on}",
        f"`{on}` is {with_article(type(found).__name__)}",
        "Name a DatabaseResource, or a function that returns a connection.",
    )
