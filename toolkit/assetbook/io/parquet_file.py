"""Parquet files of canonical tables: zstd, page checksums, row groups of 128k rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assetbook.io import categories
from assetbook.io.logical_types import is_text

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_A_GROUP = 128 * 1024


def write_parquet(table: pa.Table, file: Any) -> None:
    """Writes a canonical table; raises what ``file.write`` raises."""
    import pyarrow as pa

    kept: dict[str, tuple[pa.Array, bool]] = {}
    for at, field in enumerate(table.schema):
        if not pa.types.is_dictionary(field.type):
            continue
        column = table.column(at)
        kept[field.name] = (column.chunk(0).dictionary, field.type.ordered)
        if not is_text(field.type.value_type):  # Parquet knows categories of text alone
            plain = column.cast(field.type.value_type)
            table = table.set_column(at, field.with_type(plain.type), plain)
    if kept:
        metadata = {**(table.schema.metadata or {}), categories.KEY: categories.to_text(kept)}
        table = table.replace_schema_metadata(metadata)
    write_plain(table, file)


def read_parquet(data: pa.Buffer | bytes) -> pa.Table:
    """The canonical table in a file's bytes; checks the checksum of each page.

    Raises pyarrow's errors or OSError for what is no such file.
    """
    table = read_plain(data)
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
    from pyarrow.parquet import ParquetWriter

    with ParquetWriter(
        file,
        table.schema,
        compression="zstd",
        # numbers seldom repeat enough for a dictionary: trying costs three times the write
        use_dictionary=[field.name for field in table.schema if _repeats(field.type)],
        write_page_checksum=True,
        version="2.6",
    ) as writer:
        writer.write_table(table, row_group_size=ROWS_A_GROUP)


def read_plain(data: pa.Buffer | bytes) -> pa.Table:
    """The table as Parquet alone gives it back."""
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    with ParquetFile(pa.BufferReader(data), page_checksum_verification=True) as file:
        return file.read()


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
