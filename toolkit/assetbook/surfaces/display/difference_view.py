"""What differs between two versions, as a view.

Cells and rows stand in it since whoever compares asks to see them: in this cell's output, as with
``%value``. They go nowhere else; what ``--json`` gives holds counts, types, numbers and instants.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assetbook.instance.version_comparison import VersionDifference
from assetbook.io.comparison import PlainChange, RowSet, TableDifference
from assetbook.storage.version import Version
from assetbook.surfaces.display.difference_json import difference_json
from assetbook.surfaces.display.formatting import count_text, counted, instant_text, size_text
from assetbook.surfaces.display.grid import Cell, Grid
from assetbook.surfaces.display.html import Html, join, tag, visible
from assetbook.surfaces.display.making_text import making_html, making_text
from assetbook.surfaces.display.table_difference import (
    cells_grid,
    columns_grid,
    counts_text,
    key_text,
    legend,
    rows_bar,
    rows_grid,
    schema_text,
)
from assetbook.surfaces.display.value_text import pair_text, value_text
from assetbook.surfaces.display.view import View, card, headline, muted, section, text_section
from assetbook.surfaces.rows import stored_size

if TYPE_CHECKING:
    import pandas as pd

_MOST_CHANGES = 20


class DifferenceView(View):
    """The view of ``difference``, which holds all that was found."""

    def __init__(self, difference: VersionDifference) -> None:
        self.difference = difference

    def rows(self, which: RowSet, limit: int | None = 1_000) -> pd.DataFrame:
        """The ``"added"``, ``"removed"`` or ``"changed"`` rows, as a pandas frame; at most
        ``limit``, None for all. Reads the files again."""
        return self.difference.rows(which, limit)

    def to_pandas(self) -> pd.DataFrame:
        """A pandas frame with a row for each column of the tables; empty for other values."""
        import pandas as pd

        table = self.difference.table
        columns = difference_json(self.difference)["table"]["columns"] if table else []
        return pd.json_normalize(columns)

    def __str__(self) -> str:
        found = self.difference
        lines = [f"{_title(found)}  {times_of(found)}"]
        lines += [f"  {visible(line, one_line=True)}" for line in summary_of(found)]
        if found.table is not None:
            lines += _table_text(found.table)
        if found.plain is not None:
            lines.append(text_section("changes", plain_grid(found.plain.changes).text(96)))
        if found.making is not None:
            lines.append(text_section("how they were made", making_text(found.making)))
        return "\n".join(line for line in lines if line)

    def html(self) -> Html:
        """It as HTML without a frame or style rules."""
        found = self.difference
        parts: list[str] = [headline(_title(found), times_of(found))]
        parts += [tag("div", line) for line in summary_of(found)[:1]]
        if found.table is not None and not found.table.same_rows:
            parts.append(rows_bar(found.table))
        parts += [muted(line) for line in summary_of(found)[1:]]
        if found.table is not None:
            parts += _table_html(found.table)
        if found.plain is not None:
            parts.append(section("changes", plain_grid(found.plain.changes).html()))
        if found.making is not None:
            parts.append(section("how they were made", making_html(found.making)))
        return card(*parts)

    def to_json(self) -> dict[str, Any]:
        """Counts, types, numbers and instants; no row and no text of the values."""
        return difference_json(self.difference)


def _title(found: VersionDifference) -> str:
    before, after = found.before, found.after
    if before.key == after.key:
        return visible(f"{before.key}  @{before.name} → @{after.name}", one_line=True)
    names = f"{before.key}@{before.name} → {after.key}@{after.name}"
    return visible(names, one_line=True)


def times_of(found: VersionDifference) -> str:
    """When either version was made."""
    return f"{instant_text(found.before.at)} → {instant_text(found.after.at)}"


def summary_of(found: VersionDifference) -> list[str]:
    """What differs in a sentence, and what to know about it."""
    if found.same_data:
        return ["the same data: their data versions are equal"]
    if found.plain is not None:
        kept = len(found.plain.changes)
        cut = f", the first {kept}" if kept < found.plain.count else ""
        return [
            f"{counted(found.plain.count, 'place')} differ{'s' * (found.plain.count == 1)}{cut}"
        ]
    if found.table is None:
        return [f"other data: {_size(found.before)} → {_size(found.after)}", _apart(found)]
    table = found.table
    said = [counts_text(table), schema_text(table), key_text(table), *table.notes]
    if table.same_rows and table.same_schema and not table.notes:
        said.append("what differs is their order, or the order of categories")
    return [line for line in said if line]


def _apart(found: VersionDifference) -> str:
    kinds = [_kind(found.before), _kind(found.after)]
    what = " and ".join(dict.fromkeys(kinds))
    return f"values stored as {what} are compared as a whole"


def _kind(version: Version) -> str:
    return version.event.value.kind if version.event.value is not None else "nothing"


def _size(version: Version) -> str:
    size = stored_size(version.event)
    return "size not known" if size is None else size_text(size)


def _table_text(table: TableDifference) -> list[str]:
    return [
        text_section("columns", columns_grid(table).without("before / after").text(96)),
        text_section(_cells_title(table), cells_grid(table).text(96)),
        text_section(rows_title("added", table), rows_grid(table.added_examples).text(96)),
        text_section(rows_title("removed", table), rows_grid(table.removed_examples).text(96)),
    ]


def _table_html(table: TableDifference) -> list[str]:
    return [
        section("columns", columns_grid(table).html(), legend()),
        section(_cells_title(table), cells_grid(table).html()),
        _folded(rows_title("added", table), rows_grid(table.added_examples)),
        _folded(rows_title("removed", table), rows_grid(table.removed_examples)),
    ]


def _cells_title(table: TableDifference) -> str:
    return "changed cells, a few of each column"


def rows_title(word: str, table: TableDifference) -> str:
    """The title of the examples of rows that were ``added`` or ``removed``."""
    count = table.added if word == "added" else table.removed
    shown = len(table.added_examples if word == "added" else table.removed_examples)
    cut = f", {shown} of {count_text(count)}" if shown < count else ""
    return f"{word} rows{cut}"


def _folded(title: str, grid: Grid) -> Html:
    if not grid.rows:
        return Html()
    return tag("details", tag("summary", title), grid.html(), style="margin-top: 8px")


def plain_grid(changes: Sequence[PlainChange]) -> Grid:
    """The places of plain values that differ, the first ones."""
    rows: list[tuple[Cell | str, ...]] = []
    for change in changes[:_MOST_CHANGES]:
        old, new = _texts(change)
        place = change.place or "the value"
        mono = tag("span", place, class_="assetbook-mono")
        rows.append(
            (change.kind, Cell(place, mono), _marked(old, "removed"), _marked(new, "added"))
        )
    return Grid(("", "place", "before", "after"), tuple(rows))


def _texts(change: PlainChange) -> tuple[str, str]:
    if change.kind == "changed":
        return pair_text(change.before, change.after)
    if change.kind == "added":
        return "", value_text(change.after)
    return value_text(change.before), ""


def _marked(text: str, side: str) -> Cell | str:
    if not text:
        return ""
    return Cell(text, join([tag("span", text, class_=f"assetbook-{side} assetbook-mono")]))
