"""The data version of stored content: a hash that names its algorithm.

A table's version counts what a consumer can see and nothing else: names, logical types and values.
How the content is laid out does not count: chunks, slices, offsets, what lies under nulls, which of
several encodings of text or lists was used, the width of category codes, and which library
wrote it. Every NaN is the same; 0.0 and -0.0 differ. For a pandas table its index and the dtypes
that Arrow types do not imply count as well.

The number after the slash changes with the algorithm; versions of different algorithms say nothing
about each other.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from assetbook.io.content_hash import ColumnHasher, hash_of
from assetbook.io.pandas_metadata import what_counts
from assetbook.types.logical_types import logical_type

if TYPE_CHECKING:
    import pyarrow as pa

ALGORITHM = "xxh3_128/1"


def text_data_version(text: str) -> str:
    """The version of a plain value, from its JSON text."""
    return _named(hash_of(b"json\0", text.encode("ascii")))


def table_data_version(table: pa.Table) -> str:
    """The version of a table's content."""
    hasher = TableHasher(table.schema)
    hasher.update(table)
    return hasher.data_version()


class TableHasher:
    """The version of a table that comes part by part; of no part anything is kept."""

    def __init__(self, schema: pa.Schema) -> None:
        self._schema = schema
        self._rows = 0
        self._columns = [ColumnHasher(field.type) for field in schema]

    def update(self, part: pa.Table) -> None:
        """Adds the rows of a part, whose dictionaries are those of all parts."""
        self._rows += part.num_rows
        for hasher, column in zip(self._columns, part.columns, strict=True):
            for chunk in column.chunks:
                hasher.update(chunk)

    def data_version(self) -> str:
        """The version of all rows so far."""
        heading = {
            "rows": self._rows,
            "columns": [_column_heading(field) for field in self._schema],
            "schema": _schema_heading(self._schema),
        }
        parts = [json.dumps(heading, sort_keys=True).encode("ascii")]
        return _named(hash_of(b"table\0", *parts, *(each.digest() for each in self._columns)))


def content_data_version(kind: str, *parts: Any) -> str:
    """The version of other content, from bytes-like parts that say all of it.

    ``kind`` keeps equal bytes of different kinds apart.
    """
    lengths = ",".join(str(memoryview(part).nbytes) for part in parts)
    return _named(hash_of(f"{kind}:{lengths}\0".encode(), *parts))


def _named(digest: bytes) -> str:
    return f"{ALGORITHM}:{digest.hex()}"


def _column_heading(field: pa.Field) -> list[object]:
    return [field.name, logical_type(field.type), _texts(field.metadata)]


def _schema_heading(schema: pa.Schema) -> dict[str, object]:
    others = {name: each for name, each in _texts(schema.metadata).items() if name != "pandas"}
    counts = what_counts(schema)
    return {**others, "pandas": counts} if counts else dict(others)


def _texts(metadata: dict[bytes, bytes] | None) -> dict[str, str]:
    return {
        name.decode("utf-8", "surrogateescape"): each.decode("utf-8", "surrogateescape")
        for name, each in (metadata or {}).items()
    }
