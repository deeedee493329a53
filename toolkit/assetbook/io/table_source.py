"""A stored table as a query engine scans it: from memory, or straight from its file.

Only the columns that a query needs are decoded. What a scan gives is what the stored form gives,
column by column and type by type: both are read as Arrow with the schema that was written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assetbook.errors import CorruptStoreError, UsageError, with_article

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.dataset import Dataset


class TableSource:
    """What an input is annotated with that wants to scan a table, and what it is then given."""

    def __init__(self, scanned: pa.Table | Dataset) -> None:
        self.scanned = scanned
        """A pyarrow Table or Dataset, which DuckDB reads by itself."""

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return list(self.scanned.schema.names)

    @classmethod
    def of_file(cls, data: pa.Buffer, *, asked: str) -> TableSource | None:
        """The table in the bytes of a value file; None if it has to be read as a whole.

        That is so for categories, whose values are kept beside the columns. Raises
        CorruptStoreError if it is no such file.
        """
        import pyarrow as pa
        from pyarrow import dataset

        options = dataset.ParquetFragmentScanOptions(page_checksum_verification=True)
        file_format = dataset.ParquetFileFormat(default_fragment_scan_options=options)
        try:
            fragment = file_format.make_fragment(pa.BufferReader(data))
            schema = fragment.physical_schema
        except (pa.ArrowException, OSError) as error:
            raise CorruptStoreError(
                asked, f"its file is no table ({error})", "Materialize it again."
            ) from error
        if any(pa.types.is_dictionary(kind) for kind in schema.types):
            return None
        return cls(dataset.FileSystemDataset([fragment], schema, file_format))


def source_of(value: Any, *, asked: str) -> TableSource:
    """Any table, as a frame or what streams Arrow, ready to be scanned.

    Raises UsageError for what is no table.
    """
    import pyarrow as pa

    if isinstance(value, TableSource):
        return value
    if hasattr(value, "collect_schema") and hasattr(value, "collect"):  # a polars LazyFrame
        value = value.collect()
    if not hasattr(value, "__arrow_c_stream__"):
        raise UsageError(
            asked,
            f"it is {with_article(type(value).__name__)}, not a table",
            "A plain value goes in as a parameter: `:name`.",
        )
    if isinstance(value, pa.Table):
        return TableSource(value)
    return TableSource(pa.RecordBatchReader.from_stream(value).read_all())
