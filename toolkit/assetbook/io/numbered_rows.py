"""Rows of a Parquet file by their numbers, with the types that the file names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


def numbered_rows(path: Path, numbers: Sequence[int], columns: Sequence[int]) -> pa.Table:
    """The rows with these numbers, in their order, and of these the columns at these places.

    Reads the row groups that hold them, one at a time.
    """
    import numpy as np
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    wanted = np.asarray(numbers, dtype=np.int64)
    order = np.argsort(wanted, kind="stable")
    ordered = wanted[order]
    parts, start = [], 0
    with ParquetFile(path, page_checksum_verification=True) as file:
        schema = pa.schema([file.schema_arrow.field(place) for place in columns])
        for group in range(file.num_row_groups):
            end = start + file.metadata.row_group(group).num_rows
            low, high = np.searchsorted(ordered, (start, end))
            if low < high:
                # a name with a dot may bring nested columns along, hence the selection
                table = file.read_row_group(group, columns=schema.names).select(schema.names)
                parts.append(table.take(pa.array(ordered[low:high] - start)))
            start = end
    found = pa.concat_tables(parts) if parts else schema.empty_table()
    back = np.empty_like(order)
    back[order] = np.arange(len(order))
    return found.take(pa.array(back))


def python_values(column: pa.ChunkedArray) -> list[Any]:
    """The cells as Python objects, exactly; times finer than Python's are text."""
    import pyarrow as pa

    kind = column.type
    if isinstance(kind, pa.BaseExtensionType):
        return python_values(column.cast(kind.storage_type))
    if pa.types.is_time64(kind) and kind.unit == "ns":
        column = column.cast(pa.string())
    return list(column.to_pylist())
