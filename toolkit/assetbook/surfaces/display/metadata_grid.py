"""Metadata and schemas of recorded versions as grids; whatever they hold, it stays text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from assetbook.definitions.declared_metadata import declared
from assetbook.metadata import (
    COLUMN_LINEAGE,
    COLUMN_SCHEMA,
    ROW_COUNT,
    STORED_SCHEMA,
    ColumnLineageMetadataValue,
    MetadataValue,
    TableSchemaMetadataValue,
    UrlMetadataValue,
    from_wire,
    plain_text,
    to_wire,
)
from assetbook.surfaces.display.formatting import counted
from assetbook.surfaces.display.grid import Cell, Grid
from assetbook.surfaces.display.html import escaped, tag

LONGEST = 600
"""Characters of one value that are shown."""
_WEB: Final = re.compile(r"https?://", re.IGNORECASE)
_SHOWN_APART: Final = frozenset({COLUMN_LINEAGE, COLUMN_SCHEMA, ROW_COUNT, STORED_SCHEMA})


def schema_grid(metadata: Mapping[str, Any]) -> Grid:
    """The columns of a version's table, from metadata in wire form; no rows if it is not one."""
    value = from_wire(metadata[COLUMN_SCHEMA]) if COLUMN_SCHEMA in metadata else None
    if not isinstance(value, TableSchemaMetadataValue):
        return Grid((), ())
    rows = tuple(
        (
            Cell(column.name, tag("span", column.name, class_="assetbook-mono")),
            column.type,
            "yes" if column.constraints.nullable else "no",
            ", ".join(_constraints(column.constraints.unique, column.constraints.other)),
            column.description or "",
        )
        for column in value.value.columns
    )
    return Grid(("column", "type", "nullable", "constraints", "description"), rows)


def schema_title(grid: Grid) -> str:
    """``schema · 3 columns``."""
    return f"schema · {counted(len(grid.rows), 'column')}"


def column_lineage_grid(metadata: Mapping[str, Any]) -> Grid:
    """From which columns of which assets each column was made, from metadata in wire form; no rows
    if nobody says."""
    value = from_wire(metadata[COLUMN_LINEAGE]) if COLUMN_LINEAGE in metadata else None
    if not isinstance(value, ColumnLineageMetadataValue):
        return Grid((), ())
    rows = tuple(
        (
            Cell(column, tag("span", column, class_="assetbook-mono")),
            ", ".join(f"{dep.asset_key}.{dep.column_name}" for dep in deps) or "nothing",
        )
        for column, deps in value.value.deps_by_column.items()
    )
    return Grid(("column", "made from"), rows)


def metadata_grid(metadata: Mapping[str, Any]) -> Grid:
    """What a version or check says of itself, but for what views show in places of their own."""
    values = {name: from_wire(wire) for name, wire in metadata.items()}
    return Grid(("name", "value"), _rows(values))


def declared_grid(metadata: Mapping[str, Any]) -> Grid:
    """What a definition's author said of it: plain values, or metadata values; secrets masked."""
    values = declared(metadata).items()
    rows = tuple((name, _cell(each)) for name, each in values if not _is_lineage(name, each))
    return Grid(("name", "value"), rows)


def _rows(values: Mapping[str, MetadataValue[Any]]) -> tuple[tuple[str, Cell], ...]:
    return tuple(
        (name, _cell(each))
        for name, each in values.items()
        if name not in _SHOWN_APART or (name == COLUMN_LINEAGE and not _is_lineage(name, each))
    )


def _is_lineage(name: str, value: MetadataValue[Any]) -> bool:
    """Whether a grid of its own shows it."""
    return name == COLUMN_LINEAGE and isinstance(value, ColumnLineageMetadataValue)


def declared_json(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """The same in wire form."""
    return {name: to_wire(each) for name, each in declared(metadata).items()}


def metadata_line(metadata: Mapping[str, Any]) -> str:
    """The same in one line: ``rows 16, null share 0.1``."""
    return ", ".join(
        f"{name} {_cut(plain_text(from_wire(each)))}" for name, each in metadata.items()
    )


def _cell(value: MetadataValue[Any]) -> Cell:
    text = _cut(plain_text(value))
    if isinstance(value, UrlMetadataValue) and _WEB.match(value.value):
        link = tag("a", text, href=value.value, rel="noopener noreferrer", target="_blank")
        return Cell(text, link)
    return Cell(text, escaped(text))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text):,} characters)"


def _constraints(unique: bool, other: object) -> list[str]:
    said = ["unique"] if unique else []
    return [*said, *(str(each) for each in other)] if isinstance(other, tuple) else said
