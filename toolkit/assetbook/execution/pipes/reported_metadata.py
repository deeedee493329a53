"""Metadata of the other side as our metadata values; what cannot be read is kept as it came."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from assetbook.errors import AssetbookError
from assetbook.execution.pipes.wire_format import key_from_text
from assetbook.metadata import (
    MetadataValue,
    TableColumn,
    TableColumnConstraints,
    TableColumnDep,
    TableColumnLineage,
    TableRecord,
    TableSchema,
    UnknownMetadataValue,
    metadata_value,
    validate_metadata_key,
)

INFER = "__infer__"


def reported_metadata(
    reported: Mapping[str, Any] | None, tell: Callable[[str], None]
) -> dict[str, MetadataValue[Any]]:
    """The metadata values that were reported, by key.

    A value of a type that is not known, or that does not fit its type, becomes an
    UnknownMetadataValue, which holds what came; ``tell`` is told of it, and of keys that are left
    out since no metadata may have them.
    """
    values: dict[str, MetadataValue[Any]] = {}
    for key, each in (reported or {}).items():
        try:
            validate_metadata_key(key)
        except AssetbookError as error:
            tell(f"{error.asked} is left out: {error.found}. Its value: {each!r}")
            continue
        values[key] = _value(key, each, tell)
    return values


def _value(key: str, reported: object, tell: Callable[[str], None]) -> MetadataValue[Any]:
    if not isinstance(reported, dict) or not {"type", "raw_value"} <= reported.keys():
        return metadata_value(reported, key)
    kind, raw = reported["type"], reported["raw_value"]
    make = _KINDS.get(kind) if isinstance(kind, str) else None
    if make is None:
        tell(f"metadata {key!r} is of the type {kind!r}, which is not known; it is kept as it came")
        return UnknownMetadataValue(reported)
    try:
        return make(raw)
    except (KeyError, TypeError, ValueError, AttributeError, AssetbookError) as error:
        said = error.found if isinstance(error, AssetbookError) else repr(error)
        tell(f"metadata {key!r} is no {kind}: {said}; it is kept as it came")
        return UnknownMetadataValue(reported)


def _column(wire: Mapping[str, Any]) -> TableColumn:
    constraints = wire.get("constraints")
    return TableColumn(
        wire["name"],
        wire.get("type") or "string",
        wire.get("description"),
        TableColumnConstraints(**constraints) if constraints else TableColumnConstraints(),
        wire.get("tags") or {},
    )


def _schema(columns: list[Mapping[str, Any]]) -> TableSchema:
    return TableSchema([_column(each) for each in columns])


def _table(raw: Mapping[str, Any]) -> MetadataValue[Any]:
    records = [TableRecord(each) for each in raw["records"]]
    return MetadataValue.table(records, _schema(raw["schema"]))


def _lineage(raw: Mapping[str, Any]) -> MetadataValue[Any]:
    return MetadataValue.column_lineage(
        TableColumnLineage(
            {
                column: [_column_dep(each) for each in deps]
                for column, deps in raw["deps_by_column"].items()
            }
        )
    )


def _column_dep(wire: Mapping[str, Any]) -> TableColumnDep:
    key = wire["asset_key"]
    return TableColumnDep(key_from_text(key) if isinstance(key, str) else key, wire["column_name"])


def _null(raw: object) -> MetadataValue[Any]:
    if raw is not None:
        raise ValueError(f"{raw!r} is not null")
    return MetadataValue.null()


_KINDS: Mapping[str, Callable[[Any], MetadataValue[Any]]] = {
    INFER: metadata_value,
    "text": MetadataValue.text,
    "url": MetadataValue.url,
    "path": MetadataValue.path,
    "notebook": MetadataValue.notebook,
    "json": MetadataValue.json,
    "md": MetadataValue.md,
    "float": MetadataValue.float,
    "int": MetadataValue.int,
    "bool": MetadataValue.bool,
    "dagster_run": MetadataValue.dagster_run,
    "asset": lambda raw: MetadataValue.asset(key_from_text(raw)),
    "null": _null,
    "table": _table,
    "table_schema": lambda raw: MetadataValue.table_schema(_schema(raw["columns"])),
    "table_column_lineage": _lineage,
    "timestamp": MetadataValue.timestamp,
}
"""By the type on the wire, what makes the value of what came."""
