"""How close two tables are: the same columns and rows, floats within their tolerance."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from assetbook.io.closeness import Closeness, largest_difference
from assetbook.io.pandas_metadata import KEY, what_counts

if TYPE_CHECKING:
    import pyarrow as pa


class Columns(Protocol):
    """What is compared of a table."""

    @property
    def schema(self) -> pa.Schema:
        """Its columns' names and types."""

    @property
    def num_rows(self) -> int:
        """How many rows it has."""

    def column(self, name: str) -> pa.ChunkedArray:
        """One of its columns."""


class _InFile(msgspec.Struct, frozen=True):
    """The columns of a Parquet file, each read when it is asked for."""

    file: Any

    @property
    def schema(self) -> pa.Schema:
        return self.file.schema_arrow

    @property
    def num_rows(self) -> int:
        return int(self.file.metadata.num_rows)

    def column(self, name: str) -> pa.ChunkedArray:
        # a name with a dot may bring nested columns along, hence the selection
        return self.file.read(columns=[name]).select([name]).column(0)


def closeness_of_files(before: Path, after: Path) -> Closeness:
    """How close the tables in two Parquet files are; reads a column of both at a time."""
    from assetbook.io.parquet_file import opened_parquet

    with opened_parquet(before) as old, opened_parquet(after) as new:
        return closeness_of_tables(_InFile(old), _InFile(new))


def closeness_of_tables(before: Columns, after: Columns) -> Closeness:
    """How close two tables are; takes a column of both at a time."""
    was, now = before.schema, after.schema
    found = Closeness(after.num_rows, list(_unlike_columns(was, now)))
    if before.num_rows != after.num_rows:
        found.unlike.insert(0, f"rows {after.num_rows:,}, before {before.num_rows:,}")
        return found
    for name in was.names:
        if name in now.names and _same_type(was, now, name):
            _compare(found, name, before.column(name), after.column(name))
    if not found.unlike and _beside_columns(was) != _beside_columns(now):
        found.unlike.append("its index or metadata")
    return found


def _beside_columns(schema: pa.Schema) -> dict[object, object]:
    """What a consumer sees of a table beside its columns: an index, categories, notes."""
    own = {KEY, b"ARROW:schema"}
    noted = {name: each for name, each in (schema.metadata or {}).items() if name not in own}
    return {**noted, KEY: what_counts(schema)}


def _unlike_columns(was: pa.Schema, now: pa.Schema) -> Iterator[str]:
    from assetbook.types.logical_types import logical_type

    for name in dict.fromkeys([*now.names, *was.names]):
        if name not in was.names:
            yield f"column `{name}` is new"
        elif name not in now.names:
            yield f"column `{name}` is gone"
        elif not _same_type(was, now, name):
            before, after = (logical_type(each.field(name).type) for each in (was, now))
            yield f"column `{name}` is {after}, before {before}"


def _same_type(was: pa.Schema, now: pa.Schema, name: str) -> bool:
    from assetbook.types.logical_types import logical_type

    return logical_type(was.field(name).type) == logical_type(now.field(name).type)


def _compare(found: Closeness, name: str, old: pa.ChunkedArray, new: pa.ChunkedArray) -> None:
    """Takes note of what differs in a column; of lists and structs in what they hold."""
    from pyarrow import compute, types

    from assetbook.io.content_hash import column_digest

    if column_digest(old.chunks, old.type) == column_digest(new.chunks, new.type):
        return
    if not old.is_null().equals(new.is_null()):
        found.note_apart(name)
    elif types.is_floating(old.type):
        values = (each.fill_null(0.0).to_numpy() for each in (old, new))
        found.note(name, largest_difference(*values), old.type.bit_width)
    elif types.is_struct(old.type):
        for at in range(old.type.num_fields):
            _compare(found, name, *(compute.struct_field(each, [at]) for each in (old, new)))
    elif _is_list(old.type) and _same_lengths(old, new):
        _compare(found, name, *(compute.list_flatten(each) for each in (old, new)))
    else:
        found.note_apart(name)


def _is_list(kind: pa.DataType) -> bool:
    from pyarrow import types

    return bool(
        types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind)
    )  # fmt: skip


def _same_lengths(old: pa.ChunkedArray, new: pa.ChunkedArray) -> bool:
    from pyarrow import compute

    was, now = (compute.list_value_length(each).cast("int64") for each in (old, new))
    return bool(was.equals(now))
