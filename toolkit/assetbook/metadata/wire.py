"""The wire form of metadata values: dicts that any strict JSON encoder takes.

``{"type": "int", "value": 3}``. What strict JSON cannot hold (NaN, whole numbers beyond 64 bits,
half surrogates) travels as JSON text instead: ``{"type": "float", "json": "NaN"}``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from assetbook.errors import AssetbookError
from assetbook.keys import AssetKey
from assetbook.metadata.code_reference import LocalFileCodeReference, UrlCodeReference
from assetbook.metadata.json_value import is_strict
from assetbook.metadata.table import (
    TableColumn,
    TableColumnConstraints,
    TableColumnDep,
    TableColumnLineage,
    TableConstraints,
    TableRecord,
    TableSchema,
)
from assetbook.metadata.values import (
    AssetMetadataValue,
    BoolMetadataValue,
    CodeReferencesMetadataValue,
    ColumnLineageMetadataValue,
    FloatMetadataValue,
    IntMetadataValue,
    JobMetadataValue,
    JsonMetadataValue,
    MarkdownMetadataValue,
    MetadataValue,
    NotebookMetadataValue,
    NullMetadataValue,
    PathMetadataValue,
    PoolMetadataValue,
    PythonArtifactMetadataValue,
    RunMetadataValue,
    TableMetadataValue,
    TableSchemaMetadataValue,
    TextMetadataValue,
    TimestampMetadataValue,
    UnknownMetadataValue,
    UrlMetadataValue,
)


def to_wire(value: MetadataValue[Any]) -> dict[str, Any]:
    """The wire form of ``value``; ``from_wire`` reads it back."""
    if isinstance(value, UnknownMetadataValue):
        return dict(value.value)
    payload = _payload(value)
    if is_strict(payload):
        return {"type": value.kind, "value": payload}
    return {"type": value.kind, "json": json.dumps(payload)}


def from_wire(wire: Mapping[str, Any]) -> MetadataValue[Any]:
    """The value whose wire form this is.

    A kind, or a form of a kind, that a newer version wrote comes back as an UnknownMetadataValue,
    which holds the whole wire form and a note; it never fails.
    """
    read = _READERS.get(wire.get("type", ""))
    if read is None:
        return UnknownMetadataValue(dict(wire))
    try:
        return read(json.loads(wire["json"]) if "json" in wire else wire["value"])
    except (KeyError, TypeError, ValueError, AttributeError, AssetbookError):
        return UnknownMetadataValue(dict(wire))


def _payload(value: MetadataValue[Any]) -> Any:
    if isinstance(value, AssetMetadataValue):
        return list(value.value.parts)
    if isinstance(value, JobMetadataValue):
        return {"name": value.value, "location": value.location_name}
    if isinstance(value, TableSchemaMetadataValue):
        return _schema(value.value)
    if isinstance(value, TableMetadataValue):
        records = [dict(record.data) for record in value.value]
        return {"records": records, "schema": _schema(value.schema)}
    if isinstance(value, ColumnLineageMetadataValue):
        return {
            column: [[list(dep.asset_key.parts), dep.column_name] for dep in deps]
            for column, deps in value.value.deps_by_column.items()
        }
    if isinstance(value, CodeReferencesMetadataValue):
        return [reference._asdict() for reference in value.value]
    return value.value


def _schema(schema: TableSchema) -> dict[str, Any]:
    return {
        "columns": [
            {
                "name": column.name,
                "type": column.type,
                "description": column.description,
                "nullable": column.constraints.nullable,
                "unique": column.constraints.unique,
                "other": list(column.constraints.other),
                "tags": dict(column.tags),
            }
            for column in schema.columns
        ],
        "constraints": list(schema.constraints.other),
    }


def _read_schema(wire: Mapping[str, Any]) -> TableSchema:
    columns = [
        TableColumn(
            each["name"],
            each["type"],
            each["description"],
            TableColumnConstraints(each["nullable"], each["unique"], tuple(each["other"])),
            each["tags"],
        )
        for each in wire["columns"]
    ]
    return TableSchema(columns, TableConstraints(tuple(wire["constraints"])))


def _read_table(wire: Mapping[str, Any]) -> TableMetadataValue:
    records = tuple(TableRecord(record) for record in wire["records"])
    return TableMetadataValue(records, _read_schema(wire["schema"]))


def _read_lineage(wire: Mapping[str, Any]) -> ColumnLineageMetadataValue:
    return ColumnLineageMetadataValue(
        TableColumnLineage(
            {
                column: tuple(TableColumnDep(AssetKey(parts), name) for parts, name in deps)
                for column, deps in wire.items()
            }
        )
    )


def _read_references(wire: list[dict[str, Any]]) -> CodeReferencesMetadataValue:
    return CodeReferencesMetadataValue(
        tuple(
            UrlCodeReference(**each) if "url" in each else LocalFileCodeReference(**each)
            for each in wire
        )
    )


_READERS: Mapping[str, Callable[[Any], MetadataValue[Any]]] = {
    **{
        each.kind: each
        for each in (
            TextMetadataValue,
            UrlMetadataValue,
            PathMetadataValue,
            NotebookMetadataValue,
            MarkdownMetadataValue,
            PythonArtifactMetadataValue,
            RunMetadataValue,
            PoolMetadataValue,
            JsonMetadataValue,
            IntMetadataValue,
            BoolMetadataValue,
            NullMetadataValue,
        )
    },
    # an encoder may have written 3.0 as 3
    "float": lambda wire: FloatMetadataValue(float(wire)),
    "timestamp": lambda wire: TimestampMetadataValue(float(wire)),
    "asset": lambda wire: AssetMetadataValue(AssetKey(wire)),
    "job": lambda wire: JobMetadataValue(wire["name"], wire["location"]),
    "table": _read_table,
    "table_schema": lambda wire: TableSchemaMetadataValue(_read_schema(wire)),
    "column_lineage": _read_lineage,
    "code_references": _read_references,
    "dagster_run": RunMetadataValue,  # Dagster Pipes' words
    "table_column_lineage": _read_lineage,
}
"""By kind, what reads its payload."""
