"""The body of a ``%%sql_asset`` cell as a function: its SQL runs on DuckDB over its inputs.

Its value is the rows of the last query. Its code version is of the text without comments and
formatting, and of the Python values that are bound to its parameters.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from assetbook.errors import DefinitionError, did_you_mean
from assetbook.io.duckdb_query import DuckDBQuery
from assetbook.io.sql_parameters import bound
from assetbook.io.table_source import source_of
from assetbook.notebook.cell_body import CellBody, TableName
from assetbook.notebook.cell_code import CellCode
from assetbook.notebook.sql_names import SqlNames, names_in_sql
from assetbook.notebook.sql_tokens import SqlTokens, tokens_of


class SqlCell(CellBody):
    """SQL as an asset's body; ``text`` begins where line 1 of the cell does.

    With ``effect`` it has no value; None takes what comes. ``config_names`` are the fields of its
    configuration, which come before the notebook's names; ``asked`` is what errors call it.
    Raises DefinitionError for text that is no SQL, or has no query and is no ``effect``, and
    MissingLibraryError without DuckDB.
    """

    dialect = "duckdb"

    def __init__(
        self,
        name: str,
        text: str,
        namespace: Mapping[str, Any],
        *,
        where: str,
        effect: bool | None = False,
        config_names: frozenset[str] = frozenset(),
        asked: str = "",
    ) -> None:
        self.__name__ = name
        self.namespace = namespace
        self.asked = asked or f"the SQL of `{name}`"
        self._config_names = config_names
        self.sql: SqlTokens = tokens_of(text, asked=self.asked, dialect=self.dialect)
        self._names: SqlNames = names_in_sql(self.sql, self.dialect)
        self.filename = (
            f"<sql cell {hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:12]}>"
        )
        has_value = self._has_value()
        self.value_from = "the last query" if has_value and not effect else "nothing"
        if not has_value and effect is False:
            raise self._no_value()
        self.code = CellCode(
            source=text.strip(),
            tree=self._tree(),
            namespace=namespace,
            where=where,
            readers=self._readers(),
        )

    def _has_value(self) -> bool:
        """Whether one of its statements is a query."""
        return DuckDBQuery(self.sql.with_dollars, self.asked).has_value()

    def _readers(self) -> frozenset[str]:
        """What it names that reads the world outside."""
        return frozenset(self._names.readers)

    @cached_property
    def reads(self) -> frozenset[str]:
        """The names of its parameters that are no field of its configuration."""
        return frozenset(each.name for each in self.sql.parameters) - self._config_names

    @property
    def binds(self) -> frozenset[str]:
        """The fields of its configuration."""
        return self._config_names

    @property
    def tables(self) -> tuple[TableName, ...]:
        """The tables that its statements read."""
        return tuple(self._names.tables.values())

    @property
    def brings_tables(self) -> bool:
        """Whether it reaches outside, so that a table may be there which nothing here knows."""
        return not self._names.readers.isdisjoint({"attach", "use", "load", "import", "call"})

    def __call__(self, **inputs: Any) -> Any:
        """The rows of its last query as an ArrowStream; None for an effect.

        Rows are computed while they are read: what DuckDB has against them is raised then.
        """
        query = DuckDBQuery(
            self.sql.with_dollars,
            self.asked,
            {table.parts: source for table, source in self._sources(inputs)},
            self._bound(inputs),
            known=[*inputs, *self.namespace],
        )
        rows = query.stream()
        if self.value_from == "nothing" and rows is not None:
            for _ in rows.reader():
                pass  # a query that is only there for what it does
        return None if self.value_from == "nothing" else rows

    def _sources(self, inputs: Mapping[str, Any]) -> list[tuple[TableName, Any]]:
        """Its tables, each with what is scanned: assets' first, then the notebook's own."""
        found = []
        for table in self.tables:
            value = inputs.get(table.text)
            if value is None and len(table.parts) == 1:
                value = self.namespace.get(table.text)
            if value is not None and (table.text in inputs or is_table(value)):
                found.append((table, source_of(value, asked=f"the table `{table.text}`")))
        return found

    def _bound(self, inputs: Mapping[str, Any]) -> dict[str, object]:
        """The values of its parameters, as a database takes them."""
        return {each.name: self._value_of(each.name, inputs) for each in self.sql.parameters}

    def _value_of(self, name: str, inputs: Mapping[str, Any]) -> object:
        if name in self._config_names:
            value = getattr(inputs["config"], name)
        elif name in inputs:
            value = inputs[name]
        elif name in self.namespace:
            value = self.namespace[name]
        else:
            near = did_you_mean(name, [*inputs, *self.namespace])
            raise DefinitionError(self.asked, f"`:{name}` is not known", near)
        return bound(name, value, asked=self.asked)

    def _tree(self) -> ast.Module:
        """The cell as the versioner takes it: its text, and the names whose values count."""
        names = {table.text for table in self.tables if len(table.parts) == 1} | self.reads
        text = ast.Constant(self.sql.normalized)
        loads = [ast.Name(name, ast.Load()) for name in sorted(names)]
        whole = ast.Expr(ast.Tuple([text, *loads], ast.Load()))
        return ast.fix_missing_locations(ast.Module([whole], []))

    def _no_value(self) -> DefinitionError:
        return DefinitionError(
            f"the asset cell `{self.__name__}`",
            "it has no value: none of its statements is a query",
            f"End it with a SELECT, or say `%%sql_asset {self.__name__} --effect`.",
        )


def is_table(value: object) -> bool:
    """Whether a variable of the notebook can be named as a table: a frame, not an asset."""
    kind = type(value)
    is_lazy = hasattr(kind, "collect_schema") and hasattr(kind, "collect")
    return hasattr(kind, "__arrow_c_stream__") or is_lazy
