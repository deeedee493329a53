"""pandera's schemas as types; pandera itself is an extra, and loaded only where it is used."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, get_args, get_origin

from assetbook.errors import DefinitionError, MissingLibraryError
from assetbook.metadata import (
    COLUMN_SCHEMA,
    TableColumn,
    TableColumnConstraints,
    TableSchema,
)
from assetbook.named_arguments import named_arguments
from assetbook.types.python_types import wrong
from assetbook.types.value_type import TypeCheck, TypeCheckContext, ValueType
from assetbook.types.violations import Violation, failed


@named_arguments
def pandera_type(schema: object, name: str | None = None) -> ValueType:
    """The type of the frames that a pandera schema or model (pandas, polars) takes.

    Values are checked and never coerced. Its metadata has the columns as a TableSchema. Raises
    DefinitionError for what is no schema, MissingLibraryError without pandera.
    """
    plain = _plain_schema(schema)
    known = {COLUMN_SCHEMA: table_schema_of(plain)}

    def check(context: TypeCheckContext, value: object) -> TypeCheck:
        return _checked(plain, value, wanted, known)

    called = name or getattr(plain, "name", None) or getattr(schema, "__name__", None)
    wanted = str(called or "pandera schema")
    frame = _frame_of(plain)
    return ValueType(check, wanted, typing_type=frame, metadata=known)


def pandera_schema_of(given: object) -> Any | None:
    """The schema or model that ``given`` is or, as ``DataFrame[Model]``, names; None for others."""
    if "pandera" not in sys.modules:  # whoever names one has imported it
        return None
    origin = get_origin(given)
    if isinstance(origin, type) and origin.__module__.startswith("pandera.typing"):
        return next(iter(get_args(given)), None)
    if isinstance(given, type):
        return given if hasattr(given, "to_schema") and _is_of_pandera(given) else None
    return given if _is_of_pandera(type(given)) and hasattr(given, "validate") else None


def _is_of_pandera(kind: type) -> bool:
    return any(each.__module__.startswith("pandera.") for each in kind.__mro__)


def table_schema_of(schema: Any) -> TableSchema:
    """A pandera schema's columns; their checks are texts for people."""
    return TableSchema([_column(name, column) for name, column in schema.columns.items()])


def _column(name: object, column: Any) -> TableColumn:
    other = tuple(str(check.error or check.name) for check in column.checks or ())
    constraints = TableColumnConstraints(bool(column.nullable), bool(column.unique), other)
    kind = "any" if column.dtype is None else str(column.dtype)
    return TableColumn(str(name), kind, column.description, constraints)


def _plain_schema(schema: object) -> Any:
    try:
        import pandera
    except ModuleNotFoundError as error:
        raise MissingLibraryError(
            "a pandera schema as a type",
            "pandera is not installed here",
            "Install it: pip install 'assetbook[pandera]'",
        ) from error
    if isinstance(schema, type) and hasattr(schema, "to_schema"):
        return schema.to_schema()
    if hasattr(schema, "validate") and hasattr(schema, "columns"):
        return schema
    raise DefinitionError(
        f"pandera_type({schema!r})",
        "it is no schema of a frame",
        f"Give a DataFrameSchema or DataFrameModel of pandera {pandera.__version__}.",
    )


def _frame_of(schema: Any) -> Any:
    if "polars" in type(schema).__module__:
        import polars

        return polars.DataFrame
    import pandas

    return pandas.DataFrame


def _checked(schema: Any, value: object, wanted: str, known: Mapping[str, Any]) -> TypeCheck:
    from pandera.errors import SchemaErrors

    frames = (_frame_of(schema),)
    if not isinstance(value, frames) and type(value).__name__ != "LazyFrame":
        return wrong(value, wanted)
    try:
        schema.validate(value, lazy=True)
    except SchemaErrors as errors:
        return failed(_violations(errors.failure_cases))
    return TypeCheck(True, metadata=known)


def _violations(cases: Any) -> list[Violation]:
    """One for each column and check; ``cases`` is pandera's table, one row a case."""
    rows = cases.to_dict("records") if hasattr(cases, "iloc") else cases.to_dicts()
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        of_table = row["schema_context"] == "DataFrameSchema"
        place = "" if of_table else str(row["column"] or "")
        found.setdefault((place, str(row["check"])), []).append(row)
    made = []
    for (column, rule), cases_of in found.items():
        numbered = [each for each in cases_of if each["index"] is not None]
        of_row = [each for each in numbered if each["index"] == each["index"]]
        made.append(
            Violation(
                column,
                rule,
                len(of_row) or None,
                tuple((each["index"], each["failure_case"]) for each in of_row[:5]),
                "" if of_row else f"found {cases_of[0]['failure_case']}",
            )
        )
    return made
