"""From plain Python values to metadata values, and what a metadata key may be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any

from assetbook.errors import DefinitionError, with_article
from assetbook.keys import AssetKey
from assetbook.metadata.json_value import is_scalar_box
from assetbook.metadata.table import TableColumnLineage, TableSchema
from assetbook.metadata.values import (
    AssetMetadataValue,
    BoolMetadataValue,
    ColumnLineageMetadataValue,
    FloatMetadataValue,
    IntMetadataValue,
    JsonMetadataValue,
    MetadataValue,
    NullMetadataValue,
    PathMetadataValue,
    TableSchemaMetadataValue,
    TextMetadataValue,
    TimestampMetadataValue,
)

LONGEST_KEY = 1000  # characters


def metadata_value(raw: Any, key: str = "") -> MetadataValue[Any]:
    """The metadata value that ``raw`` stands for; one that is made already is returned itself.

    Datetimes become timestamps (local time where they have no zone), numpy scalars numbers.
    Raises DefinitionError that names ``key`` and the type for anything that has no kind.
    """
    if isinstance(raw, MetadataValue):
        return raw
    for kind, make in _KINDS:
        if isinstance(raw, kind):
            return _made(make, raw, key)
    if is_scalar_box(raw):
        return metadata_value(raw.item(), key)
    if _is_numpy_instant(raw):
        instant = raw.astype("datetime64[us]").item()
        if instant is not None:
            return metadata_value(instant.replace(tzinfo=UTC), key)
    raise _no_kind(raw, key)


def metadata_values(raw: Mapping[str, Any]) -> dict[str, MetadataValue[Any]]:
    """The metadata values of a whole mapping; raises DefinitionError for its bad keys too."""
    return {validate_metadata_key(key): metadata_value(value, key) for key, value in raw.items()}


def validate_metadata_key(key: object) -> str:
    """``key`` itself; raises DefinitionError unless it is text of 1 to 1,000 characters."""
    if isinstance(key, str) and 0 < len(key) <= LONGEST_KEY:
        return key
    shown = repr(key)
    raise DefinitionError(
        f"the metadata key {shown if len(shown) <= 60 else shown[:60] + '...'}",
        f"it has {len(key)} characters" if isinstance(key, str) else f"it is {type(key).__name__}",
        f"A key is text of 1 to {LONGEST_KEY:,} characters.",
    )


# bool before int, of which it is a subclass; the order else does not matter
_KINDS: tuple[
    tuple[type[Any] | tuple[type[Any], ...], Callable[[Any], MetadataValue[Any]]], ...
] = (
    (str, lambda raw: TextMetadataValue(str.__str__(raw))),
    (bool, BoolMetadataValue),
    (int, lambda raw: IntMetadataValue(int(raw))),
    (float, lambda raw: FloatMetadataValue(float(raw))),
    (type(None), NullMetadataValue),
    ((dict, list, tuple), JsonMetadataValue),
    (PurePath, lambda raw: PathMetadataValue(str(raw))),
    (AssetKey, AssetMetadataValue),
    (TableSchema, TableSchemaMetadataValue),
    (TableColumnLineage, ColumnLineageMetadataValue),
    (datetime, lambda raw: TimestampMetadataValue(raw.timestamp())),
)


def _made(make: Callable[[Any], MetadataValue[Any]], raw: Any, key: str) -> MetadataValue[Any]:
    try:
        return make(raw)
    except (ValueError, OverflowError, OSError) as error:  # dates out of the platform's range
        raise _no_kind(raw, key) from error
    except DefinitionError as error:
        raise DefinitionError(
            f"metadata {key!r}: {error.asked}", error.found, error.remedy
        ) from None


def _is_numpy_instant(raw: object) -> bool:
    return (
        getattr(raw, "shape", None) == ()
        and getattr(getattr(raw, "dtype", None), "kind", "") == "M"
        and hasattr(raw, "item")
    )


def _no_kind(raw: object, key: str) -> DefinitionError:
    return DefinitionError(
        f"metadata {key!r}" if key else "a metadata value",
        f"{with_article(f'{type(raw).__module__}.{type(raw).__qualname__}')} has no metadata kind",
        "Turn it into text by str(...), or choose a kind: MetadataValue.json(...), .md(...), ...",
    )
