"""What is asked of a stored table, and the parts of one that is larger than memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

WANTED = pl.col("shop") == 7
"""One row in a thousand."""
QUERY = "SELECT shop, sum(price * quantity) AS sales, count(*) AS orders"
FROM = "FROM {} GROUP BY shop ORDER BY shop"

_PART = 16_000_000  # bytes
_COLUMNS = "abcdefgh"
_ROWS = _PART // 8 // len(_COLUMNS)


def checked(found: Any, rows: int) -> Any:
    """``found``, if it has about as many rows as are wanted of so many."""
    if not 0.8 <= len(found) / (rows / 1000) <= 1.2:
        raise RuntimeError(f"{len(found)} rows of {rows}")
    return found


def part(number: int) -> pa.Table:
    """One part: eight columns of whole numbers."""
    chance = np.random.default_rng(number)
    return pa.table({name: chance.integers(0, 1 << 40, _ROWS) for name in _COLUMNS})


def parts_of(size: int) -> Iterator[pa.Table]:
    """Parts of so many bytes together."""
    for number in range(size // _PART):
        yield part(number)
