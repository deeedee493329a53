"""Metadata values as plain text for terminals."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from assetbook.metadata.code_reference import LocalFileCodeReference
from assetbook.metadata.table import TableColumn, TableColumnLineage, TableSchema
from assetbook.metadata.values import (
    CodeReferencesMetadataValue,
    JobMetadataValue,
    JsonMetadataValue,
    MetadataValue,
    TableMetadataValue,
    TimestampMetadataValue,
    UnknownMetadataValue,
)

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def plain_text(value: MetadataValue[Any]) -> str:
    """The value as people read it in a terminal: ``1,234``, ``2026-11-24T09:14:00+01:00``.

    Instants are in local time. Control characters, which could drive the terminal, are escaped.
    """
    return _CONTROL.sub(lambda found: repr(found.group())[1:-1], _text(value))


def _text(value: MetadataValue[Any]) -> str:
    if isinstance(value, TimestampMetadataValue):
        return _local(value.value)
    if isinstance(value, UnknownMetadataValue):
        return f"{_json(value.value)} ({value.note})"
    if isinstance(value, JsonMetadataValue):
        return _json(value.value)
    if isinstance(value, JobMetadataValue):
        return f"{value.value} of {value.location_name}" if value.location_name else value.value
    if isinstance(value, TableMetadataValue):
        return "\n".join(_json(record.data) for record in value.value)
    if isinstance(value, CodeReferencesMetadataValue):
        return "\n".join(_reference(each) for each in value.value)
    return _raw_text(value.value)


def _raw_text(raw: object) -> str:
    if raw is None:
        return "none"
    if isinstance(raw, bool):
        return "yes" if raw else "no"
    if isinstance(raw, int | float):
        return f"{raw:,}"
    if isinstance(raw, TableSchema):
        return ", ".join(_column(column) for column in raw.columns)
    if isinstance(raw, TableColumnLineage):
        return "\n".join(
            f"{column} <- {', '.join(f'{dep.asset_key}.{dep.column_name}' for dep in deps)}"
            for column, deps in raw.deps_by_column.items()
        )
    return str(raw)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _local(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds).astimezone().isoformat(timespec="seconds")
    except (ValueError, OverflowError, OSError):  # outside the years 1 to 9999, or not a number
        return f"{seconds:,} seconds since 1970"


def _column(column: TableColumn) -> str:
    marks = "" if column.constraints.nullable else " not null"
    return f"{column.name} {column.type}{marks}{' unique' if column.constraints.unique else ''}"


def _reference(reference: object) -> str:
    if isinstance(reference, LocalFileCodeReference):
        line = "" if reference.line_number is None else f":{reference.line_number}"
        return f"{reference.file_path}{line}"
    return str(getattr(reference, "url", reference))
