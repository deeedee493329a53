"""One asset as a page watches it: state and why, latest version, checks, versions, neighbours.

No row of its value: those are asked for (:mod:`assetbook.surfaces.widgets.asset_value`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from msgspec import structs

from assetbook.instance.code_difference import code_differences
from assetbook.instance.ownership import location_exists
from assetbook.instance.snapshots import recall_all
from assetbook.keys import AssetKey
from assetbook.storage.version import Version
from assetbook.surfaces.asking import latest_of, partition_states, rows_at
from assetbook.surfaces.desk import Desk
from assetbook.surfaces.display.asset_view import AssetView
from assetbook.surfaces.display.asset_words import check_note
from assetbook.surfaces.display.metadata_grid import (
    column_lineage_grid,
    declared_grid,
    declared_json,
    metadata_grid,
    metadata_line,
    schema_grid,
)
from assetbook.surfaces.display.partition_strip import ranges, squares
from assetbook.surfaces.display.status import check_look
from assetbook.surfaces.display.version_facts import inputs_grid
from assetbook.surfaces.display.why_view import WhyView
from assetbook.surfaces.rows import AssetRow, CheckRow
from assetbook.surfaces.widgets.assets_topic import asset_facts, locations_of
from assetbook.surfaces.widgets.changes import Document
from assetbook.surfaces.widgets.failures import failed_assets, failure_of, state_shown
from assetbook.surfaces.widgets.grid_json import code_json, grid_json, text_of
from assetbook.surfaces.widgets.meant import row_meant
from assetbook.surfaces.widgets.running import running_assets
from assetbook.surfaces.widgets.version_history import version_history

_SHOWN_APART = frozenset({"upstream", "downstream"})


def asset_document(desk: Desk, given: Mapping[str, Any]) -> Document:
    """All that is known of the asset ``given["key"]`` but its rows.

    Raises SelectionError if there is none.
    """
    now, rows = rows_at(desk)
    row = row_meant(desk, now, rows, given)
    version = latest_of(desk, now, row)
    by_key = {each.key: each for each in rows}
    upstream = [by_key[key] for key in now.graph.dag.parents_of(row.key) if key in by_key]
    downstream = [by_key[key] for key in now.graph.dag.children_of(row.key) if key in by_key]
    code = now.defined[row.key].code
    states = partition_states(desk, now, row.key)
    location = locations_of(desk).get(row.key, "")
    failed = failed_assets(desk, [row, *upstream, *downstream])
    facts = asset_facts(desk, row, location, failed)
    return {
        "asset": {"key": row.key.text, **facts, **_about(row)},
        "failed": failure_of(desk, row.key),
        "running": running_assets(desk.instance, now).get(row.key.text),
        "reasons": WhyView(row, version, (), now=desk.instance.clock.now()).reasons(),
        "code": code_json(code_differences(desk.instance, version, code) if code else ()),
        "latest": version.name if version is not None else None,
        "facts": _facts(desk, row, version, location),
        **_grids(row, version),
        "checks": {each.name: _check(each) for each in row.checks},
        "versions": version_history(desk.instance, row.key, version),
        "partitions": _partitions(states) if states else None,
        "upstream": _neighbours(upstream, failed),
        "downstream": _neighbours(downstream, failed),
    }


def _about(row: AssetRow) -> dict[str, Any]:
    return {
        "description": row.description,
        "documentation": row.documentation,
        "external": row.external,
    }


def _facts(
    desk: Desk, row: AssetRow, version: Version | None, location: str
) -> list[tuple[str, str]]:
    run = desk.instance.run_of(version) if version is not None else None
    if cell := _remembered_cell(desk, row, location):
        row = structs.replace(row, cell=f"{cell}, {row.source}")
    view = AssetView(
        row,
        version,
        (),
        (),
        (),
        origin=run.origin if run is not None else None,
        again=run.reexecution if run is not None else None,
        latest=version,
        now=desk.instance.clock.now(),
    )
    facts = [(name, text_of(cell)) for name, cell in view.facts()]
    return [(name, text) for name, text in facts if text and name not in _SHOWN_APART]


def _remembered_cell(desk: Desk, row: AssetRow, location: str) -> str:
    """The cell that defined it when the snapshot was taken that it is known from."""
    if row.cell or not location or not location_exists(desk.instance, location):
        return ""
    records = recall_all(desk.instance)[location].assets
    return next((each.cell for each in records if each.key == row.key.text), "")


def _grids(row: AssetRow, version: Version | None) -> dict[str, Any]:
    metadata = version.event.metadata if version is not None else {}
    declared = declared_json(row.metadata)
    return {
        "schema": grid_json(schema_grid(metadata)),
        "inputs": grid_json(inputs_grid(version)) if version is not None else None,
        "columns_from": grid_json(column_lineage_grid({**declared, **metadata})),
        "metadata": grid_json(metadata_grid(metadata)),
        "declared": grid_json(declared_grid(row.metadata)),
    }


def _check(check: CheckRow) -> dict[str, Any]:
    said = (check_note(check), metadata_line(check.metadata))
    return {
        "result": check_look(check.passed, check.severity).word,
        "says": " · ".join(each for each in said if each),
    }


def _partitions(states: Mapping[str, str]) -> dict[str, Any]:
    return {"squares": squares(states), "ranges": grid_json(ranges(states)), "count": len(states)}


def _neighbours(
    rows: Iterable[AssetRow], failed: Collection[AssetKey]
) -> dict[str, dict[str, str]]:
    return {
        each.key.text: {"name": str(each.key), "state": state_shown(each, failed)} for each in rows
    }
