"""What is said of a stored value: its schema, its rows, and what storing changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from assetbook.io.pandas_metadata import index_names
from assetbook.metadata import MetadataValue, TableColumn, TableColumnConstraints, TableSchema
from assetbook.types.logical_types import logical_type

if TYPE_CHECKING:
    import pyarrow as pa

SCHEMA = "dagster/column_schema"
ROWS = "dagster/row_count"
CHANGES = "assetbook/storing_changes"
SHAPE = "assetbook/shape"
DTYPE = "assetbook/dtype"
LENGTH = "assetbook/length"
MEMBERS = "assetbook/members"
CLASS = "assetbook/class"
NAME = "assetbook/name"
FILES = "assetbook/files"
BYTES = "assetbook/bytes"


def table_description(table: pa.Table, notes: Sequence[str]) -> Mapping[str, MetadataValue[Any]]:
    """The schema and row count of a table, and what storing it changes."""
    return {**schema_description(table.schema, table.num_rows), **storing_changes(notes)}


def described_schema(
    schema: pa.Schema, rows: int, notes: Sequence[str]
) -> Mapping[str, MetadataValue[Any]]:
    """The same of a table that is not in memory."""
    return {**schema_description(schema, rows), **storing_changes(notes)}


def schema_description(schema: pa.Schema, rows: int) -> Mapping[str, MetadataValue[Any]]:
    """The schema and row count of a table, wherever it is."""
    return {
        SCHEMA: MetadataValue.table_schema(TableSchema(columns=_columns(schema))),
        ROWS: MetadataValue.int(rows),
    }


def storing_changes(notes: Sequence[str]) -> Mapping[str, MetadataValue[Any]]:
    """One entry with a sentence for each change; none where storing changes nothing."""
    return {CHANGES: MetadataValue.json(list(notes))} if notes else {}


def _columns(schema: pa.Schema) -> list[TableColumn]:
    indexes = index_names(schema)
    return [
        TableColumn(
            name=indexes.get(field.name, field.name) or "index",
            type=logical_type(field.type),
            description="index" if field.name in indexes else None,
            constraints=TableColumnConstraints(nullable=field.nullable),
        )
        for field in schema
    ]
