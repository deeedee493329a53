"""Tables as types: what is asked of columns and rows, and the check that asks it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from assetbook.errors import DefinitionError, with_article
from assetbook.metadata import COLUMN_SCHEMA, ROW_COUNT, TableConstraints, TableSchema
from assetbook.named_arguments import named_arguments
from assetbook.types.column_rule import ColumnRule, refuse_empty_range
from assetbook.types.column_violations import column_violations
from assetbook.types.python_types import wrong
from assetbook.types.table_facts import TableFacts, facts_of
from assetbook.types.value_type import TypeCheck, TypeCheckContext, ValueType
from assetbook.types.violations import Violation, failed


class TableType(ValueType):
    """The tables that keep these rules, of whatever library: see :func:`table_type`."""

    def __init__(
        self,
        name: str,
        columns: tuple[ColumnRule, ...],
        *,
        description: str | None,
        min_rows: int | None,
        max_rows: int | None,
        strict: bool,
    ) -> None:
        self.columns = columns
        self.min_rows = min_rows
        self.max_rows = max_rows
        self.strict = strict
        super().__init__(
            self._check, name, description, metadata={COLUMN_SCHEMA: self._schema(None)}
        )

    def _check(self, context: TypeCheckContext, value: object) -> TypeCheck:
        facts = facts_of(value)
        if facts is None:
            return wrong(value, f"table of type {self.name}")
        violations = [*self._of_table(facts)]
        for rule in self.columns:
            violations += column_violations(rule, facts)
        if violations:
            return failed(violations)
        known: dict[str, Any] = {COLUMN_SCHEMA: self._schema(facts)}
        if facts.rows is not None:
            known[ROW_COUNT] = facts.rows
        return TypeCheck(True, metadata=known)

    def _of_table(self, facts: TableFacts) -> Iterable[Violation]:
        rows, known = facts.rows, {rule.name for rule in self.columns}
        if rows is not None and self.min_rows is not None and rows < self.min_rows:
            yield Violation("", f"at least {_rows(self.min_rows)}", found=f"it has {rows:,}")
        if rows is not None and self.max_rows is not None and rows > self.max_rows:
            yield Violation("", f"at most {_rows(self.max_rows)}", found=f"it has {rows:,}")
        if self.strict:
            for name in facts.schema.names:
                if name not in known:
                    yield Violation(name, "no other columns", found="it is not declared")

    def _schema(self, facts: TableFacts | None) -> TableSchema:
        """The columns with what is asked of them; those that were found, with their types."""
        limits = TableConstraints(tuple(self._texts()))
        if facts is None:
            return TableSchema([rule.described(None) for rule in self.columns], limits)
        declared = {rule.name: rule for rule in self.columns}
        fields = [(declared.get(each.name) or ColumnRule(each.name), each) for each in facts.schema]
        return TableSchema([rule.described(field.type) for rule, field in fields], limits)

    def _texts(self) -> Iterable[str]:
        if self.min_rows is not None:
            yield f"at least {_rows(self.min_rows)}"
        if self.max_rows is not None:
            yield f"at most {_rows(self.max_rows)}"
        if self.strict:
            yield "no other columns"


@named_arguments
def table_type(
    name: str,
    columns: Iterable[ColumnRule] | TableSchema = (),
    *,
    description: str | None = None,
    min_rows: int | None = None,
    max_rows: int | None = None,
    strict: bool = False,
) -> TableType:
    """The type of the tables with these columns, pandas, polars, pyarrow or a Parquet file.

    Of a TableSchema names, types, nulls and uniqueness are asked; its other texts are for people.
    ``strict`` takes no columns beside those named. Raises DefinitionError for what is no rule, for
    two of one name, and for bounds that nothing can keep.
    """
    rules = (
        tuple(map(ColumnRule.of_column, columns.columns))
        if isinstance(columns, TableSchema)
        else tuple(columns)
    )
    refuse_empty_range(f"table_type({name!r}", "rows", min_rows, max_rows)
    seen: set[str] = set()
    for rule in rules:
        if not isinstance(rule, ColumnRule):
            raise DefinitionError(
                f"the columns of the type {name}",
                f"{rule!r} is {with_article(type(rule).__name__)}",
                'Write ColumnRule("amount", "float64").',
            )
        if rule.name in seen:
            raise DefinitionError(
                f"the columns of the type {name}", f"`{rule.name}` is there twice", "Join the two."
            )
        seen.add(rule.name)
    return TableType(
        name,
        rules,
        description=description,
        min_rows=min_rows,
        max_rows=max_rows,
        strict=strict,
    )


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"
