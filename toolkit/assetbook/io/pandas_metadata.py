"""The pandas part of a table's schema: what of it a consumer can see."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from assetbook.types.logical_types import is_text

if TYPE_CHECKING:
    import pyarrow as pa

KEY = b"pandas"

_NUMPY_NAMES = {"double": "float64", "float": "float32", "halffloat": "float16"}


def pandas_metadata(schema: pa.Schema) -> dict[str, Any]:
    """What pandas noted when the table was made; empty if it was not made from a pandas one."""
    found: dict[str, Any] = json.loads((schema.metadata or {}).get(KEY, b"{}"))
    return found


def index_names(schema: pa.Schema) -> dict[str, str]:
    """The columns that hold an index, with the names of its levels (empty if it has none)."""
    metadata = pandas_metadata(schema)
    names = {each["field_name"]: each["name"] or "" for each in metadata.get("columns", ())}
    return {
        column: names.get(column, "")
        for column in metadata.get("index_columns", ())
        if isinstance(column, str)
    }


def what_counts(schema: pa.Schema) -> dict[str, Any]:
    """What of the pandas metadata shows in the frame and is not implied by the Arrow schema.

    Empty for a frame with an unnamed default index and dtypes that its Arrow types imply, so that
    it has the data version of the same table made by another library.
    """
    metadata = pandas_metadata(schema)
    if not metadata:
        return {}
    counted = {
        "index": [each for each in metadata["index_columns"] if not _is_default(each)],
        "column_indexes": [each for each in metadata["column_indexes"] if each["name"] is not None],
        "attributes": metadata.get("attributes"),
        "columns": [each for each in metadata["columns"] if not _is_implied(each, schema)],
    }
    return {name: each for name, each in counted.items() if each}


def _is_default(index: object) -> bool:
    if not isinstance(index, Mapping):
        return False
    return (index["kind"], index["name"], index["start"], index["step"]) == ("range", None, 0, 1)


def _is_implied(column: Mapping[str, Any], schema: pa.Schema) -> bool:
    if column["name"] != column["field_name"]:
        return False
    if column["pandas_type"] == "categorical" or column["numpy_type"] == "object":
        return True  # a plain dtype is never restored from here, only from the Arrow type
    kind = schema.field(column["field_name"]).type
    if is_text(kind):
        return bool(column["numpy_type"] == "str")
    if str(kind).startswith(("timestamp", "duration")):
        family = "datetime64" if str(kind).startswith("timestamp") else "timedelta64"
        return bool(column["numpy_type"] == f"{family}[{kind.unit}]")
    name = str(kind)
    return bool(column["numpy_type"] == _NUMPY_NAMES.get(name, name))
