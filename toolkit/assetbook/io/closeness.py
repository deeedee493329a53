"""How close two values are whose floats need not be equal bit by bit.

The last digits of a float may differ from run to run, as when threads add up in another order. All
else has to be equal, and rows have to be in the same order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import inf, isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assetbook.io.plain_comparison import plain_changes

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

TOLERANCES: Final[Mapping[int, float]] = {16: 1e-2, 32: 1e-5, 64: 1e-9}
"""By the bits of a float, the relative difference up to which two of them count as the same."""


@dataclass(slots=True)
class Closeness:
    """How close two values are."""

    rows: int | None = None
    """How many rows the newer one has; None for what is no table."""
    unlike: list[str] = field(default_factory=list)
    """What differs in schema, shape or number of rows, a phrase each."""
    apart: list[str] = field(default_factory=list)
    """The columns or places with values that differ, floats by more than their tolerance."""
    largest: float = 0.0
    """The largest relative difference of two floats; infinite if only one of them is a number."""
    tolerance: float = TOLERANCES[64]
    """That of the floats that differ, the widest if there are several kinds."""
    floats_differ: bool = False
    """Whether any float has other bits, if only the sign of a zero."""

    @property
    def is_close(self) -> bool:
        """Whether nothing differs but floats, and these within their tolerance."""
        return not self.unlike and not self.apart

    def _note(self, place: str, difference: float, bits: int = 64) -> None:
        self.floats_differ = True
        self.largest = max(self.largest, difference)
        if difference:
            self.tolerance = max(self.tolerance, TOLERANCES[bits])
        if difference > TOLERANCES[bits]:
            self.apart.append(place)


def closeness_of_tables(before: Path, after: Path) -> Closeness:
    """How close the tables in two Parquet files are; reads a column of both at a time."""
    from assetbook.io.parquet_file import opened_parquet

    with opened_parquet(before) as old, opened_parquet(after) as new:
        was, now = old.schema_arrow, new.schema_arrow
        found = Closeness(new.metadata.num_rows, list(_unlike_columns(was, now)))
        if old.metadata.num_rows != new.metadata.num_rows:
            found.unlike.insert(0, f"{found.rows:,} rows, before {old.metadata.num_rows:,}")
            return found
        for name in was.names:
            if name in now.names and _same_type(was, now, name):
                _compare_columns(found, name, _column(old, name), _column(new, name))
    return found


def closeness_of_arrays(before: np.ndarray, after: np.ndarray) -> Closeness:
    """How close two numpy arrays are."""
    found = Closeness()
    for what, was, now in (
        ("dtype", before.dtype, after.dtype), ("shape", before.shape, after.shape),
    ):  # fmt: skip
        if was != now:
            found.unlike.append(f"{what} {now}, before {was}")
    if found.unlike:
        return found
    if before.dtype.kind == "f" and before.dtype.itemsize <= 8:
        found._note("values", _largest_difference(before, after), 8 * before.dtype.itemsize)
    elif before.tobytes() != after.tobytes():
        found.apart.append("values")
    return found


def closeness_of_plain(before: object, after: object) -> Closeness:
    """How close two plain values are."""
    found = Closeness()
    for each in plain_changes(before, after):
        if each.kind == "changed" and type(each.before) is type(each.after) is float:
            found._note(each.place or "the value", _difference(each.before, each.after))
        else:
            found.apart.append(each.place or "the value")
    return found


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


def _column(file: Any, name: str) -> pa.ChunkedArray:
    # a name with a dot may bring nested columns along, hence the selection
    return file.read(columns=[name]).select([name]).column(0)


def _compare_columns(
    found: Closeness, name: str, old: pa.ChunkedArray, new: pa.ChunkedArray
) -> None:
    from pyarrow import types

    from assetbook.io.content_hash import column_digest

    if column_digest(old.chunks, old.type) == column_digest(new.chunks, new.type):
        return
    if not types.is_floating(old.type) or not old.is_null().equals(new.is_null()):
        found.apart.append(name)
        return
    values = (each.fill_null(0.0).to_numpy() for each in (old, new))
    found._note(name, _largest_difference(*values), old.type.bit_width)


def _largest_difference(old: np.ndarray, new: np.ndarray) -> float:
    """The largest relative difference of two floats; infinite where only one is a number."""
    import numpy as np

    differs = (old != new) & ~(np.isnan(old) & np.isnan(new))
    if not differs.any():
        return 0.0
    one, other = (each[differs].astype(np.float64) for each in (old, new))
    with np.errstate(all="ignore"):
        found = np.abs(one - other) / np.maximum(np.abs(one), np.abs(other))
    return float(np.where(np.isfinite(found), found, inf).max())


def _difference(old: float, new: float) -> float:
    if not isfinite(old) or not isfinite(new):
        return inf
    return abs(old - new) / max(abs(old), abs(new)) if old != new else 0.0
