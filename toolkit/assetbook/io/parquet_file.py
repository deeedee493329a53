"""Parquet files of canonical tables: zstd, page checksums, row groups of 128k rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

from assetbook.io import categories
from assetbook.types.logical_types import is_text

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_A_GROUP = 128 * 1024


Categories = Mapping[str, "tuple[pa.Array, bool]"]
"""The categories of columns, and whether they are ordered."""


def write_parquet(table: pa.Table, file: Any) -> None:
    """Writes a canonical table; raises what ``file.write`` raises."""
    import pyarrow as pa

    kept = {
        field.name: (table.column(at).chunk(0).dictionary, field.type.ordered)
        for at, field in enumerate(table.schema)
        if pa.types.is_dictionary(field.type)
    }
    with parquet_writer(table.schema, kept, file) as write:
        write(table)


@contextmanager
def parquet_writer(
    schema: pa.Schema, kept: Categories, file: Any
) -> Iterator[Callable[[pa.Table], None]]:
    """What writes parts of a canonical table, whose columns of categories have those of ``kept``.

    A part is a row group, or several if it is larger.
    """
    stored = _stored_schema(schema, kept)
    with _plain_writer(stored, file) as writer:
        yield lambda part: writer.write_table(_as_stored(part, stored), row_group_size=ROWS_A_GROUP)


def _stored_schema(schema: pa.Schema, kept: Categories) -> pa.Schema:
    """The schema in the file, where categories are kept beside the data."""
    import pyarrow as pa

    fields = [
        # Parquet knows categories of text alone
        field.with_type(field.type.value_type)
        if pa.types.is_dictionary(field.type) and not is_text(field.type.value_type)
        else field
        for field in schema
    ]
    metadata = dict(schema.metadata or {})
    if kept:
        metadata[categories.KEY] = categories.to_text(kept)
    return _schema(fields, metadata)


def _as_stored(part: pa.Table, stored: pa.Schema) -> pa.Table:
    import pyarrow as pa

    columns = [
        column if column.type == field.type else column.cast(field.type)
        for column, field in zip(part.columns, stored, strict=True)
    ]
    return pa.Table.from_arrays(columns, schema=stored)


def read_parquet(data: pa.Buffer | bytes | BinaryIO) -> pa.Table:
    """The canonical table in a file or its bytes; checks the checksum of each page.

    Raises pyarrow's errors or OSError for what is no such file.
    """
    return restored(read_plain(data))


def restored(table: pa.Table) -> pa.Table:
    """The canonical table, or part of one, from what Parquet alone gave back."""
    metadata = dict(table.schema.metadata or {})
    text = metadata.pop(categories.KEY, None)
    for name, (values, ordered) in categories.from_text(text).items() if text else ():
        at = table.schema.get_field_index(name)
        column = categories.coded(table.column(at), values, ordered=ordered)
        table = table.set_column(at, table.schema.field(at).with_type(column.type), column)
    fields = [_without_numbers(field) for field in table.schema]
    return table.cast(_schema(fields, metadata))


def write_plain(table: pa.Table, file: Any) -> None:
    """Writes a table without categories kept beside it."""
    with _plain_writer(table.schema, file) as writer:
        writer.write_table(table, row_group_size=ROWS_A_GROUP)


def _plain_writer(schema: pa.Schema, file: Any) -> Any:
    from pyarrow.parquet import ParquetWriter

    return ParquetWriter(
        file,
        schema,
        compression="zstd",
        # numbers seldom repeat enough for a dictionary: trying costs three times the write
        use_dictionary=[field.name for field in schema if _repeats(field.type)],
        write_page_checksum=True,
        version="2.6",
    )


def read_plain(data: pa.Buffer | bytes | BinaryIO) -> pa.Table:
    """The table as Parquet alone gives it back."""
    import pyarrow as pa

    source = data if hasattr(data, "read") else pa.BufferReader(_arrows_own(data))
    with opened_parquet(source) as file:
        return file.read()


def _arrows_own(data: pa.Buffer | bytes) -> pa.Buffer:
    """The same bytes in memory of Arrow's own.

    Its threads may let go of them a moment after the read. If Python ends just then, letting go of
    what is Python's would end the process with "terminate called".
    """
    import pyarrow as pa

    if not isinstance(data, bytes):
        return data
    copied = pa.allocate_buffer(len(data))
    if data:
        memoryview(copied).cast("B")[:] = data
    return copied


def opened_parquet(source: Any) -> Any:
    """An open Parquet file that checks the checksum of each page it reads."""
    from pyarrow.parquet import ParquetFile

    return ParquetFile(source, page_checksum_verification=True)


def _repeats(kind: pa.DataType) -> bool:
    from pyarrow import types

    return is_text(kind) or bool(types.is_dictionary(kind))


def _without_numbers(field: pa.Field) -> pa.Field:
    """The field without the number that Parquet's reader gives it."""
    kept = {
        name: each
        for name, each in (field.metadata or {}).items()
        if not name.startswith(b"PARQUET:")
    }
    return field.with_metadata(kept or None)


def _schema(fields: list[pa.Field], metadata: dict[bytes, bytes]) -> pa.Schema:
    import pyarrow as pa

    return pa.schema(fields, metadata=metadata or None)
