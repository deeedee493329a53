"""Comparing two tables by a known key as one writes it by hand: only rows and changed cells."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from diff_tables import diff_tables
from task import Answer, Stopwatch, Task, perform

Counts = tuple[int, int, dict[str, int]]
"""Rows added and removed, and cells changed by column."""


def with_pandas(old: Path, new: Path) -> Counts:
    """An outer merge on the key, then column by column."""
    import pandas as pd

    before, after = pd.read_parquet(old), pd.read_parquet(new)
    both = before.merge(after, on="id", how="outer", suffixes=("_old", "_new"), indicator=True)
    side = both["_merge"]
    matched = both[side == "both"]
    changed = {}
    for name in before.columns.drop("id"):
        was, now = matched[f"{name}_old"], matched[f"{name}_new"]
        changed[name] = int((~((was == now) | (was.isna() & now.isna()))).sum())
    return int((side == "right_only").sum()), int((side == "left_only").sum()), changed


def with_polars(old: Path, new: Path) -> Counts:
    """Two anti-joins and an inner join on the key, in one lazy query each."""
    import polars as pl

    before, after = pl.scan_parquet(old), pl.scan_parquet(new)
    names = [name for name in before.collect_schema().names() if name != "id"]
    cells = [pl.col(name).ne_missing(pl.col(f"{name}_new")).sum().alias(name) for name in names]
    lazy = [
        after.join(before, on="id", how="anti").select(pl.len()),
        before.join(after, on="id", how="anti").select(pl.len()),
        before.join(after, on="id", suffix="_new").select(cells),
    ]
    added, removed, changed = (each.collect(engine="streaming") for each in lazy)
    return added.item(), removed.item(), changed.row(0, named=True)


def with_duckdb(old: Path, new: Path) -> Counts:
    """One full join on the key."""
    import duckdb

    with duckdb.connect(config={"memory_limit": "600MB"}) as connection:
        found = connection.execute(f"DESCRIBE SELECT * FROM '{old}'").fetchall()
        names = [row[0] for row in found if row[0] != "id"]
        both = "o.id IS NOT NULL AND n.id IS NOT NULL"
        cells = [f"count(*) FILTER ({both} AND o.{x} IS DISTINCT FROM n.{x})" for x in names]
        query = (
            f"SELECT count(*) FILTER (o.id IS NULL), count(*) FILTER (n.id IS NULL), "
            f"{', '.join(cells)} FROM '{old}' o FULL JOIN '{new}' n ON o.id = n.id"
        )
        added, removed, *changed = connection.execute(query).fetchall()[0]
    return added, removed, dict(zip(names, changed, strict=True))


def _task(compare: Callable[[Path, Path], Counts]) -> Callable[[Task], Answer]:
    def task(given: Task) -> Answer:
        files = diff_tables(given.folder.parent, given.payload)
        with Stopwatch() as watch:
            added, removed, changed = compare(*files)
        if added != 12_000 or removed != 10_000 or not changed["amount"]:
            raise RuntimeError(f"{added} added, {removed} removed, {changed}")
        return {**watch.answer(), "peak": peak_bytes()}

    return task


def peak_bytes() -> int:
    """The most memory that this process held at once."""
    # getrusage would give what the parent held before this program was started, if that is more
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    if found is None:
        raise RuntimeError("/proc/self/status tells no VmHWM")
    return int(found[1]) * 1024


if __name__ == "__main__":
    perform(
        {
            "pandas": _task(with_pandas),
            "polars": _task(with_polars),
            "duckdb": _task(with_duckdb),
        }
    )
