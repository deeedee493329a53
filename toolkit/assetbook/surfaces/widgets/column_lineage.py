"""From which columns a column was made and which are made from it, as far as metadata says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

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
"""Columns of one picture, each way."""
Column: TypeAlias = tuple[AssetKey, str]
Links: TypeAlias = Mapping[Column, Sequence[Column]]


def column_lineage(desk: Desk, given: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of the asset ``given["key"]``; where ``given["column"]`` comes from and goes.

    ``columns`` names them, ``stated`` those of which metadata says what they are made from, or what
    is made from them. ``picture`` has nodes and edges as a lineage has them, with the id of the
    node that was ``asked`` for, or is None without a column. Raises UsageError for an asset that is
    not there.
    """
    now, _, _ = desk.standing()
    key = AssetKey.from_text(str(given.get("key") or "-"))
    if key not in now.states:
        raise UsageError(
            f"the columns of {key}",
            "there is no such asset",
            did_you_mean(str(key), map(str, now.states)),
        )
    sources = _sources(now)
    readers = _readers(sources)
    column = given.get("column")
    told = [name for of, name in (*sources, *readers) if of == key]
    columns = list(dict.fromkeys([*_schema(now, key), *told]))
    linked = [each for each in columns if sources.get((key, each)) or (key, each) in readers]
    return {
        "columns": columns,
        "stated": linked,
        "picture": None if column is None else _picture(now, (key, str(column)), sources, readers),
    }


def _picture(now: Standing, asked: Column, sources: Links, readers: Links) -> dict[str, Any]:
    behind = _reached(asked, sources)
    ahead = _reached(asked, readers)
    edges = dict.fromkeys([(end, start) for start, end in behind.links] + list(ahead.links))
    columns = dict.fromkeys([*reversed(behind.columns), *ahead.columns])
    named = {f"{key.text}\n{column}": (key, column) for key, column in columns}
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
    return {
        "nodes": nodes,
        "edges": places.edges,
        "shape": places.shape,
        "asked": ids[asked],
    }


class Reached(NamedTuple):
    """What one comes to from a column, going one way."""

    columns: list[Column]
    """The nearest first, which is the column itself."""
    links: list[tuple[Column, Column]]


def _reached(asked: Column, links: Links) -> Reached:
    seen = {asked}
    found = Reached([asked], [])
    for column in found.columns:
        for other in links.get(column, ()):
            if other not in seen and len(seen) == MOST:
                continue
            found.links.append((column, other))
            if other not in seen:
                seen.add(other)
                found.columns.append(other)
    return found


def _sources(now: Standing) -> Links:
    """What each column is made from: by its asset's latest version, else by its definition."""
    found: dict[Column, list[Column]] = {}
    for key in now.states:
        wire = _metadata(now, key).get(COLUMN_LINEAGE)
        value = None if wire is None else from_wire(wire)
        if isinstance(value, ColumnLineageMetadataValue):
            for column, deps in value.value.deps_by_column.items():
                found[key, column] = [(dep.asset_key, dep.column_name) for dep in deps]
    return found


def _readers(sources: Links) -> Links:
    """What is made from each column."""
    found: dict[Column, list[Column]] = {}
    for column, made_from in sources.items():
        for source in made_from:
            found.setdefault(source, []).append(column)
    return found


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
