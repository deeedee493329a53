"""Types of PostgreSQL's columns in Arrow, and of Arrow's columns in PostgreSQL."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from assetbook.errors import UnstorableValueError

if TYPE_CHECKING:
    import pyarrow as pa

_NUMERIC = 1700


@functools.cache
def _by_oid() -> Mapping[int, pa.DataType]:
    import pyarrow as pa

    plain = {
        16: pa.bool_(),
        17: pa.binary(),
        20: pa.int64(),
        21: pa.int16(),
        23: pa.int32(),
        26: pa.int64(),
        700: pa.float32(),
        701: pa.float64(),
        1082: pa.date32(),
        1083: pa.time64("us"),
        1114: pa.timestamp("us"),
        1184: pa.timestamp("us", "UTC"),
        1186: pa.duration("us"),
    }
    arrays = {1000: 16, 1005: 21, 1007: 23, 1016: 20, 1021: 700, 1022: 701, 1182: 1082}
    lists = {oid: pa.list_(plain[of]) for oid, of in arrays.items()}
    return {**plain, **lists, 1009: pa.list_(pa.string()), 1015: pa.list_(pa.string())}


def arrow_field(column: Any) -> pa.Field:
    """The Arrow field of a column as psycopg describes it.

    A numeric without a precision is a double; what Arrow has no type for is text.
    """
    import pyarrow as pa

    if column.type_code == _NUMERIC:
        precision, scale = column.precision, column.scale
        known = precision is not None and 0 < precision <= 38 and 0 <= (scale or 0) <= precision
        kind = pa.decimal128(precision, scale or 0) if known else pa.float64()
        return pa.field(column.name, kind)
    return pa.field(column.name, _by_oid().get(column.type_code, pa.string()))


def is_text(column: Any) -> bool:
    """Whether a column as psycopg describes it comes as text."""
    import pyarrow as pa

    return bool(arrow_field(column).type == pa.string())


def json_text(value: Any) -> str:
    """A dict as JSON; what JSON has not, such as a date, as its text."""
    return json.dumps(value, default=str, ensure_ascii=False)


def copied_type(field: pa.Field) -> str:
    """The type of a column that holds an Arrow field, as COPY needs it: without its size."""
    return re.sub(r"\(.*?\)", "", postgres_type(field))


def postgres_type(field: pa.Field) -> str:
    """The type of a column that holds an Arrow field.

    Raises UnstorableValueError for what PostgreSQL has no type for.
    """
    from pyarrow import types

    kind = field.type
    if types.is_dictionary(kind):
        kind = kind.value_type
    if types.is_decimal(kind):
        return f"numeric({kind.precision}, {kind.scale})"
    if types.is_timestamp(kind):
        return "timestamptz" if kind.tz else "timestamp"
    if types.is_list(kind) or types.is_large_list(kind):
        return f"{postgres_type(kind.value_field)}[]"
    for test, name in _TESTS.items():
        if getattr(types, test)(kind):
            return name
    raise UnstorableValueError(
        f"the column `{field.name}`",
        f"PostgreSQL has no type for {kind}",
        "Convert the column, for instance to text or numbers.",
    )


_TESTS = {
    "is_boolean": "boolean",
    "is_int8": "smallint",
    "is_int16": "smallint",
    "is_uint8": "smallint",
    "is_int32": "integer",
    "is_uint16": "integer",
    "is_int64": "bigint",
    "is_uint32": "bigint",
    "is_uint64": "numeric(20, 0)",
    "is_float32": "real",
    "is_floating": "double precision",
    "is_string": "text",
    "is_large_string": "text",
    "is_string_view": "text",
    "is_binary": "bytea",
    "is_binary_view": "bytea",
    "is_large_binary": "bytea",
    "is_date": "date",
    "is_time": "time",
    "is_duration": "interval",
    "is_struct": "jsonb",
    "is_null": "text",
}
