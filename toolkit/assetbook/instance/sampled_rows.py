"""Some rows of a value, drawn by a seed and in their order; what has no rows is whole."""

from __future__ import annotations

import random
from typing import Any


def sampled(value: Any, rows: int, seed: int) -> Any:
    """``value`` with at most so many of its rows, the same ones for one seed and length.

    Tables and series of pandas, polars and pyarrow, numpy arrays (along their first axis) and lists
    have rows; anything else comes back as it is.
    """
    count = _count(value)
    if count is None or count <= rows:
        return value
    chosen = sorted(random.Random(seed).sample(range(count), rows))
    if isinstance(value, list):
        return [value[each] for each in chosen]
    if hasattr(value, "iloc"):  # pandas
        return value.iloc[chosen]
    return value.take(chosen) if hasattr(value, "num_rows") else value[chosen]


_WITH_ROWS = {
    ("pandas", "DataFrame"),
    ("pandas", "Series"),
    ("polars", "DataFrame"),
    ("polars", "Series"),
    ("pyarrow", "Table"),
    ("numpy", "ndarray"),
}


def _count(value: Any) -> int | None:
    """How many rows there are; None for what has none."""
    if isinstance(value, list):
        return len(value)
    for kind in type(value).__mro__:
        if (kind.__module__.partition(".")[0], kind.__name__) in _WITH_ROWS:
            return len(value) if getattr(value, "shape", (0,)) != () else None
    return None
