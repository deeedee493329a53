"""The key by which rows are matched: stated, or the smallest set of columns unique in both tables.

Looking for one is bounded. A set that repeats among the first rows is dropped at once; the others
are counted in full, at most a few of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from assetbook.errors import SelectionError, did_you_mean
from assetbook.io.common_columns import Column, likeliest_first
from assetbook.io.compared_tables import SIDES, ComparedTables, Side, same
from assetbook.io.comparison import RowKey

LARGEST_KEY = 3
"""Columns that an inferred key has at most."""

_FIRST_ROWS = 100_000
_CANDIDATES = 16  # columns looked at alone
_COMBINED = 8  # of these, the ones with the most values that are combined
_COUNTED = 5  # sets that are counted in all rows
_AT_ONCE = 8_000_000  # hashes held in memory
_FOR_OVERLAP = 1_000


def choose_key(tables: ComparedTables, stated: Sequence[str]) -> RowKey:
    """The key that was stated, else the one that is found.

    Raises SelectionError if a stated column is not in both tables, or if a key occurs twice.
    """
    return _stated(tables, stated) if stated else _inferred(tables)


def key_columns(tables: ComparedTables, key: RowKey) -> list[Column]:
    """The columns of a key, in its order."""
    by_name = {column.name: column for column in tables.common}
    return [by_name[name] for name in key.columns]


def _stated(tables: ComparedTables, stated: Sequence[str]) -> RowKey:
    asked = f"the key `{','.join(stated)}`"
    known = [column.name for column in tables.common]
    for name in stated:
        if name not in known:
            there = any(column.name == name for column in tables.columns)
            found = "is not in both tables with a type that can be compared"
            raise SelectionError(
                asked,
                f"the column `{name}` {found if there else 'is in neither table'}",
                did_you_mean(name, known) or f"In both are: {', '.join(known) or 'none'}.",
            )
    key = RowKey(tuple(dict.fromkeys(stated)), "given", "given by --key")
    columns = key_columns(tables, key)
    for side, place in zip(SIDES, ("first", "second"), strict=True):
        again = repeated(tables, side, columns)
        if again:
            raise SelectionError(
                asked,
                f"in the {place} table {again:,} rows have a key that another row has already",
                "Name more columns, or leave --key out: then rows are compared as a whole where "
                "no key is found.",
            )
    return key


def _inferred(tables: ComparedTables) -> RowKey:
    usable = likeliest_first(tables.common)[:_CANDIDATES]
    if not usable or not any(tables.rows.values()):
        why = "neither table has rows" if usable else "no column in both can be one"
        return RowKey((), "none", why)
    tried, counted, unique = 0, 0, None
    for columns in _sets(tables, usable):
        tried += 1
        if any(_repeats_early(tables, side, columns) for side in SIDES):
            continue
        counted += 1
        if not any(repeated(tables, side, columns) for side in SIDES):
            unique = unique or columns
            if _overlap(tables, columns):
                return _found(columns, tried)
        if counted == _COUNTED:
            break
    if unique is not None:
        return _found(unique, tried)
    said = f"none of {tried} sets of up to {LARGEST_KEY} columns is unique in both tables"
    return RowKey((), "none", said)


def _found(columns: Sequence[Column], tried: int) -> RowKey:
    index = all(column.index for column in columns)
    what = "the index, " if index else ""
    said = f"{what}unique in both tables, found at try {tried}"
    names = tuple(column.name for column in columns)
    return RowKey(names, "index" if index else "inferred", said)


def _sets(tables: ComparedTables, usable: Sequence[Column]) -> Iterator[Sequence[Column]]:
    """Sets to try, small ones first; larger ones of the columns with the most values."""
    index = [column for column in usable if column.index]
    if len(index) > 1:
        yield index
    yield from ([column] for column in usable)
    values = _early_values(tables, usable)
    most = sorted(usable, key=lambda column: -values[column.name])[:_COMBINED]
    for size in range(2, LARGEST_KEY + 1):
        yield from combinations(most, size)


def _early_values(tables: ComparedTables, columns: Sequence[Column]) -> dict[str, int]:
    counts = [f"count(DISTINCT {tables.value(column)})" for column in columns]
    query = f"SELECT {', '.join(counts)} FROM new WHERE rn < {_FIRST_ROWS}"
    return dict(zip((column.name for column in columns), tables.one(query), strict=True))


def _repeats_early(tables: ComparedTables, side: Side, columns: Sequence[Column]) -> bool:
    row = _row(tables, columns)
    query = f"SELECT count(*), count(DISTINCT {row}) FROM {side} WHERE rn < {_FIRST_ROWS}"
    rows, distinct = tables.one(query)
    return bool(rows != distinct)


def repeated(tables: ComparedTables, side: Side, columns: Sequence[Column]) -> int:
    """How many rows have a key that another one before has: 0 if the key is unique, exactly.

    Sorts 64-bit hashes of the keys, a bounded number at once.
    """
    import numpy as np

    parts = tables.rows[side] // _AT_ONCE + 1
    hashed = f"SELECT hash({_row(tables, columns)}) AS h FROM {side}"
    again = 0
    for part in range(parts):
        only = f"SELECT h FROM ({hashed}) WHERE h % {parts} = {part}" if parts > 1 else hashed
        hashes = np.sort(np.asarray(tables.arrays(only)["h"]))
        again += int((hashes[1:] == hashes[:-1]).sum())
    return again


def _overlap(tables: ComparedTables, columns: Sequence[Column]) -> bool:
    """Whether some keys of the newer table are in the older one, or one of them is empty.

    A column that is unique by chance, as a sum is, tells rows apart but does not match them.
    """
    if not all(tables.rows.values()):
        return True
    names = [tables.value(column) for column in columns]
    some = f"SELECT {', '.join(names)} FROM new USING SAMPLE {_FOR_OVERLAP} ROWS (reservoir, 1)"
    query = f"SELECT count(*) FROM ({some}) n SEMI JOIN old o ON {same(names, 'n', 'o')}"
    return bool(tables.one(query)[0])


def _row(tables: ComparedTables, columns: Sequence[Column]) -> str:
    """The key of a row as one value that is not null, so that it is counted as distinct."""
    return f"row({', '.join(tables.value(column) for column in columns)})"
