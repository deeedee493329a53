"""From which columns of which assets a column was made, as far as metadata states it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from assetbook.errors import UsageError, did_you_mean
from assetbook.instance.states import Standing
from assetbook.keys import AssetKey
from assetbook.metadata import (
    COLUMN_LINEAGE,
    COLUMN_SCHEMA,
    ColumnLineageMetadataValue,
    TableSchemaMetadataValue,
    from_wire,
)
from assetbook.surfaces.desk import Desk
from assetbook.surfaces.display.metadata_grid import declared_json
from assetbook.surfaces.widgets.lineage_groups import folded
from assetbook.surfaces.widgets.lineage_places import placed

MOST = 400
"""Columns of one picture."""
Column: TypeAlias = tuple[AssetKey, str]


def column_lineage(desk: Desk, given: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of the asset ``given["key"]``, and where ``given["column"]`` comes from.

    ``columns`` names them, ``stated`` those of which metadata says what they are made from.
    ``picture`` has nodes and edges as a lineage has them, or is None without a column. Raises
    UsageError for an asset that is not there.
    """
    now, _, _ = desk.standing()
    key = AssetKey.from_text(str(given.get("key") or "-"))
    if key not in now.states:
        raise UsageError(
            f"the columns of {key}",
            "there is no such asset",
            did_you_mean(str(key), map(str, now.states)),
        )
    stated = _stated(now, key)
    column = given.get("column")
    return {
        "columns": list(dict.fromkeys([*_schema(now, key), *stated])),
        "stated": [name for name, made_from in stated.items() if made_from],
        "picture": None if column is None else _picture(now, (key, str(column))),
    }


def _picture(now: Standing, asked: Column) -> dict[str, Any]:
    seen, edges = _behind(now, asked)
    named = {f"{key.text}\n{column}": (key, column) for key, column in seen}
    ids = {each: name for name, each in named.items()}
    fold = folded(dict.fromkeys(named, ""), [(ids[a], ids[b]) for a, b in edges], ())
    places = placed(list(named), fold)
    nodes = {
        name: {
            "kind": "column",
            "name": column,
            "asset": str(key),
            "key": key.text if key in now.states else "",
            "place": places.nodes[name],
        }
        for name, (key, column) in named.items()
    }
    return {"nodes": nodes, "edges": places.edges, "shape": places.shape}


def _behind(now: Standing, asked: Column) -> tuple[list[Column], list[tuple[Column, Column]]]:
    """All columns that it comes from, the furthest first, and what was made from what."""
    seen = {asked: None}
    edges: list[tuple[Column, Column]] = []
    for column in (queue := [asked]):
        for source in _stated(now, column[0]).get(column[1], ()):
            if source not in seen and len(seen) == MOST:
                continue
            edges.append((source, column))
            if source not in seen:
                seen[source] = None
                queue.append(source)
    return list(reversed(queue)), edges


def _stated(now: Standing, key: AssetKey) -> dict[str, list[Column]]:
    """What is said of an asset's columns: by its latest version, else by its definition."""
    wire = _metadata(now, key).get(COLUMN_LINEAGE)
    value = None if wire is None else from_wire(wire)
    if not isinstance(value, ColumnLineageMetadataValue):
        return {}
    return {
        column: [(dep.asset_key, dep.column_name) for dep in deps]
        for column, deps in value.value.deps_by_column.items()
    }


def _schema(now: Standing, key: AssetKey) -> list[str]:
    wire = _metadata(now, key).get(COLUMN_SCHEMA)
    value = None if wire is None else from_wire(wire)
    if not isinstance(value, TableSchemaMetadataValue):
        return []
    return [column.name for column in value.value.columns]


def _metadata(now: Standing, key: AssetKey) -> dict[str, Any]:
    spec, record = now.graph.specs.get(key), now.recorded.get(key)
    declared = declared_json(spec.metadata) if spec is not None else {}
    return {**declared, **(record.event.metadata if record is not None else {})}
