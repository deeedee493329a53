"""How the values of columns are distributed in each of two tables.

Counts, extremes and means are of all rows; quantiles of a random part of large tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from assetbook.io.common_columns import Column, is_number
from assetbook.io.compared_tables import ComparedTables, Side
from assetbook.io.comparison import Profile
from assetbook.types.logical_types import is_text

if TYPE_CHECKING:
    import pyarrow as pa

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
FEW_VALUES = 1_000
"""Values up to which a column of text counts as categories, whose shares are compared."""

_SAMPLED = 250_000  # rows that quantiles are taken from, about
_EPOCH = datetime(1970, 1, 1)

Family = Literal["number", "instant", "text", "other"]


def family_of(column: Column) -> Family:
    """What can be said of the distribution of a column."""
    return family_of_type(column.kind)


def family_of_type(kind: pa.DataType) -> Family:
    """What can be said of the distribution of values of a type."""
    from pyarrow import types

    kind = kind.value_type if types.is_dictionary(kind) else kind
    if is_number(kind):
        return "number"
    if types.is_timestamp(kind) or types.is_date(kind):
        return "instant"
    return "text" if is_text(kind) or types.is_boolean(kind) else "other"


def profiles(tables: ComparedTables, side: Side, columns: Iterable[Column]) -> dict[str, Profile]:
    """The profile of each of ``columns`` that ``side`` has, by name; reads their data once."""
    present = [column for column in columns if _place(column, side) is not None]
    if not present:
        return {}
    asked = [part for column in present for part in _asked(column, side, tables.rows[side])]
    found = iter(tables.one(f"SELECT {', '.join(asked)} FROM {side}_all"))
    return {column.name: _profile(column, found, tables.rows[side]) for column in present}


def frequencies(tables: ComparedTables, side: Side, column: Column) -> Mapping[Any, int]:
    """How often each value of a column occurs in ``side``, the most frequent first; at most
    ``FEW_VALUES`` of them."""
    cell = f"c{_place(column, side)}"
    query = (
        f"SELECT {cell}, count(*) FROM {side}_all WHERE {cell} IS NOT NULL "
        f"GROUP BY ALL ORDER BY 2 DESC, 1 LIMIT {FEW_VALUES}"
    )
    return dict(tables.all(query))


def _place(column: Column, side: Side) -> int | None:
    return column.old if side == "old" else column.new


def _asked(column: Column, side: Side, rows: int) -> list[str]:
    cell = f"c{_place(column, side)}"
    family = family_of(column)
    if family == "other":
        return [f"count({cell})"]
    if family == "text":
        return [f"count({cell})", f"approx_count_distinct({cell})"]
    number = _as_number(column, cell)
    exact = number if family == "instant" or "int" in str(column.kind) else f"{number}::DOUBLE"
    every = rows // _SAMPLED + 1
    only = f" FILTER (hash(rn) % {every} = 0)" if every > 1 else ""
    return [
        f"count({number})",
        f"approx_count_distinct({number})",
        f"min({exact})",
        f"max({exact})",
        f"avg({number}::DOUBLE)",
        f"quantile_cont({number}::DOUBLE, {list(QUANTILES)}){only}",
    ]


def _as_number(column: Column, cell: str) -> str:
    """The cell as a number that is null where it is NaN; instants in microseconds since 1970."""
    if family_of(column) == "instant":
        target = "TIMESTAMPTZ" if getattr(column.kind, "tz", None) else "TIMESTAMP"
        return f"epoch_us(TRY_CAST({cell} AS {target}))"
    if "int" in str(column.kind):
        return cell
    return f"nullif({cell}::DOUBLE, 'nan'::DOUBLE)"


def _profile(column: Column, found: Any, rows: int) -> Profile:
    family = family_of(column)
    count = next(found)
    if family == "other":
        return Profile(rows, rows - count)
    distinct = min(next(found), count)
    if family == "text":
        return Profile(rows, rows - count, distinct)
    low, high, mean, quantiles = (next(found) for _ in range(4))
    if family == "number":
        return Profile(rows, rows - count, distinct, low, high, mean, tuple(quantiles or ()))
    low, high, *points = (_instant(column, each) for each in (low, high, *(quantiles or ())))
    return Profile(rows, rows - count, distinct, low, high, None, tuple(points))


def _instant(column: Column, microseconds: float | None) -> datetime | date | None:
    """The instant, in UTC if the column has a zone; None if Python has no such date."""
    from pyarrow import types

    if microseconds is None:
        return None
    try:
        found = _EPOCH + timedelta(microseconds=round(microseconds))
    except OverflowError:
        return None
    if types.is_date(column.kind):
        return found.date()
    return found.replace(tzinfo=UTC) if column.kind.tz is not None else found


def spread_of(quantiles: Sequence[Any]) -> float:
    """How far apart the 5th and the 95th percentile are, in seconds for instants."""
    return distance(quantiles[0], quantiles[-1])


def distance(first: Any, second: Any) -> float:
    """From the first to the second, in seconds for instants."""
    found = second - first
    return float(found.total_seconds() if isinstance(found, timedelta) else found)
