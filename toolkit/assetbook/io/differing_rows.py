"""Which rows were added, removed or changed, and in which cells: by row numbers.

``pairs`` is a temporary table with a line for each such row: its numbers in the older and the newer
file (null where it is in one only), and for each group of columns whether a cell of it differs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from assetbook.io.common_columns import Column
from assetbook.io.compared_tables import SIDES, ComparedTables, Side, same
from assetbook.io.comparison import RowKey, RowSet
from assetbook.io.key_choice import key_columns

Pair = tuple[int, int]
"""The numbers of one row in the older and in the newer file."""

_GROUPS = 4  # each has one fingerprint a row, so that later only groups with changes are read
_MANY = 500_000  # changed rows from which on few columns are read at once
_AT_ONCE = 3

WHERE: Mapping[RowSet, str] = {
    "added": "old_rn IS NULL",
    "removed": "new_rn IS NULL",
    "changed": "old_rn IS NOT NULL AND new_rn IS NOT NULL",
}


class DifferingRows(msgspec.Struct, frozen=True):
    """The counts of such rows; ``groups`` are the columns whose cells share a fingerprint."""

    added: int
    removed: int
    changed: int | None
    groups: tuple[tuple[Column, ...], ...]
    key: tuple[Column, ...] = ()


def find_differing_rows(tables: ComparedTables, key: RowKey) -> DifferingRows:
    """Makes ``pairs`` and counts it."""
    columns = key_columns(tables, key)
    others = [column for column in tables.common if column not in columns]
    if key.columns:
        groups = _grouped(others)
        tables.run(f"CREATE TEMP TABLE pairs AS {_by_key(tables, columns, groups)}")
    else:
        groups = ()
        tables.run(f"CREATE TEMP TABLE pairs AS {_as_multisets(tables, others)}")
    counts = ", ".join(f"count(*) FILTER ({each})" for each in WHERE.values())
    added, removed, changed = tables.one(f"SELECT {counts} FROM pairs")
    found = changed if key.columns else None
    return DifferingRows(added, removed, found, groups, tuple(columns))


def changed_cells(
    tables: ComparedTables, rows: DifferingRows, examples: int
) -> dict[str, tuple[int, list[Pair]]]:
    """For each column beside the key how many cells differ, and the first rows in which they do."""
    found: dict[str, tuple[int, list[Pair]]] = {}
    for place, group in enumerate(rows.groups):
        query = f"SELECT count(*) FROM pairs WHERE g{place}"
        changed = tables.one(query)[0] if rows.changed else 0
        if not changed:
            found |= {column.name: (0, []) for column in group}
            continue
        if changed <= _MANY:
            found |= _cells_of(tables, _by_number(place), group, examples)
            continue
        matched = _matched(tables, rows.key)
        for start in range(0, len(group), _AT_ONCE):
            found |= _cells_of(tables, matched, group[start : start + _AT_ONCE], examples)
    return found


def numbers_of(tables: ComparedTables, which: RowSet, limit: int | None) -> list[tuple[int, int]]:
    """The row numbers of added, removed or changed rows, in the order of their file."""
    order = "new_rn" if which == "added" else "old_rn"
    most = "" if limit is None else f" LIMIT {limit}"
    return tables.all(
        f"SELECT old_rn, new_rn FROM pairs WHERE {WHERE[which]} ORDER BY {order}{most}"
    )


def _grouped(columns: Sequence[Column]) -> tuple[tuple[Column, ...], ...]:
    size = max(1, -(-len(columns) // _GROUPS))
    return tuple(tuple(columns[start : start + size]) for start in range(0, len(columns), size))


def _by_key(
    tables: ComparedTables, key: Sequence[Column], groups: Sequence[Sequence[Column]]
) -> str:
    keys = [tables.value(column) for column in key]
    prints = [f"{_fingerprint(tables, group)} AS g{at}" for at, group in enumerate(groups)]
    sides = {
        side: f"(SELECT {', '.join([*keys, 'rn', *prints])} FROM {side}) {side[0]}"
        for side in SIDES
    }
    differs = [f"o.g{at} <> n.g{at}" for at in range(len(groups))]
    flags = [f"{each} AS g{at}" for at, each in enumerate(differs)]
    shown = ", ".join(["o.rn AS old_rn", "n.rn AS new_rn", *flags])
    where = " OR ".join(["o.rn IS NULL", "n.rn IS NULL", *differs])
    join = f"{sides['old']} FULL JOIN {sides['new']} ON {same(keys, 'o', 'n')}"
    return f"SELECT {shown} FROM {join} WHERE {where}"


def _as_multisets(tables: ComparedTables, columns: Sequence[Column]) -> str:
    """Each kind of row as often as it is more often in one table than in the other."""
    if not columns:
        return (
            "SELECT rn AS old_rn, NULL::BIGINT AS new_rn FROM old UNION ALL "
            "SELECT NULL::BIGINT, rn FROM new"
        )
    row = _fingerprint(tables, columns)
    both = " UNION ALL ".join(
        f"SELECT {row} AS h, {sign} AS s FROM {side}" for side, sign in (("old", -1), ("new", 1))
    )
    surplus = f"SELECT h, sum(s) AS s FROM ({both}) GROUP BY h HAVING sum(s) <> 0"
    removed = _last_of_kind("old", row, "surplus.s < 0")
    added = _last_of_kind("new", row, "surplus.s > 0")
    return (
        f"WITH surplus AS MATERIALIZED ({surplus}) "
        f"SELECT rn AS old_rn, NULL::BIGINT AS new_rn FROM ({removed}) UNION ALL "
        f"SELECT NULL::BIGINT, rn FROM ({added})"
    )


def _last_of_kind(side: Side, row: str, which: str) -> str:
    last = "row_number() OVER (PARTITION BY t.h ORDER BY t.rn DESC) <= abs(surplus.s)"
    return (
        f"SELECT t.rn FROM (SELECT {row} AS h, rn FROM {side}) t "
        f"JOIN surplus ON t.h = surplus.h AND {which} QUALIFY {last}"
    )


def _fingerprint(tables: ComparedTables, columns: Sequence[Column]) -> str:
    parts = []
    for column in columns:
        name = tables.value(column)
        # DuckDB's hash takes an empty list for a null, at any depth; the text tells them apart
        parts += [name, f"CAST({name} AS VARCHAR)"] if column.kind.num_fields else [name]
    return f"hash({', '.join(parts)})"


def _by_number(place: int) -> str:
    """The rows in which a group of columns differs, of both tables."""
    pairs = f"(SELECT old_rn, new_rn FROM pairs WHERE g{place}) p"
    return f"{pairs} JOIN old o ON p.old_rn = o.rn JOIN new n ON p.new_rn = n.rn"


def _matched(tables: ComparedTables, key: Sequence[Column]) -> str:
    """All rows that both tables have: one join, where most of them differ."""
    return f"old o JOIN new n ON {same([tables.value(column) for column in key], 'o', 'n')}"


def _cells_of(
    tables: ComparedTables, matched: str, columns: Sequence[Column], examples: int
) -> dict[str, tuple[int, list[Pair]]]:
    names = [tables.value(column) for column in columns]
    asked = []
    for name in names:
        differs = f"o.{name} IS DISTINCT FROM n.{name}"
        first = f"arg_min(row(o.rn, n.rn), o.rn, {examples})"
        asked += [f"count(*) FILTER ({differs})", f"{first} FILTER ({differs})"]
    found = tables.one(f"SELECT {', '.join(asked)} FROM {matched}")
    return {
        column.name: (found[2 * at], [_pair(each) for each in found[2 * at + 1] or ()])
        for at, column in enumerate(columns)
    }


def _pair(row: Mapping[str, int] | Pair) -> Pair:
    old, new = row.values() if isinstance(row, Mapping) else row
    return old, new
