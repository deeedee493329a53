"""Metadata of assets, checks and runs: values of a closed set of kinds, and their wire form."""

from assetbook.metadata.code_reference import LocalFileCodeReference, UrlCodeReference
from assetbook.metadata.infer import metadata_value, metadata_values, validate_metadata_key
from assetbook.metadata.plain import plain_text
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
from assetbook.metadata.wire import from_wire, to_wire

COLUMN_SCHEMA = "dagster/column_schema"
COLUMN_LINEAGE = "dagster/column_lineage"
ROW_COUNT = "dagster/row_count"
PARTITION_ROW_COUNT = "dagster/partition_row_count"
TABLE_NAME = "dagster/table_name"
RELATION_IDENTIFIER = "dagster/relation_identifier"
URI = "dagster/uri"
CODE_REFERENCES = "dagster/code_references"
STORAGE_KIND = "dagster/storage_kind"  # a tag, not metadata
STORED_SCHEMA = "assetbook/stored_schema"
"""How a table comes back from where it is stored: for the I/O manager, not for people."""

__all__ = [
    "CODE_REFERENCES",
    "COLUMN_LINEAGE",
    "COLUMN_SCHEMA",
    "PARTITION_ROW_COUNT",
    "RELATION_IDENTIFIER",
    "ROW_COUNT",
    "STORAGE_KIND",
    "STORED_SCHEMA",
    "TABLE_NAME",
    "URI",
    "AssetMetadataValue",
    "BoolMetadataValue",
    "CodeReferencesMetadataValue",
    "ColumnLineageMetadataValue",
    "FloatMetadataValue",
    "IntMetadataValue",
    "JobMetadataValue",
    "JsonMetadataValue",
    "LocalFileCodeReference",
    "MarkdownMetadataValue",
    "MetadataValue",
    "NotebookMetadataValue",
    "NullMetadataValue",
    "PathMetadataValue",
    "PoolMetadataValue",
    "PythonArtifactMetadataValue",
    "RunMetadataValue",
    "TableColumn",
    "TableColumnConstraints",
    "TableColumnDep",
    "TableColumnLineage",
    "TableConstraints",
    "TableMetadataValue",
    "TableRecord",
    "TableSchema",
    "TableSchemaMetadataValue",
    "TextMetadataValue",
    "TimestampMetadataValue",
    "UnknownMetadataValue",
    "UrlCodeReference",
    "UrlMetadataValue",
    "from_wire",
    "metadata_value",
    "metadata_values",
    "plain_text",
    "to_wire",
    "validate_metadata_key",
]
