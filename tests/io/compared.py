"""Tables written as their Parquet files and compared; and the same counted naively in Python."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from assetbook.io.comparison import ColumnDifference, TableDifference
from assetbook.io.forms import stored_form
from assetbook.io.table_comparison import compare_tables, differing_rows

Rows = Sequence[Mapping[str, Any]]


def written(path: Path, table: object) -> Path:
    """The table's value file at ``path``."""
    with path.open("wb") as file:
        stored_form(table, asked="a table").write(file)
    return path


def compared(folder: Path, before: object, after: object, *key: str) -> TableDifference:
    """The difference of two tables, through their files."""
    paths = written(folder / "a.parquet", before), written(folder / "b.parquet", after)
    return compare_tables(*paths, key=key)


def rows_of(
    folder: Path, found: TableDifference, which: Any, limit: int | None = None
) -> list[dict[str, Any]]:
    """The rows that were added, removed or changed between the two that were compared last."""
    paths = folder / "a.parquet", folder / "b.parquet"
    table = differing_rows(*paths, which, key=found.key, limit=limit)
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def column(found: TableDifference, name: str) -> ColumnDifference:
    """The column called ``name``."""
    return next(each for each in found.columns if each.name == name)


def counts(found: TableDifference) -> tuple[int, int, int | None]:
    """Rows added, removed and changed."""
    return found.added, found.removed, found.changed


def frame(**columns: Any) -> pd.DataFrame:
    """A pandas frame."""
    return pd.DataFrame(columns)


def same_cell(one: Any, other: Any) -> bool:
    """Whether two cells are the same: nulls are, NaNs are, and minus zero is zero."""
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    return type(one) is type(other) and bool(one == other)


def naive_by_key(before: Rows, after: Rows, key: str) -> tuple[int, int, Counter[str], int]:
    """Rows added, removed, cells changed by column, and rows changed; keys are unique."""
    old, new = ({row[key]: row for row in rows} for rows in (before, after))
    cells: Counter[str] = Counter()
    changed = 0
    for each in old.keys() & new.keys():
        differ = [name for name in old[each] if not same_cell(old[each][name], new[each][name])]
        cells.update(differ)
        changed += bool(differ)
    return len(new.keys() - old.keys()), len(old.keys() - new.keys()), cells, changed


def naive_multisets(before: Rows, after: Rows) -> tuple[int, int]:
    """Rows that are more often in the one or in the other."""
    old, new = (Counter(_frozen(row) for row in rows) for rows in (before, after))
    return (new - old).total(), (old - new).total()


def _frozen(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(
        "NaN" if isinstance(each, float) and math.isnan(each) else (type(each), each)
        for each in row.values()
    )


def arrow(**columns: tuple[Sequence[Any], pa.DataType]) -> pa.Table:
    """An Arrow table of columns, each its values and their type."""
    return pa.table({name: pa.array(values, kind) for name, (values, kind) in columns.items()})
