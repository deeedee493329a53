"""How close two values are whose floats need not be equal bit by bit.

The last digits of a float may differ from run to run, as when threads add up in another order. All
else has to be equal, and rows have to be in the same order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf, isfinite
from typing import TYPE_CHECKING, Final

from assetbook.io.plain_comparison import plain_changes

if TYPE_CHECKING:
    import numpy as np

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
    def same_shape(self) -> str:
        """``the same schema and 3 rows``; empty for what is no table."""
        if self.rows is None:
            return ""
        return f"the same schema and {self.rows:,} row{'' if self.rows == 1 else 's'}"

    @property
    def is_close(self) -> bool:
        """Whether nothing differs but floats, and these within their tolerance."""
        return not self.unlike and not self.apart

    def note(self, place: str, difference: float, bits: int = 64) -> None:
        """Takes note by how much floats of ``bits`` differ in a column or place."""
        self.floats_differ = True
        self.largest = max(self.largest, difference)
        if difference:
            self.tolerance = max(self.tolerance, TOLERANCES[bits])
        if difference > TOLERANCES[bits]:
            self.note_apart(place)

    def note_apart(self, place: str) -> None:
        """Takes note that a column or place has other values."""
        if place not in self.apart:
            self.apart.append(place)


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
    bits = 8 * before.real.dtype.itemsize if before.dtype.kind in "fc" else 0
    if bits in TOLERANCES:
        found.note("values", largest_difference(*map(_floats, (before, after))), bits)
    elif before.tobytes() != after.tobytes():
        found.note_apart("values")
    return found


def closeness_of_plain(before: object, after: object) -> Closeness:
    """How close two plain values are."""
    found = Closeness()
    for each in plain_changes(before, after):
        if each.kind == "changed" and type(each.before) is type(each.after) is float:
            found.note(each.place or "the value", _difference(each.before, each.after))
        else:
            found.note_apart(each.place or "the value")
    return found


def _floats(array: np.ndarray) -> np.ndarray:
    """Its floats, those of a complex number one after the other."""
    import numpy as np

    return np.ascontiguousarray(array).view(array.real.dtype)


def largest_difference(old: np.ndarray, new: np.ndarray) -> float:
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
