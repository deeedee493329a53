"""The closed set of metadata kinds, one frozen class each, and ``MetadataValue`` to make them."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from assetbook.keys import AssetKey
from assetbook.metadata.code_reference import LocalFileCodeReference, UrlCodeReference
from assetbook.metadata.frozen_value import FrozenValue, refuse
from assetbook.metadata.json_value import json_value
from assetbook.metadata.table import (
    TableColumnLineage,
    TableRecord,
    TableSchema,
    schema_of_records,
)

T = TypeVar("T")


class MetadataValue(FrozenValue[T]):
    """A value of one of the known kinds; make one by the functions named after the kinds.

    ``value`` is what was said, ``kind`` the kind's name on the wire.
    Making one from a value that does not fit its kind raises DefinitionError.
    """

    __slots__ = ()

    @staticmethod
    def text(text: str) -> TextMetadataValue:
        """Plain text."""
        return TextMetadataValue(text)

    @staticmethod
    def url(url: str) -> UrlMetadataValue:
        """An address on the web; views link it only if it begins with http or https."""
        return UrlMetadataValue(url)

    @staticmethod
    def path(path: str | Path) -> PathMetadataValue:
        """A path in the file system."""
        return PathMetadataValue(str(path) if isinstance(path, Path) else path)

    @staticmethod
    def notebook(path: str | Path) -> NotebookMetadataValue:
        """The path of a notebook."""
        return NotebookMetadataValue(str(path) if isinstance(path, Path) else path)

    @staticmethod
    def json(data: Any) -> JsonMetadataValue:
        """Anything that JSON can hold, as it is now: later changes to ``data`` do not show."""
        return JsonMetadataValue(data)

    @staticmethod
    def md(text: str) -> MarkdownMetadataValue:
        """Text in Markdown."""
        return MarkdownMetadataValue(text)

    @staticmethod
    def python_artifact(artifact: Callable[..., Any] | type[Any]) -> PythonArtifactMetadataValue:
        """A Python function or class, by its module and name."""
        name = getattr(artifact, "__qualname__", None)
        if name is None:
            refuse("python_artifact", artifact)
        return PythonArtifactMetadataValue(f"{artifact.__module__}:{name}")

    @staticmethod
    def float(value: builtins.float) -> FloatMetadataValue:
        """A floating point number, NaN and infinities included."""
        whole = isinstance(value, builtins.int) and not isinstance(value, builtins.bool)
        return FloatMetadataValue(builtins.float(value) if whole else value)

    @staticmethod
    def int(value: builtins.int) -> IntMetadataValue:
        """A whole number of any size."""
        return IntMetadataValue(value)

    @staticmethod
    def bool(value: builtins.bool) -> BoolMetadataValue:
        """True or False."""
        return BoolMetadataValue(value)

    @staticmethod
    def timestamp(value: builtins.float | datetime) -> TimestampMetadataValue:
        """An instant, from seconds since 1970 in UTC or a datetime (local if it has no zone)."""
        if isinstance(value, datetime):
            value = value.timestamp()
        elif isinstance(value, builtins.int) and not isinstance(value, builtins.bool):
            value = builtins.float(value)
        return TimestampMetadataValue(value)

    @staticmethod
    def run(run_id: str) -> RunMetadataValue:
        """A run, by its id."""
        return RunMetadataValue(run_id)

    @staticmethod
    def dagster_run(run_id: str) -> RunMetadataValue:
        """A run, by its id: Dagster's name for ``run``."""
        return RunMetadataValue(run_id)

    @staticmethod
    def asset(asset_key: AssetKey | str | Sequence[str]) -> AssetMetadataValue:
        """An asset, by its key."""
        return AssetMetadataValue(AssetKey.from_coercible(asset_key))

    @staticmethod
    def job(job_name: str, location_name: str | None = None) -> JobMetadataValue:
        """A job, by its name and the location that defines it; None is the same location."""
        return JobMetadataValue(job_name, location_name)

    @staticmethod
    def table(
        records: Sequence[TableRecord | Mapping[str, Any]], schema: TableSchema | None = None
    ) -> TableMetadataValue:
        """A small table; without ``schema`` the first record tells the columns."""
        rows = tuple(
            each if isinstance(each, TableRecord) else TableRecord(each) for each in records
        )
        return TableMetadataValue(rows, schema_of_records(rows) if schema is None else schema)

    @staticmethod
    def table_schema(schema: TableSchema) -> TableSchemaMetadataValue:
        """The columns of a table."""
        return TableSchemaMetadataValue(schema)

    @staticmethod
    def column_lineage(lineage: TableColumnLineage) -> ColumnLineageMetadataValue:
        """The upstream columns of a table's columns."""
        return ColumnLineageMetadataValue(lineage)

    @staticmethod
    def null() -> NullMetadataValue:
        """Nothing, said explicitly."""
        return NullMetadataValue(None)

    @staticmethod
    def pool(pool: str) -> PoolMetadataValue:
        """A concurrency pool, by its name."""
        return PoolMetadataValue(pool)

    @staticmethod
    def code_references(
        references: Sequence[LocalFileCodeReference | UrlCodeReference],
    ) -> CodeReferencesMetadataValue:
        """Where the code is."""
        return CodeReferencesMetadataValue(tuple(references))


class TextMetadataValue(MetadataValue[str]):
    """Plain text."""

    __slots__ = ()
    kind = "text"
    takes = str


class UrlMetadataValue(TextMetadataValue):
    """An address on the web."""

    __slots__ = ()
    kind = "url"


class PathMetadataValue(TextMetadataValue):
    """A path in the file system, as text."""

    __slots__ = ()
    kind = "path"


class NotebookMetadataValue(TextMetadataValue):
    """The path of a notebook, as text."""

    __slots__ = ()
    kind = "notebook"


class MarkdownMetadataValue(TextMetadataValue):
    """Text in Markdown."""

    __slots__ = ()
    kind = "md"


class PythonArtifactMetadataValue(TextMetadataValue):
    """A Python function or class as ``module:name``."""

    __slots__ = ()
    kind = "python_artifact"

    @property
    def module(self) -> str:
        """The module that defines it."""
        return self.value.partition(":")[0]

    @property
    def name(self) -> str:
        """Its qualified name in the module."""
        return self.value.partition(":")[2]


class RunMetadataValue(TextMetadataValue):
    """A run's id."""

    __slots__ = ()
    kind = "run"


class PoolMetadataValue(TextMetadataValue):
    """A concurrency pool's name."""

    __slots__ = ()
    kind = "pool"


class JsonMetadataValue(MetadataValue[Any]):
    """Anything that JSON can hold."""

    __slots__ = ()
    kind = "json"

    def __init__(self, value: Any) -> None:
        super().__init__(json_value(value))


class UnknownMetadataValue(JsonMetadataValue):
    """A value of a kind that this version does not know: its whole wire form, kept as it came."""

    __slots__ = ()

    @property
    def note(self) -> str:
        """The sentence to show beside the value."""
        return f"of the kind {self.value.get('type')!r}, which this version does not know"


class FloatMetadataValue(MetadataValue[float]):
    """A floating point number."""

    __slots__ = ()
    kind = "float"
    takes = float


class IntMetadataValue(MetadataValue[int]):
    """A whole number."""

    __slots__ = ()
    kind = "int"
    takes = int


class BoolMetadataValue(MetadataValue[bool]):
    """True or False."""

    __slots__ = ()
    kind = "bool"
    takes = bool


class TimestampMetadataValue(MetadataValue[float]):
    """An instant: seconds since 1970 in UTC."""

    __slots__ = ()
    kind = "timestamp"
    takes = float


class NullMetadataValue(MetadataValue[None]):
    """Nothing."""

    __slots__ = ()
    kind = "null"
    takes = type(None)


class AssetMetadataValue(MetadataValue[AssetKey]):
    """An asset's key."""

    __slots__ = ()
    kind = "asset"
    takes = AssetKey


class TableSchemaMetadataValue(MetadataValue[TableSchema]):
    """The columns of a table."""

    __slots__ = ()
    kind = "table_schema"
    takes = TableSchema


class ColumnLineageMetadataValue(MetadataValue[TableColumnLineage]):
    """The upstream columns of a table's columns."""

    __slots__ = ()
    kind = "column_lineage"
    takes = TableColumnLineage


class JobMetadataValue(MetadataValue[str]):
    """A job's name, and the location that defines it; None is the same location."""

    __slots__ = ("location_name",)
    _fields = ("value", "location_name")
    kind = "job"
    takes = str

    location_name: str | None

    def __init__(self, value: str, location_name: str | None = None) -> None:
        super().__init__(value)
        object.__setattr__(self, "location_name", location_name)


class TableMetadataValue(MetadataValue[tuple[TableRecord, ...]]):
    """A small table: its records and its schema."""

    __slots__ = ("schema",)
    _fields = ("value", "schema")
    kind = "table"
    takes = tuple

    schema: TableSchema

    def __init__(self, value: tuple[TableRecord, ...], schema: TableSchema) -> None:
        super().__init__(value)
        object.__setattr__(self, "schema", schema)


class CodeReferencesMetadataValue(
    MetadataValue[tuple[LocalFileCodeReference | UrlCodeReference, ...]]
):
    """Where the code is."""

    __slots__ = ()
    kind = "code_references"
    takes = tuple
