"""The parts of a picture of two tables' difference: its counts, columns, cells and rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assetbook.io.column_shift import brief, percent
from assetbook.io.comparison import ColumnDifference, Profile, TableDifference
from assetbook.surfaces.display.distribution_picture import (
    NEW_COLOUR,
    OLD_COLOUR,
    count_bar,
    picture_of,
)
from assetbook.surfaces.display.formatting import count_text, counted
from assetbook.surfaces.display.grid import Cell, Grid
from assetbook.surfaces.display.html import Html, join, tag
from assetbook.surfaces.display.theme import LOOKS
from assetbook.surfaces.display.value_text import pair_text, value_text
from assetbook.surfaces.display.view import muted

ADDED, REMOVED, CHANGED = LOOKS["fresh"].colour, LOOKS["failed"].colour, LOOKS["stale"].colour

_WIDE = 8  # columns of a row that are shown
_MOST_CELLS = 12
_COLUMN_HEADS = ("column", "type", "cells changed", "nulls", "before / after", "values")
_ROLE = {"added": ("+ ", ADDED), "removed": ("− ", REMOVED), "type": ("", CHANGED), "": ("", "")}


def counts_text(table: TableDifference) -> str:
    """``5 → 6 rows: 2 added, 1 removed, 3 changed``."""
    before, after = count_text(table.rows_before), count_text(table.rows_after)
    rows = f"{before} rows" if before == after else f"{before} → {after} rows"
    if table.same_rows:
        return f"{rows}: the same ones"
    parts = [f"{count_text(table.added)} added", f"{count_text(table.removed)} removed"]
    if table.changed is not None:
        parts.append(f"{count_text(table.changed)} changed")
    return f"{rows}: {', '.join(parts)}"


def key_text(table: TableDifference) -> str:
    """By which key rows were matched, and how it was found."""
    key = table.key
    if not key.columns:
        return f"no key, rows are compared whole: {key.said}"
    return f"key {', '.join(key.columns)}: {key.said}"


def schema_text(table: TableDifference) -> str:
    """How many columns came, went and changed their type; empty if none did."""
    words = {"added": "added", "removed": "removed", "type": "of another type"}
    said = []
    for change, word in words.items():
        count = sum(column.schema_change == change for column in table.columns)
        if count:
            said.append(f"{counted(count, 'column')} {word}")
    return ", ".join(said)


def rows_bar(table: TableDifference) -> Html:
    """The rows of both tables as one bar: removed, the same, changed, added."""
    changed = table.changed or 0
    same = table.rows_after - table.added - changed
    parts = [
        (table.removed, REMOVED, "removed"),
        (same, "var(--ab-line)", "the same"),
        (changed, CHANGED, "changed"),
        (table.added, ADDED, "added"),
    ]
    pieces = (
        tag(
            "div",
            style=f"flex: {count} 1 0; min-width: 3px; background: {colour}",
            title=f"{count_text(count)} {word}",
        )
        for count, colour, word in parts
        if count
    )
    style = "display: flex; gap: 1px; height: 8px; border-radius: 3px; overflow: hidden;"
    return tag("div", *pieces, style=f"{style} margin: 8px 0 2px; max-width: 560px")


def columns_grid(table: TableDifference) -> Grid:
    """A line for each column; those that differ in anything first."""
    ordered = sorted(table.columns, key=lambda column: not _differs(column))
    both = table.rows_after - table.added
    rows = tuple(_column(column, both, table.key.columns) for column in ordered)
    return Grid(_COLUMN_HEADS, rows, frozenset({"cells changed"}))


def _differs(column: ColumnDifference) -> bool:
    return bool(column.schema_change or column.changed or column.moved)


def _column(column: ColumnDifference, both: int, key: Sequence[str]) -> tuple[Cell | str, ...]:
    sign, colour = _ROLE[column.schema_change]
    name = tag("span", sign + column.name, class_="assetbook-name", style=f"color: {colour}")
    picture = picture_of(column.before, column.after)
    return (
        Cell(sign + column.name, name if colour else name_html(column.name)),
        _type(column),
        _changed(column, both, column.name in key),
        _nulls(column),
        Cell("drawn", picture) if picture is not None else "",
        _told(column),
    )


def name_html(name: str) -> Html:
    """A name in the tone of names."""
    return tag("span", name, class_="assetbook-name")


def _told(column: ColumnDifference) -> Cell:
    """What moved clearly, and between which values it lies."""
    style = f"border-color: {CHANGED}"
    chips = (
        tag("span", f"◐ {phrase}", class_="assetbook-chip", style=style) for phrase in column.moved
    )
    values = _values(column)
    text = "; ".join(part for part in (*(f"◐ {each}" for each in column.moved), values) if part)
    return Cell(text, join((*chips, tag("div", values) if values else "")))


def legend() -> Html:
    """Which colour stands for which table in the pictures."""
    return muted(
        *(
            part
            for colour, word in ((OLD_COLOUR, "before"), (NEW_COLOUR, "after"))
            for part in (
                tag("span", "■ ", style=f"color: {colour}", aria_hidden="true"),
                f"{word}  ",
            )
        ),
        "boxes: the middle half with the median, lines: from the 5th to the 95th percentile",
    )


def _type(column: ColumnDifference) -> str:
    if column.schema_change == "type":
        return f"{column.type_before} → {column.type_after}"
    return column.type_after or column.type_before or ""


def _changed(column: ColumnDifference, both: int, in_key: bool) -> Cell | str:
    if in_key:
        return "key"
    if column.changed is None:
        return "" if column.compared or column.schema_change != "type" else "not compared"
    if not column.changed:
        return "0"
    text = f"{count_text(column.changed)} ({percent(column.changed / both)})"
    bar = count_bar(column.changed, both, CHANGED)
    return Cell(text, tag("div", tag("div", text), bar, style="display: inline-block"))


def _nulls(column: ColumnDifference) -> str:
    shares = [side.null_share for side in (column.before, column.after) if side is not None]
    if not any(shares):
        return ""
    return " → ".join(dict.fromkeys(percent(share) for share in shares))


def _values(column: ColumnDifference) -> str:
    sides = [side for side in (column.before, column.after) if side is not None]
    texts = list(dict.fromkeys(_summary(side) for side in sides))
    return " → ".join(text for text in texts if text)


def _summary(side: Profile) -> str:
    if side.low is not None and side.high is not None:
        mean = "" if side.mean is None else f", mean {brief(side.mean)}"
        return f"{brief(side.low)} … {brief(side.high)}{mean}"
    if side.top:
        whole = (side.rows - side.nulls) or 1
        return ", ".join(
            f"{value_text(value)} {percent(count / whole)}" for value, count in side.top[:2]
        )
    return counted(side.distinct, "value") if side.distinct else ""


def cells_grid(table: TableDifference) -> Grid:
    """Examples of changed cells: old against new."""
    rows: list[tuple[Cell | str, ...]] = []
    for each in table.examples[:_MOST_CELLS]:
        old, new = pair_text(each.before, each.after)
        key = tuple(value_text(part) for part in each.key)
        rows.append((*key, each.column, _side(old, "removed"), _side(new, "added")))
    return Grid((*table.key.columns, "column", "before", "after"), tuple(rows))


def rows_grid(rows: Sequence[Mapping[str, Any]]) -> Grid:
    """A few rows with their first columns."""
    names = list(rows[0])[:_WIDE] if rows else []
    more = len(rows[0]) - len(names) if rows else 0
    heads = (*names, f"{more} more") if more else tuple(names)
    beyond = ("…",) if more else ()
    lines = tuple((*(value_text(row[name]) for name in names), *beyond) for row in rows)
    return Grid(heads, lines)


def _side(text: str, side: str) -> Cell:
    return Cell(text, tag("span", text, class_=f"assetbook-{side} assetbook-mono"))
