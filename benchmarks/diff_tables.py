"""Two tables to compare, as files: rows that came, went and changed; seeded, made once."""

from __future__ import annotations

from pathlib import Path

GONE, CAME = 10_000, 12_000
CHANGED = 0.01  # of the rows, in one column


def diff_tables(folder: Path, rows: int) -> tuple[Path, Path]:
    """The two files of a size below ``folder``, made if they are not there.

    Eight columns: whole numbers, floats, instants, a few and many different texts.
    """
    old, new = folder / f"diff-{rows}-old.parquet", folder / f"diff-{rows}-new.parquet"
    if not new.exists():
        _write(old, new, rows)
    return old, new


def _write(old: Path, new: Path, rows: int) -> None:
    import numpy as np
    import pyarrow as pa
    from pyarrow import parquet

    chance = np.random.default_rng(20130101)
    stores = np.array(["Berlin", "Köln", "Ulm", "Bonn", "Kiel"])
    columns = {
        "id": np.arange(rows),
        "store": stores[chance.integers(0, 5, rows)],
        "customer": chance.integers(0, 500, rows),
        "amount": chance.gamma(2, 30, rows),
        "price": np.round(chance.normal(20, 5, rows), 2),
        "ratio": chance.random(rows),
        "at": np.datetime64("2026-01-01", "us") + chance.integers(0, 10**13, rows),
        "note": np.char.add("n", chance.integers(0, 200_000, rows).astype(str)),
    }
    before = pa.table(columns)
    columns["amount"] = np.where(chance.random(rows) < CHANGED, 1.1, 1.0) * columns["amount"]
    kept = pa.table(columns).slice(GONE)
    came = kept.slice(0, CAME)
    came = came.set_column(0, "id", pa.array(np.arange(rows, rows + came.num_rows)))
    for path, table in ((old, before), (new, pa.concat_tables([kept, came]))):
        parquet.write_table(table, path, compression="zstd", row_group_size=128 * 1024)
