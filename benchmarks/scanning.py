"""Reading parts of a stored table, querying it, and storing one that is larger than memory."""

from __future__ import annotations

from measuring import Contestant, in_turn
from peers import peer_python
from table import Row, run_alone

LARGE = 4_000_000_000
"""Bytes of the table that is written part by part."""


def measure(rows: int, rounds: int) -> list[Row]:
    """A part, a query."""
    python = str(peer_python("dagster", ("pandas", "polars", "pyarrow")))
    contestants = [
        Contestant("assetbook", "ours_scanning.py", 1),
        Contestant("Dagster", "peer_dagster_scanning.py", 1, python),
        Contestant("raw limit", "raw_scanning.py", 1),
    ]
    figures = in_turn("scanning", contestants, rounds, payload=rows)
    scanned = figures["Dagster"]["parquet_part"]
    by_pandas = figures["raw limit"]["pandas_query"]
    size = f"{rows / 1e6:g} M × 8"
    return [
        Row(
            f"{size}: one row in 1,000 of one column, as a polars LazyFrame",
            {who: each["part"] for who, each in figures.items()},
            "ms",
            notes={
                "Dagster": f"pickle; {scanned * 1e3:.0f} ms by a manager that scans Parquet",
                "raw limit": "polars alone",
            },
        ),
        Row(
            f"{size}: grouped sums by SQL",
            {who: figures[who]["query"] for who in ("assetbook", "raw limit")},
            "ms",
            notes={"raw limit": f"DuckDB alone; {by_pandas * 1e3:.0f} ms by pandas"},
        ),
    ]


def measure_stream(size: int, rounds: int) -> list[Row]:
    """Time, and memory beyond what the process held before."""
    contestants = [
        Contestant("assetbook", "ours_scanning.py", 1),
        Contestant("raw limit", "raw_scanning.py", 1),
    ]
    figures = in_turn("streaming", contestants, rounds, payload=size)
    what = f"a generator of {size / 1e9:g} GB of tables, stored"
    writer = {"raw limit": "a ParquetWriter, fsync"}
    return [
        Row(what, {who: each["wall"] for who, each in figures.items()}, "s", notes=writer),
        Row(
            "the same: memory beyond what was held before",
            {who: each["peak"] for who, each in figures.items()},
            "MB",
            "≤ 300 MB",
        ),
    ]


if __name__ == "__main__":
    run_alone(measure, assets=5_000_000, rounds=3)
    run_alone(measure_stream, assets=LARGE, rounds=1)
