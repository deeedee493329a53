"""What differs between two versions of an asset, asked for by a person who compares them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assetbook.instance.making_difference import MakingDifference
from assetbook.instance.version_comparison import compare_versions
from assetbook.io.comparison import TableDifference
from assetbook.surfaces.asking import resources_at
from assetbook.surfaces.desk import Desk
from assetbook.surfaces.display.difference_json import difference_json
from assetbook.surfaces.display.difference_view import (
    plain_grid,
    rows_title,
    summary_of,
    times_of,
)
from assetbook.surfaces.display.making_text import facts_grid, other_inputs_grid
from assetbook.surfaces.display.table_difference import cells_grid, columns_grid, rows_grid
from assetbook.surfaces.widgets.acting import line_of
from assetbook.surfaces.widgets.grid_json import code_json, grid_json
from assetbook.surfaces.widgets.meant import version_meant


def asset_difference(desk: Desk, given: Mapping[str, Any]) -> dict[str, Any]:
    """What differs between the versions ``before`` and ``after`` of an asset, and in their making.

    Raises SelectionError if one of them has no value, MissingLibraryError where tables are compared
    without DuckDB, CorruptStoreError if a file is gone or damaged.
    """
    before, after = version_meant(desk, given, "before"), version_meant(desk, given, "after")
    found = compare_versions(desk.instance, before, after, code=True, resources=resources_at(desk))
    names = [f"{each.key}@{each.name}" for each in (before, after)]
    return {
        "line": line_of(desk, "diff", [*names, "--code"]),
        "times": times_of(found),
        "summary": summary_of(found),
        "table": _table(found.table, difference_json(found)) if found.table is not None else None,
        "plain": grid_json(plain_grid(found.plain.changes)) if found.plain is not None else None,
        "making": _making(found.making) if found.making is not None else None,
    }


def _table(table: TableDifference, plain: Mapping[str, Any]) -> dict[str, Any]:
    changed = table.changed or 0
    quantiles = {
        column["name"]: [
            column[side]["quantiles"] if column[side] is not None else []
            for side in ("before", "after")
        ]
        for column in plain["table"]["columns"]
    }
    return {
        "rows": {
            "removed": table.removed,
            "the same": table.rows_after - table.added - changed,
            "changed": changed,
            "added": table.added,
        },
        "columns": grid_json(columns_grid(table).without("before / after")),
        "quantiles": quantiles,
        "cells": grid_json(cells_grid(table)),
        "added": [rows_title("added", table), grid_json(rows_grid(table.added_examples))],
        "removed": [rows_title("removed", table), grid_json(rows_grid(table.removed_examples))],
    }


def _making(making: MakingDifference) -> dict[str, Any]:
    return {
        "facts": grid_json(facts_grid(making)),
        "inputs": grid_json(other_inputs_grid(making)),
        "code": code_json(making.code),
    }
