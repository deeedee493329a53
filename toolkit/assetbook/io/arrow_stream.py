"""Rows on their way from a query into their stored form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


class ArrowStream:
    """Record batches of one schema, which can be read once and are not held together in memory.

    ``batches`` may raise what its reader should see: an AssetbookError passes through as it is.
    """

    def __init__(self, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> None:
        self.schema = schema
        self._batches = batches

    def reader(self) -> pa.RecordBatchReader:
        """The batches as a reader; a second one gets what the first has left."""
        import pyarrow as pa

        return pa.RecordBatchReader.from_batches(self.schema, self._batches)

    def read_all(self) -> pa.Table:
        """The rest of the rows as a table."""
        return self.reader().read_all()

    def __arrow_c_stream__(self, requested_schema: Any = None) -> object:
        return self.reader().__arrow_c_stream__(requested_schema)
