"""What one column of a table holds: nulls, how many values, their range, how they are spread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from assetbook.io.column_profile import Family, family_of_type

if TYPE_CHECKING:
    import pyarrow as pa

BARS = 24
"""Bars of a histogram, of equal width from the least to the greatest value."""
MOST_FREQUENT = 5


class ColumnSummary(msgspec.Struct, frozen=True):
    """One column; NaN counts as null, as in all profiles."""

    family: Family
    rows: int
    nulls: int
    distinct: int | None = None
    """How many different values there are; None for types that are not counted."""
    range: Any = None
    """An Arrow array of the least and the greatest number or instant; None without any."""
    mean: float | None = None
    bars: tuple[int, ...] = ()
    """How many finite numbers, or instants, lie in each part of the range; empty if it has no
    width."""
    top: tuple[tuple[Any, int], ...] = ()
    """The most frequent texts or truth values, each with its count."""


def summarize(column: pa.ChunkedArray) -> ColumnSummary:
    """The summary of all values of a column."""
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    family = family_of_type(column.type)
    if family == "number":
        return _numbers(column)
    if family == "instant":
        return _instants(column)
    if family == "text":
        return _texts(column)
    return ColumnSummary(family, len(column), column.null_count)


def _numbers(column: pa.ChunkedArray) -> ColumnSummary:
    import numpy as np
    import pyarrow as pa

    plain = column.cast(pa.float64()) if pa.types.is_decimal(column.type) else column
    values = plain.drop_null().to_numpy()
    if values.dtype.kind == "f":
        values = values[~np.isnan(values)]
    nulls = len(column) - len(values)
    if not len(values):
        return ColumnSummary("number", len(column), nulls, 0)
    ends = pa.array([values.min(), values.max()])
    mean = float(values.mean(dtype="float64"))
    finite = values if values.dtype.kind in "iu" else values[np.isfinite(values)]
    found = ColumnSummary("number", len(column), nulls, _distinct(values), ends)
    return msgspec.structs.replace(found, mean=mean, bars=_bars(finite))


def _instants(column: pa.ChunkedArray) -> ColumnSummary:
    import pyarrow as pa
    import pyarrow.compute as pc

    wide = pa.int32() if pa.types.is_date32(column.type) else pa.int64()
    values = column.drop_null().cast(wide).to_numpy()
    if not len(values):
        return ColumnSummary("instant", len(column), column.null_count, 0)
    both = pc.min_max(column)
    ends = pa.array([both["min"], both["max"]], column.type)
    distinct = _distinct(values)
    bars = _bars(values)
    return ColumnSummary("instant", len(column), column.null_count, distinct, ends, bars=bars)


def _texts(column: pa.ChunkedArray) -> ColumnSummary:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_string_view(column.type):  # which cannot be taken from
        column = column.cast(pa.large_string())
    counts = pc.value_counts(column.drop_null())
    order = pc.sort_indices(counts.field("counts"), sort_keys=[("", "descending")])
    top = tuple(
        (each["values"], each["counts"]) for each in counts.take(order[:MOST_FREQUENT]).to_pylist()
    )
    return ColumnSummary("text", len(column), column.null_count, len(counts), top=top)


def _distinct(values: Any) -> int:
    """How many different numbers there are, by sorting: for whole numbers in a row the hashes of
    ``numpy.unique`` take thirty times as long."""
    import numpy as np

    ordered = np.sort(values)
    return 1 + int(np.count_nonzero(ordered[1:] != ordered[:-1]))


def _bars(values: Any) -> tuple[int, ...]:
    """Of whole numbers each bar has as many, and there may be fewer bars."""
    import numpy as np

    if not len(values) or values.min() == values.max():
        return ()
    # the ends as Python's: a difference of 64-bit numbers could be too large for them
    low, high, bars = values.min().item(), values.max().item(), BARS
    if values.dtype.kind in "iu":
        width = -(-(high - low + 1) // BARS)  # rounded up
        bars = -(-(high - low + 1) // width)
        high = low + width * bars
    ends = float(low), float(high)
    if not np.isfinite(ends[1] - ends[0]) or ends[0] == ends[1]:
        return ()
    counts, _ = np.histogram(values.astype("float64"), bins=bars, range=ends)
    return tuple(int(each) for each in counts)
