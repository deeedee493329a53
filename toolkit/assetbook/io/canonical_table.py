"""The canonical form of an Arrow table: exactly what its Parquet file gives back.

A value handed over in memory and one read from its file are the same because both are in this form.
Its buffers cannot be written, by nobody who gets hold of them.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from assetbook.errors import UnstorableValueError
from assetbook.io import categories
from assetbook.io.nested_types import unstorable_part, without_inner_views
from assetbook.io.parquet_file import read_plain, write_plain
from assetbook.types.logical_types import is_text, logical_type

if TYPE_CHECKING:
    import pyarrow as pa


def canonical(
    table: pa.Table, *, asked: str, categories_as_given: bool
) -> tuple[pa.Table, list[str]]:
    """The table as its file gives it back, and what that changes, a sentence for each column.

    Raises UnstorableValueError, naming the column, for what Parquet cannot hold.
    """
    check_shape(table, asked)
    columns, fields, notes = [], [], []
    for name, column in zip(table.column_names, table.columns, strict=True):
        field = table.schema.field(name)
        stored = _stored_column(column, field, asked, categories_as_given)
        columns.append(stored)
        fields.append(field.with_type(stored.type).with_metadata(_field_metadata(field)))
        if logical_type(stored.type) != logical_type(column.type):
            was, becomes = logical_type(column.type), logical_type(stored.type)
            notes.append(f"column `{name}`: {was} becomes {becomes}")
    return sealed(_table(columns, fields, table)), notes


def sealed(table: pa.Table) -> pa.Table:
    """The same table over the same memory, but with buffers that nobody can write."""
    import pyarrow as pa

    if not table.num_rows:
        return table
    # empty batches that begin at an offset come through with buffers too short for it
    batches = [each for each in table.to_batches() if each.num_rows]
    whole = pa.Table.from_batches(batches, table.schema)
    # what comes through Arrow's C interface is read-only for the one who gets it
    return pa.RecordBatchReader.from_stream(whole).read_all()


def owned(table: pa.Table) -> pa.Table:
    """The same table over memory of its own, without what lies outside its slices."""
    import pyarrow as pa

    if not table.num_rows:
        return table
    counter = pa.MockOutputStream()
    _write_stream(table, counter)
    memory = pa.allocate_buffer(counter.size())
    _write_stream(table, pa.FixedSizeBufferWriter(memory))
    with pa.ipc.open_stream(memory) as stream:
        return stream.read_all()


def _write_stream(table: pa.Table, sink: pa.NativeFile) -> None:
    import pyarrow as pa

    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)


def _table(columns: list[pa.ChunkedArray], fields: list[pa.Field], table: pa.Table) -> pa.Table:
    import pyarrow as pa

    metadata = dict(table.schema.metadata or {})
    metadata.pop(b"ARROW:schema", None)
    return pa.Table.from_arrays(columns, schema=pa.schema(fields, metadata=metadata or None))


def check_shape(table: pa.Table, asked: str) -> None:
    """Raises UnstorableValueError for rows without columns, and for two columns of one name."""
    twice = [name for name, count in Counter(table.column_names).items() if count > 1]
    if twice:
        names = ", ".join(f"`{name}`" for name in twice)
        raise UnstorableValueError(
            asked, f"several columns are called {names}", "Give each column a name of its own."
        )
    if table.num_rows and not table.num_columns:
        raise UnstorableValueError(
            asked,
            f"it has {table.num_rows:,} rows but no column",
            "Give it a column; the index of a pandas frame becomes one by `reset_index()`.",
        )


def _field_metadata(field: pa.Field) -> dict[bytes, bytes] | None:
    kept = {
        name: each
        for name, each in (field.metadata or {}).items()
        if not name.startswith(b"PARQUET:")
    }
    return kept or None


def _stored_column(
    column: pa.ChunkedArray, field: pa.Field, asked: str, categories_as_given: bool
) -> pa.ChunkedArray:
    import pyarrow as pa

    if not field.nullable and column.null_count:
        raise _refusal(asked, field, "it is declared without nulls, but has some")
    try:
        if pa.types.is_dictionary(column.type):
            return _stored_categories(column, field, asked, categories_as_given)
        target = given_back(field.name, column.type)
        same = target.equals(column.type, check_metadata=True)
        return column if same else column.cast(target)
    except (pa.ArrowException, TypeError) as error:
        raise _refusal(asked, field, str(error)) from error


def _stored_categories(
    column: pa.ChunkedArray, field: pa.Field, asked: str, as_given: bool
) -> pa.ChunkedArray:
    import pyarrow as pa

    kind = column.type.value_type
    if not categories.can_be_categories(kind):
        raise _refusal(asked, field, f"its categories are of type {logical_type(kind)}")
    plain = pa.large_string() if is_text(kind) else given_back(field.name, kind)
    column = categories.unified(column, field, plain, as_given=as_given)
    too_large = column.chunk(0).dictionary.nbytes > categories.LARGEST
    return column.cast(plain) if too_large else column


def given_back(name: str, kind: pa.DataType) -> pa.DataType:
    """The type of a column ``name`` of type ``kind`` after writing and reading it."""
    # nested types take parts of their spelling from the column, and equal others of other spelling
    return _asked_back(name, kind) if kind.num_fields else _remembered(kind)


@lru_cache(maxsize=256)
def _remembered(kind: pa.DataType) -> pa.DataType:
    return _asked_back("column", kind)


def _asked_back(name: str, kind: pa.DataType) -> pa.DataType:
    import pyarrow as pa

    against = unstorable_part(kind)
    if against:
        raise pa.ArrowNotImplementedError(against)
    sink = pa.BufferOutputStream()
    write_plain(pa.schema([(name, without_inner_views(kind))]).empty_table(), sink)
    return read_plain(sink.getvalue()).schema.field(0).type


def _refusal(asked: str, field: pa.Field, found: str) -> UnstorableValueError:
    return UnstorableValueError(
        asked,
        f"column `{field.name}` ({logical_type(field.type)}) cannot be stored: {found}",
        "Convert the column, for instance to text or numbers, before returning the table.",
    )
