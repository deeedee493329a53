"""The value of a version, asked for by a person who looks at it: rows of tables, a page at a time.

Nothing of it is kept in a widget's state, and so nothing of it is saved in a notebook.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from assetbook.errors import SelectionError
from assetbook.io.column_summary import ColumnSummary, summarize
from assetbook.io.common_columns import is_number
from assetbook.io.figure_value import FigureValue
from assetbook.io.pandas_metadata import index_names
from assetbook.io.row_pages import RowPages
from assetbook.storage.version import Version
from assetbook.surfaces.desk import Desk
from assetbook.surfaces.display.formatting import size_text
from assetbook.surfaces.display.value_text import value_text
from assetbook.surfaces.suggestion import typed
from assetbook.surfaces.widgets.acting import line_of
from assetbook.surfaces.widgets.cell_texts import cell_texts
from assetbook.surfaces.widgets.meant import version_meant
from assetbook.surfaces.widgets.open_tables import rows_of
from assetbook.types.logical_types import logical_type

if TYPE_CHECKING:
    import pyarrow as pa

MOST_ROWS, MOST_COLUMNS = 500, 64
"""What one answer holds at most."""
SUMMED_UP = 5_000_000
"""Rows up to which a column is summed up whole; of more, evenly chosen row groups."""
LARGEST_TEXT = 2 << 20
"""Bytes of a plain value that is shown."""
_LONGEST_TEXT = 20_000
_AS_TEXT = frozenset({"json", "numpy", "bytes", "bytearray", "tree"})


def shown_value(desk: Desk, given: Mapping[str, Any]) -> dict[str, Any]:
    """What there is to see of a version's value: a table's columns, a picture, or a text.

    ``line`` is the line of code that gives the value. Raises SelectionError and CorruptStoreError
    as reading a value does.
    """
    version = version_meant(desk, given)
    line = line_of(desk, "value", [f"{version.key}@{version.name}"])
    table = rows_of(desk, version)
    if table is not None:
        shape = {"shape": "table", "rows": table.rows, "columns": _columns(table.schema)}
    else:
        shape = _shape(desk, version)
    return {**shape, "line": line}


def value_rows(desk: Desk, given: Mapping[str, Any]) -> dict[str, Any]:
    """Rows ``start`` and on of the columns at ``columns``, as texts; null is null.

    Raises SelectionError if the value is no table.
    """
    table = _table(desk, version_meant(desk, given))
    start, count = max(0, int(given["start"])), min(int(given["count"]), MOST_ROWS)
    places = [int(each) for each in given["columns"]][:MOST_COLUMNS]
    page = table.page(start, count, places)
    columns = [cell_texts(column) for column in page.columns]
    return {"start": start, "rows": [list(row) for row in zip(*columns, strict=True)]}


def column_profile(desk: Desk, given: Mapping[str, Any]) -> dict[str, Any]:
    """What the column at ``column`` holds: nulls, how many values, range, histogram.

    Raises SelectionError if the value is no table.
    """
    table = _table(desk, version_meant(desk, given))
    found = summarize(table.column(int(given["column"]), SUMMED_UP))
    ends = cell_texts(found.range) if found.range is not None else [None, None]
    return {
        "family": found.family,
        "rows": found.rows,
        "of": table.rows,
        "nulls": found.nulls,
        "distinct": found.distinct,
        "low": ends[0],
        "high": ends[1],
        "mean": None if found.mean is None else f"{found.mean:.6g}",
        "bars": found.bars,
        "top": _top(found),
    }


def _top(found: ColumnSummary) -> list[tuple[str, int]]:
    return [(value_text(value), count) for value, count in found.top]


def _table(desk: Desk, version: Version) -> RowPages:
    table = rows_of(desk, version)
    if table is None:
        raise SelectionError(f"the rows of `{version.key}@{version.name}`", "its value is no table")
    return table


def _columns(schema: pa.Schema) -> list[dict[str, Any]]:
    """The columns with their places; those of a pandas index first, as pandas shows them."""
    index = index_names(schema)
    columns = [
        {
            "place": place,
            "field": field.name,
            "name": index.get(field.name, field.name) or "index",
            "type": logical_type(field.type),
            "number": is_number(field.type),
            "index": field.name in index,
        }
        for place, field in enumerate(schema)
    ]
    return sorted(columns, key=lambda each: not each["index"])


def _shape(desk: Desk, version: Version) -> dict[str, Any]:
    """What there is to see of what is no table; what would run code is not loaded."""
    reference = version.event.value
    if reference is None:
        return _nothing("It was materialized without a value.")
    kind, how = reference.kind, f"`{typed(f'value {version.key}@{version.name}')}`"
    if kind == "figure":
        return _picture(desk.instance.value_of(version))
    if kind not in _AS_TEXT:
        return _nothing(f"It is kept as {kind}, which is not shown here: {how} gives it.")
    if (reference.size or 0) > LARGEST_TEXT:
        size = size_text(reference.size or 0)
        return _nothing(f"It has {size}, too much to show here: {how} gives it.")
    return _text(desk.instance.value_of(version))


def _nothing(why: str) -> dict[str, Any]:
    return {"shape": "none", "why": why}


def _picture(figure: FigureValue) -> dict[str, Any]:
    png = b64encode(figure.png).decode("ascii")
    return {"shape": "picture", "png": png, "width": figure.width, "height": figure.height}


def _text(value: Any) -> dict[str, Any]:
    """The text that a cell shows of it; of a text, that itself."""
    from IPython.lib.pretty import pretty

    text = value if isinstance(value, str) else pretty(value, max_width=100)
    cut = len(text) - _LONGEST_TEXT
    return {"shape": "text", "text": text[:_LONGEST_TEXT], "cut": max(0, cut)}
