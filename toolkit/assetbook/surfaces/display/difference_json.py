"""What differs between two versions as plain values for programs: no row, no text of the data."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

from assetbook.instance.making_difference import MakingDifference
from assetbook.instance.version_comparison import VersionDifference
from assetbook.io.comparison import ColumnDifference, PlainDifference, Profile, TableDifference
from assetbook.surfaces.display.version_table import version_json


def difference_json(found: VersionDifference) -> dict[str, Any]:
    """Both versions, whether their data is the same, and what was found."""
    return {
        "before": version_json(found.before),
        "after": version_json(found.after),
        "same_data": found.same_data,
        "table": _table(found.table) if found.table is not None else None,
        "plain": _plain(found.plain) if found.plain is not None else None,
        "making": _making(found.making) if found.making is not None else None,
    }


def _table(table: TableDifference) -> dict[str, Any]:
    return {
        "rows_before": table.rows_before,
        "rows_after": table.rows_after,
        "key": list(table.key.columns),
        "key_origin": table.key.origin,
        "added": table.added,
        "removed": table.removed,
        "changed": table.changed,
        "columns": [_column(column) for column in table.columns],
        "notes": list(table.notes),
    }


def _column(column: ColumnDifference) -> dict[str, Any]:
    return {
        "name": column.name,
        "schema_change": column.schema_change or None,
        "type_before": column.type_before,
        "type_after": column.type_after,
        "compared": column.compared,
        "changed": column.changed,
        "moved": list(column.moved),
        "before": _profile(column.before),
        "after": _profile(column.after),
    }


def _profile(profile: Profile | None) -> dict[str, Any] | None:
    if profile is None:
        return None
    return {
        "nulls": profile.nulls,
        "distinct": profile.distinct,
        "low": _number(profile.low),
        "high": _number(profile.high),
        "mean": _number(profile.mean),
        "quantiles": [_number(point) for point in profile.quantiles],
        "top_counts": [count for _, count in profile.top],
    }


def _number(value: Any) -> Any:
    """The number or instant as JSON can hold it."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _plain(plain: PlainDifference) -> dict[str, Any]:
    kinds = [change.kind for change in plain.changes]
    return {"count": plain.count, "first": {kind: kinds.count(kind) for kind in sorted(set(kinds))}}


def _making(making: MakingDifference) -> dict[str, Any]:
    return {
        "facts": [
            {"name": each.name, "before": each.before, "after": each.after} for each in making.facts
        ],
        "inputs": [
            {
                "name": each.name,
                "before": each.before,
                "after": each.after,
                "same_data": each.same_data,
            }
            for each in making.inputs
        ],
        "code": [
            {"kind": each.kind, "name": each.name, "lines": list(each.lines)}
            for each in making.code
        ],
    }
