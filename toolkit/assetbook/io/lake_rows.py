"""A table on its way into a lake: rows in canonical form, counted and hashed while they stream."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any

from assetbook.errors import UnstorableValueError, with_article
from assetbook.io.arrow_stream import ArrowStream
from assetbook.io.data_version import TableHasher
from assetbook.io.description import storing_changes
from assetbook.io.pandas_metadata import what_counts
from assetbook.io.stored_value import SourceError
from assetbook.io.table_batches import batches_of
from assetbook.io.table_form import TableForm
from assetbook.io.table_writing import TableWriting
from assetbook.metadata import MetadataValue
from assetbook.types.logical_types import logical_type

if TYPE_CHECKING:
    import pyarrow as pa


class LakeRows:
    """The rows of one value, which are read once."""

    def __init__(self, source: TableForm | TableWriting) -> None:
        import pyarrow as pa

        self.kind = source.kind
        self._source = source
        parts: Iterator[Any] = (
            iter([source.hand_over(pa.Table)]) if isinstance(source, TableForm) else source.parts()
        )
        first = next(parts)
        self.schema: pa.Schema = first.schema
        """The canonical schema, with what pandas knows."""
        self.count = 0
        """Rows that were read so far."""
        self.pieces = 0
        """In how many batches they were read."""
        self.failure: BaseException | None = None
        """What the source raised while it was read: who reads through C only hears that it did."""
        self._parts = chain([first], parts)
        self._hasher = TableHasher(self.schema)

    @classmethod
    def of(cls, value: Any, *, asked: str) -> LakeRows:
        """The rows of a table, or of what streams tables.

        Raises UnstorableValueError for anything else, and what the source raises.
        """
        if isinstance(value, ArrowStream):
            value = value.reader()
        try:
            batches = batches_of(value, asked=asked)
            if batches is not None:
                return cls(TableWriting(batches, asked=asked))
        except SourceError as failed:
            raise failed.error from failed.error.__cause__
        if not hasattr(value, "__arrow_c_stream__"):
            kind = with_article(type(value).__name__)
            raise UnstorableValueError(asked, f"it is {kind}", "Return a table.")
        return cls(TableForm.of(value, asked=asked))

    def reader(self, names: list[str] | None = None) -> pa.RecordBatchReader:
        """The rows, for the one who writes them, with their columns in the order of ``names``."""
        import pyarrow as pa

        plain = pa.schema(
            [
                pa.field(name, self.schema.field(name).type)  # a lake's columns take nulls
                for name in names or self.schema.names
            ]
        )
        return pa.RecordBatchReader.from_batches(plain, self._batches(plain))

    def data_version(self) -> str:
        """The version of the content, once it was read."""
        return self._hasher.data_version()

    def changes(self, *, keeps_order: bool) -> Mapping[str, MetadataValue[Any]]:
        """What storing changed, once it was read; ``keeps_order`` says whether the lake does."""
        mixed = [] if keeps_order or self.pieces < 2 else ["rows may come back in another order"]
        return storing_changes([*self._source.notes, *mixed])

    def _batches(self, plain: pa.Schema) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa

        try:
            for part in self._parts:
                self._hasher.update(part)
                self.count += part.num_rows
                # of one batch a lake keeps the order of rows
                for batch in part.select(plain.names).combine_chunks().to_batches():
                    self.pieces += 1
                    yield pa.RecordBatch.from_arrays(batch.columns, schema=plain)
        except SourceError as failed:
            self.failure = failed.error
            raise
        except BaseException as error:
            self.failure = error
            raise


def refuse_other_columns(rows: pa.Schema, table: pa.Schema, *, asked: str, where: str) -> None:
    """Raises UnstorableValueError, naming the column, if rows do not have the table's columns."""
    remedy = (
        'Return the same columns as before, or replace the table once: metadata={"mode": '
        '"snapshot"}.'
    )
    for name in dict.fromkeys([*rows.names, *table.names]):
        if name not in table.names:
            found = f"column `{name}` is not in the table {where}"
        elif name not in rows.names:
            found = f"it has no column `{name}`, which the table {where} has"
        elif logical_type(rows.field(name).type) != logical_type(table.field(name).type):
            is_now, was = (logical_type(each.field(name).type) for each in (rows, table))
            found = f"column `{name}` is {is_now}, but {was} in the table {where}"
        else:
            continue
        raise UnstorableValueError(asked, f"{found}: nothing can be appended", remedy)


def refuse_counted_index(rows: pa.Schema, *, asked: str) -> None:
    """Raises UnstorableValueError for a pandas index that counts otherwise than 0, 1, 2 ..."""
    counted = what_counts(rows).get("index", [])
    if any(isinstance(each, dict) for each in counted):
        raise UnstorableValueError(
            asked,
            "its index counts rows, which go on from those that are there",
            "Return it without that index: `df.reset_index(drop=True)`.",
        )
