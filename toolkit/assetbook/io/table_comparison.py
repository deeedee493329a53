"""Two tables compared: schema, rows by key or as multisets, distributions of columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assetbook.io.column_profile import FEW_VALUES, family_of, frequencies, profiles
from assetbook.io.column_shift import RARE, moved, with_frequencies
from assetbook.io.common_columns import Column
from assetbook.io.compared_tables import SIDES, ComparedTables, Side, compared_tables
from assetbook.io.comparison import (
    CellChange,
    ColumnDifference,
    Profile,
    RowKey,
    RowSet,
    TableDifference,
)
from assetbook.io.differing_rows import (
    DifferingRows,
    Pair,
    changed_cells,
    find_differing_rows,
    numbers_of,
)
from assetbook.io.key_choice import choose_key, key_columns
from assetbook.io.numbered_rows import numbered_rows, python_values

if TYPE_CHECKING:
    import pyarrow as pa

CELL_EXAMPLES = 3
"""Changed cells that are kept of each column."""

ROW_EXAMPLES = 5
"""Rows that are kept of those added, and of those removed."""

Cells = Mapping[str, tuple[int, list[Pair]]]


def compare_tables(before: Path, after: Path, *, key: Sequence[str] = ()) -> TableDifference:
    """What differs between two Parquet files; ``key`` states the columns that match rows.

    Raises MissingLibraryError without DuckDB, SelectionError for a key that is none.
    """
    with compared_tables(before, after) as tables:
        found = choose_key(tables, key)
        rows = find_differing_rows(tables, found)
        cells = changed_cells(tables, rows, CELL_EXAMPLES)
        return TableDifference(
            tables.rows["old"],
            tables.rows["new"],
            found,
            rows.added,
            rows.removed,
            rows.changed,
            _columns(tables, found, rows, cells),
            _cell_examples(tables, found, cells),
            _row_examples(tables, "added"),
            _row_examples(tables, "removed"),
            _notes(tables),
        )


def differing_rows(
    before: Path, after: Path, which: RowSet, *, key: RowKey, limit: int | None
) -> pa.Table:
    """The rows that were added, removed or changed, the first ``limit`` of them (None: all).

    A changed row has its key, then each column that changed in any row, before and after.
    """
    with compared_tables(before, after) as tables:
        rows = find_differing_rows(tables, key)
        numbers = numbers_of(tables, which, limit)
        if which == "changed":
            cells = changed_cells(tables, rows, 1)
            return _changed(
                tables, key, [name for name, (count, _) in cells.items() if count], numbers
            )
        side: Side = "new" if which == "added" else "old"
        columns = [column for column in tables.columns if _place(column, side) is not None]
        return _rows(tables, side, [pair[side == "new"] for pair in numbers], columns)


def _changed(
    tables: ComparedTables, key: RowKey, changed: Sequence[str], numbers: Sequence[Pair]
) -> pa.Table:
    import pyarrow as pa

    columns = [column for column in tables.common if column.name in changed]
    sides = {
        side: _rows(tables, side, [pair[place] for pair in numbers], columns)
        for place, side in enumerate(SIDES)
    }
    keys = _rows(tables, "new", [pair[1] for pair in numbers], key_columns(tables, key))
    named = {name: keys.column(name) for name in keys.column_names}
    for column in columns:
        named[f"{column.name} before"] = sides["old"].column(column.name)
        named[f"{column.name} after"] = sides["new"].column(column.name)
    return pa.table(list(named.values()), names=list(named))


def _columns(
    tables: ComparedTables, key: RowKey, rows: DifferingRows, cells: Cells
) -> tuple[ColumnDifference, ...]:
    # rows that came or went move no quantile or share clearly when they are so few
    alike = bool(key.columns) and rows.added + rows.removed <= RARE * min(tables.rows.values())
    told = [each for each in tables.columns if not (alike and _untouched(each, key, cells))]
    sides = {side: profiles(tables, side, told) for side in SIDES}
    return tuple(_column(tables, column, sides, cells) for column in tables.columns)


def _untouched(column: Column, key: RowKey, cells: Cells) -> bool:
    """Whether the column is the same in every row that both tables have."""
    return column.compared and (column.name in key.columns or not cells[column.name][0])


def _column(
    tables: ComparedTables, column: Column, sides: Mapping[Side, dict[str, Profile]], cells: Cells
) -> ColumnDifference:
    before, after = (sides[side].get(column.name) for side in SIDES)
    phrases: tuple[str, ...] = ()
    if before is not None and after is not None:
        phrases = moved(before, after)
        if _is_categorical(column, before, after):
            old, new = (frequencies(tables, side, column) for side in SIDES)
            before, after, shares = with_frequencies(before, after, old, new)
            phrases += shares
    count = cells[column.name][0] if column.name in cells else None
    return ColumnDifference(
        column.name,
        column.type_before,
        column.type_after,
        column.compared,
        count,
        before,
        after,
        phrases,
    )


def _is_categorical(column: Column, *sides: Profile) -> bool:
    few = all(0 < (each.distinct or 0) <= FEW_VALUES for each in sides)
    return family_of(column) == "text" and column.compared and few


def _cell_examples(tables: ComparedTables, key: RowKey, cells: Cells) -> tuple[CellChange, ...]:
    found = []
    for column in tables.common:
        pairs = cells.get(column.name, (0, []))[1]
        if not pairs:
            continue
        old, new = zip(*pairs, strict=True)
        keys = _lists(_rows(tables, "new", new, key_columns(tables, key)))
        before = python_values(_rows(tables, "old", old, [column]).column(0))
        after = python_values(_rows(tables, "new", new, [column]).column(0))
        for at in range(len(pairs)):
            named = tuple(values[at] for values in keys.values())
            found.append(CellChange(named, column.name, before[at], after[at]))
    return tuple(found)


def _row_examples(tables: ComparedTables, which: RowSet) -> tuple[dict[str, Any], ...]:
    side: Side = "new" if which == "added" else "old"
    numbers = [pair[side == "new"] for pair in numbers_of(tables, which, ROW_EXAMPLES)]
    columns = [column for column in tables.columns if _place(column, side) is not None]
    lists = _lists(_rows(tables, side, numbers, columns))
    return tuple({name: values[at] for name, values in lists.items()} for at in range(len(numbers)))


def _rows(
    tables: ComparedTables, side: Side, numbers: Sequence[int], columns: Sequence[Column]
) -> pa.Table:
    places = [place for each in columns if (place := _place(each, side)) is not None]
    table = numbered_rows(tables.paths[side], numbers, places)
    return table.rename_columns([column.name for column in columns])


def _lists(table: pa.Table) -> dict[str, list[Any]]:
    return {
        name: python_values(column)
        for name, column in zip(table.column_names, table.columns, strict=True)
    }


def _place(column: Column, side: Side) -> int | None:
    return column.old if side == "old" else column.new


def _notes(tables: ComparedTables) -> tuple[str, ...]:
    """What a reader of the counts should know."""
    apart = [
        column.name
        for column in tables.columns
        if not column.compared and column.type_before and column.type_after
    ]
    if not apart:
        return ()
    names = ", ".join(f"`{name}`" for name in apart)
    return (f"not compared cell by cell, since their types cannot be equal: {names}",)
