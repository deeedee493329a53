"""Columns of categories (Arrow's dictionaries): one dictionary a column, kept beside the data.

Parquet keeps the values of a column, but neither the order of its categories nor those that do not
occur; for numbers not even that they were categories. So the categories are kept in the schema.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING

from assetbook.types.logical_types import is_text

if TYPE_CHECKING:
    import pyarrow as pa

KEY = b"assetbook:categories"
"""The schema metadata that holds categories: an Arrow stream as base64 text."""

LARGEST = 16 << 20
"""Bytes of categories up to which a column keeps them; beyond, its values are stored as plain."""

_POLARS_ENUM = (b"_PL_ENUM_VALUES", b"_PL_ENUM_VALUES2")


def can_be_categories(kind: pa.DataType) -> bool:
    """Whether values of this type can be found among categories again."""
    from pyarrow import types

    return is_text(kind) or bool(types.is_primitive(kind) or types.is_null(kind))


def unified(
    column: pa.ChunkedArray, field: pa.Field, kind: pa.DataType, *, as_given: bool
) -> pa.ChunkedArray:
    """The column with one dictionary of type ``kind`` for all its chunks, and codes of 32 bits.

    Categories stay as they are if ``as_given``, if they are ordered, or if they are an Enum's.
    Else their order is an accident of how the column was made: those that occur stay, sorted.
    """
    import pyarrow as pa

    keep_all = keeps_all(field.with_type(column.type), as_given)
    dictionaries = [each.dictionary.cast(kind) for each in column.chunks]
    if not keep_all:
        dictionaries = [
            dictionary.take(each.indices.unique())
            for dictionary, each in zip(dictionaries, column.chunks, strict=True)
        ]
    found = pa.chunked_array(dictionaries, kind).unique().drop_null()
    return coded(column, found if keep_all else found.sort(), ordered=column.type.ordered)


def coded(column: pa.ChunkedArray, categories: pa.Array, *, ordered: bool) -> pa.ChunkedArray:
    """The column, of plain values or of any categories, with these ``categories``."""
    import pyarrow as pa

    chunks = column.chunks or [pa.array([], categories.type)]  # a chunk holds the categories
    return pa.chunked_array(
        [
            pa.DictionaryArray.from_arrays(_codes(chunk, categories), categories, ordered=ordered)
            for chunk in chunks
        ],
        pa.dictionary(pa.int32(), categories.type, ordered),
    )


def to_text(columns: Mapping[str, tuple[pa.Array, bool]]) -> bytes:
    """The categories of columns, and whether they are ordered, as the text for the schema."""
    import pyarrow as pa

    fields, lists = [], []
    for name, (categories, ordered) in columns.items():
        offsets = pa.array([0, len(categories)], pa.int64())
        lists.append(pa.LargeListArray.from_arrays(offsets, categories))
        fields.append(pa.field(name, lists[-1].type, metadata={"ordered": str(int(ordered))}))
    schema = pa.schema(fields)
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(sink, schema, options=options) as stream:
        stream.write_batch(pa.RecordBatch.from_arrays(lists, schema=schema))
    return base64.b64encode(sink.getvalue())


def from_text(text: bytes) -> dict[str, tuple[pa.Array, bool]]:
    """The columns of which ``to_text`` gave the text."""
    import pyarrow as pa

    with pa.ipc.open_stream(base64.b64decode(text)) as stream:
        batch = stream.read_next_batch()
    return {
        field.name: (batch.column(at).flatten(), field.metadata[b"ordered"] == b"1")
        for at, field in enumerate(batch.schema)
    }


def _codes(chunk: pa.Array, categories: pa.Array) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    if not len(categories):
        return pa.nulls(len(chunk), pa.int32())
    if not pa.types.is_dictionary(chunk.type):
        return pc.index_in(chunk.cast(categories.type), value_set=categories)
    if chunk.dictionary.equals(categories):
        return chunk.indices.cast(pa.int32())
    return pc.index_in(chunk.dictionary.cast(categories.type), value_set=categories).take(
        chunk.indices
    )


def keeps_all(field: pa.Field, as_given: bool) -> bool:
    """Whether a column of categories keeps all of them, in their own order."""
    is_enum = any(key in (field.metadata or {}) for key in _POLARS_ENUM)
    return bool(as_given or field.type.ordered or is_enum)
