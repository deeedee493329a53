"""Types of SQLite's columns, which are names alone: a column holds what is put into it.

Dates and times are their text, as SQLite's own functions read it.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING

from assetbook.errors import UnstorableValueError

if TYPE_CHECKING:
    import pyarrow as pa

_TESTS = {
    "is_boolean": "BOOLEAN",
    "is_integer": "INTEGER",
    "is_floating": "REAL",
    "is_string": "TEXT",
    "is_large_string": "TEXT",
    "is_string_view": "TEXT",
    "is_binary": "BLOB",
    "is_large_binary": "BLOB",
    "is_binary_view": "BLOB",
    "is_date": "DATE",
    "is_time": "TIME",
    "is_null": "TEXT",
}


def sqlite_type(field: pa.Field) -> str:
    """The type of a column that holds an Arrow field exactly.

    Raises UnstorableValueError for what SQLite has no such type for.
    """
    from pyarrow import types

    kind = field.type
    if types.is_dictionary(kind):
        kind = kind.value_type
    if types.is_timestamp(kind):
        return "TIMESTAMP WITH TIME ZONE" if kind.tz else "TIMESTAMP"
    for test, name in _TESTS.items():
        if getattr(types, test)(kind) and not types.is_uint64(kind):
            return name
    raise UnstorableValueError(
        f"the column `{field.name}`",
        f"SQLite keeps no {kind} exactly",
        "Convert the column, for instance to text.",
    )


@functools.cache
def _declared() -> Mapping[str, pa.DataType]:
    import pyarrow as pa

    return {
        "BOOLEAN": pa.bool_(),
        "INTEGER": pa.int64(),
        "REAL": pa.float64(),
        "TEXT": pa.string(),
        "BLOB": pa.binary(),
        "DATE": pa.date32(),
        "TIME": pa.time64("us"),
        "TIMESTAMP": pa.timestamp("us"),
        "TIMESTAMP WITH TIME ZONE": pa.timestamp("us", "UTC"),
    }


def as_declared(table: pa.Table, declared: Mapping[str, str]) -> pa.Table:
    """The table with its columns as they were declared, where all that they hold is of the kind."""
    import pyarrow as pa

    for at, name in enumerate(table.column_names):
        kind = _declared().get(declared.get(name, "").upper())
        if kind is None or kind == table.schema.field(at).type:
            continue
        try:
            table = table.set_column(at, name, table.column(at).cast(kind))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            continue  # SQLite lets anything into a column
    return table
