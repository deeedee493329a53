"""The table that every contestant hands on: eight columns of numbers, instants and text."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

KINDS = ("arrow", "polars", "pandas")


def table_of(kind: str, rows: int) -> Any:
    """The table in one library's form; 83 bytes a row, about, in memory."""
    table = _arrow(rows)
    if kind == "pandas":
        return table.to_pandas()
    if kind == "polars":
        import polars as pl

        return pl.from_arrow(table)
    return table


def _arrow(rows: int) -> pa.Table:
    chance = np.random.default_rng(0)
    names = pa.array([f"customer {number:06d}" for number in range(50_000)], pa.large_string())
    seconds = chance.integers(0, 10**8, rows)
    return pa.table(
        {
            "order": np.arange(rows),
            "quantity": chance.integers(1, 100, rows),
            "price": chance.normal(20, 5, rows).round(2),
            "weight": chance.normal(size=rows),
            "discount": chance.random(rows),
            "shop": chance.integers(0, 1000, rows),
            "at": pa.array(seconds * 1_000_000).cast(pa.timestamp("us")),
            "customer": names.take(pa.array(chance.integers(0, len(names), rows))),
        }
    )


def columns_of(value: Any) -> int:
    """How many columns a table of any of the libraries has."""
    return int(value.shape[1])


def timed(work: Callable[[], object]) -> float:
    """Seconds of wall time."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def synced(path: Path) -> None:
    """Waits until the disk has a file."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
