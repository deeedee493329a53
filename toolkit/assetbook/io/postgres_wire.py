"""Arrow types in which rows go to PostgreSQL, and checks of what comes from it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from assetbook.errors import DefinitionError, UnstorableValueError

if TYPE_CHECKING:
    import pyarrow as pa

_NARROW = {
    "is_int8": "int16",
    "is_uint8": "int16",
    "is_uint16": "int32",
    "is_uint32": "int64",
    "is_float16": "float64",
    "is_large_string": "string",
    "is_string_view": "string",
    "is_null": "string",
    "is_large_binary": "binary",
    "is_binary_view": "binary",
    "is_date": "date32",
}


def sent_type(kind: pa.DataType) -> pa.DataType:
    """The type that holds the same values, and for which PostgreSQL has one of its own."""
    import pyarrow as pa
    from pyarrow import types

    if types.is_dictionary(kind):
        return sent_type(kind.value_type)
    if types.is_uint64(kind):
        return pa.decimal128(20, 0)
    if types.is_timestamp(kind):
        return pa.timestamp("us", "UTC" if kind.tz else None)
    if types.is_time(kind):
        return pa.time64("us")
    if types.is_duration(kind):
        return pa.duration("us")
    if types.is_list(kind) or types.is_large_list(kind):
        return pa.list_(sent_type(kind.value_type))
    for test, name in _NARROW.items():
        if getattr(types, test)(kind):
            narrow: pa.DataType = getattr(pa, name)()
            return narrow
    return kind


def sent(batch: pa.RecordBatch, *, asked: str) -> pa.RecordBatch:
    """The rows in these types; raises UnstorableValueError for nanoseconds that would be lost."""
    import pyarrow as pa

    columns = []
    for field, column in zip(batch.schema, batch.columns, strict=True):
        try:
            columns.append(column.cast(sent_type(field.type)))
        except pa.ArrowInvalid:
            raise UnstorableValueError(
                asked,
                f"its column `{field.name}` has nanoseconds, and databases keep microseconds",
                "Round the column in the asset that makes it.",
            ) from None
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def received(batch: pa.RecordBatch, schema: pa.Schema, *, asked: str) -> pa.RecordBatch:
    """The rows as ``schema`` has them, of which ADBC gives numerics as text.

    Raises DefinitionError for what such a column does not hold: infinite dates, no numbers.
    """
    import pyarrow as pa

    columns = []
    for field, column in zip(schema, batch.columns, strict=True):
        plain = column.storage if isinstance(column, pa.ExtensionArray) else column
        try:
            columns.append(plain.cast(field.type))
        except pa.ArrowInvalid:
            raise out_of_range(field, asked) from None
        _refuse_out_of_range(field, columns[-1], asked)
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def out_of_range(field: pa.Field, asked: str) -> DefinitionError:
    """The error for values that a column's Arrow type has no place for."""
    return DefinitionError(
        asked,
        f"its column `{field.name}` holds what {field.type} does not, such as infinity or NaN",
        f"Leave such rows out, or take the column as text: `{field.name}::text`.",
    )


def _refuse_out_of_range(field: pa.Field, values: pa.Array, asked: str) -> None:
    """Python has dates from year 1 to 9999 alone; ADBC gives infinite ones as numbers."""
    import pyarrow as pa
    from pyarrow import compute

    kind = field.type
    if pa.types.is_date32(kind):
        bounds = [pa.scalar(each, kind) for each in (dt.date.min, dt.date.max)]
    elif pa.types.is_timestamp(kind):
        ends = [each.replace(tzinfo=dt.UTC) for each in (dt.datetime.min, dt.datetime.max)]
        bounds = [pa.scalar(each, pa.timestamp("us", "UTC")).cast(kind) for each in ends]
    elif pa.types.is_time(kind):
        bounds = [pa.scalar(each, kind) for each in (dt.time.min, dt.time.max)]
    else:
        return
    found = compute.min_max(values.cast(pa.int32() if pa.types.is_date32(kind) else pa.int64()))
    least, most = (bound.value for bound in bounds)
    if found["min"].is_valid and not least <= found["min"].as_py() <= found["max"].as_py() <= most:
        raise out_of_range(field, asked)
