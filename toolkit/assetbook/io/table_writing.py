"""A table that is written part by part, in bounded memory, with the data version of the whole.

Columns of categories get theirs when all parts have been seen. So where there are any, the parts
are put into a temporary file first, and written in a second pass.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any, BinaryIO

from assetbook.errors import UnstorableValueError
from assetbook.io.canonical_table import canonical, owned
from assetbook.io.data_version import TableHasher
from assetbook.io.description import described_schema
from assetbook.io.gathered_categories import GatheredCategories, recoded
from assetbook.io.pandas_metadata import what_counts
from assetbook.io.parquet_file import ROWS_A_GROUP, Categories, parquet_writer
from assetbook.io.stored_value import SourceError
from assetbook.io.table_batches import Batches
from assetbook.io.table_form import TableForm
from assetbook.metadata import MetadataValue
from assetbook.types.logical_types import logical_type

if TYPE_CHECKING:
    import pyarrow as pa

LARGEST_IN_MEMORY = 64 << 20
"""Bytes up to which a stream is gathered in memory, to be handed on without its file."""
_LARGEST_GROUP = 32 << 20
"""Bytes of rows that are gathered for one row group, if they come before its number of rows."""


class TableWriting:
    """The parts of one table on their way into its file; they are asked for while it is written."""

    def __init__(self, batches: Batches, *, asked: str) -> None:
        self.kind = batches.kind
        self._batches = batches
        self._asked = asked
        self._notes: dict[str, None] = {}
        self._schema: pa.Schema | None = None
        self._hasher: TableHasher | None = None
        self._rows = 0
        self._parts = self._canonical(_from_source(batches.tables))

    def in_memory(self, largest: float = LARGEST_IN_MEMORY) -> TableForm | None:
        """The form of the whole if it has at most ``largest`` bytes; None if it has to be written.

        Raises SourceError if making a part fails.
        """
        import pyarrow as pa

        seen: list[pa.Table] = []
        size = 0
        for part in self._parts:
            seen.append(part)
            size += part.nbytes
            if size > largest:
                self._parts = chain(seen, self._parts)
                return None
        as_given = self.kind == "pandas"
        whole, _ = canonical(
            pa.concat_tables(seen), asked=self._asked, categories_as_given=as_given
        )
        return TableForm(self.kind, whole, self.notes)

    def parts(self) -> Iterator[pa.Table]:
        """The parts in canonical form, about a row group each, for whoever writes them elsewhere.

        At least one, if only an empty one; raises SourceError if making a part fails.
        """
        return _grouped(self._parts)

    def write(self, file: BinaryIO) -> None:
        """Writes a Parquet file; raises SourceError if making a part fails."""
        import pyarrow as pa

        parts = self.parts()
        first = next(parts)
        parts = chain([first], parts)
        if not any(pa.types.is_dictionary(field.type) for field in first.schema):
            self._write(first.schema, {}, parts, file)
            return
        gathered = GatheredCategories(first.schema, as_given=self.kind == "pandas")
        with tempfile.TemporaryFile() as spool:
            _spooled(parts, gathered, spool)
            schema, kept = gathered.schema(), gathered.kept()
            parts = (recoded(part, schema, kept) for part in _from_spool(spool))
            self._write(schema, kept, parts, file)

    def _write(
        self,
        schema: pa.Schema,
        kept: Categories,
        parts: Iterator[pa.Table],
        file: BinaryIO,
    ) -> None:
        self._schema, self._hasher = schema, TableHasher(schema)
        # categories count, also of no rows
        self._hasher.update(recoded(schema.empty_table(), schema, kept))
        with parquet_writer(schema, kept, file) as write:
            for part in parts:
                self._hasher.update(part)
                self._rows += part.num_rows
                write(part)

    def data_version(self) -> str:
        """The version of what was written, that of the same table in one piece."""
        if self._hasher is None:
            raise RuntimeError("nothing was written yet")
        return self._hasher.data_version()

    def describe(self) -> Mapping[str, MetadataValue[Any]]:
        """The schema, the rows that were written, and what storing changed."""
        if self._schema is None:
            raise RuntimeError("nothing was written yet")
        return described_schema(self._schema, self._rows, self.notes)

    @property
    def notes(self) -> tuple[str, ...]:
        """What storing changes, a sentence each; complete when all parts were made."""
        return (*self._batches.notes, *self._notes)

    def inline(self) -> str | None:
        """None: tables have files."""
        return None

    def _canonical(self, tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
        """The parts in canonical form; all but their categories are of one schema."""
        as_given = self.kind == "pandas"
        schema: pa.Schema | None = None
        for number, table in enumerate(tables, 1):
            part, notes = canonical(table, asked=self._asked, categories_as_given=as_given)
            self._notes.update(dict.fromkeys(notes))
            if self.kind == "arrow":
                part = owned(part)  # whoever yields it may fill the same memory again
            schema = schema or part.schema
            yield self._of_one_schema(part, schema, number)

    def _of_one_schema(self, part: pa.Table, schema: pa.Schema, number: int) -> pa.Table:
        if part.schema.equals(schema, check_metadata=True):
            return part
        for mine, first in zip(part.schema, schema, strict=False):
            if mine.name != first.name:
                raise self._refusal(number, f"`{mine.name}` where `{first.name}` was")
            if _plain_type(mine.type) != _plain_type(first.type):
                was, found = logical_type(first.type), logical_type(mine.type)
                raise self._refusal(number, f"column `{mine.name}` as {found}, which was {was}")
        if len(part.schema) != len(schema):
            raise self._refusal(number, f"{len(part.schema)} columns where {len(schema)} were")
        if what_counts(part.schema) != what_counts(schema):
            raise self._refusal(number, "another index or other dtypes")
        return _cast(part, schema)

    def _refusal(self, number: int, found: str) -> UnstorableValueError:
        return UnstorableValueError(
            self._asked,
            f"part {number} of the stream has {found}",
            "Give all parts one schema: `df.astype(...)`, `table.cast(schema)`.",
        )


def _plain_type(kind: pa.DataType) -> str:
    """The logical type; for categories that of their values, as a part may have too many."""
    import pyarrow as pa

    ordered = pa.types.is_dictionary(kind) and kind.ordered
    is_plain = not pa.types.is_dictionary(kind) or ordered
    return logical_type(kind if is_plain else kind.value_type)


def _cast(part: pa.Table, schema: pa.Schema) -> pa.Table:
    import pyarrow as pa

    columns = []
    for column, field in zip(part.columns, schema, strict=True):
        if pa.types.is_dictionary(field.type) and not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        columns.append(column if column.type == field.type else column.cast(field.type))
    return pa.Table.from_arrays(columns, schema=schema)


def _from_source(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """The tables; what fails in making one is told from what fails in writing it."""
    while True:
        try:
            table = next(tables, None)
        except Exception as error:
            raise SourceError(error) from error
        if table is None:
            return
        yield table


def _grouped(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """The same rows in parts of a row group each; at least one part, if only an empty one."""
    import pyarrow as pa

    waiting: list[pa.Table] = []
    rows = size = given = 0
    for table in tables:
        for part in _pieces(table):
            if rows and (rows + part.num_rows > ROWS_A_GROUP or size > _LARGEST_GROUP):
                yield pa.concat_tables(waiting)
                waiting, rows, size, given = [], 0, 0, given + 1
            waiting.append(part)
            rows, size = rows + part.num_rows, size + part.nbytes
    if rows or not given:
        yield pa.concat_tables(waiting)


def _pieces(table: pa.Table) -> Iterator[pa.Table]:
    """The table, cut where it has more rows than a row group."""
    yield table.slice(0, ROWS_A_GROUP)
    for start in range(ROWS_A_GROUP, table.num_rows, ROWS_A_GROUP):
        yield table.slice(start, ROWS_A_GROUP)


def _spooled(parts: Iterator[pa.Table], gathered: GatheredCategories, spool: Any) -> None:
    """Puts the parts into a temporary file, taking note of their categories."""
    import pyarrow as pa

    writer: Any = None
    for part in parts:
        gathered.add(part)
        writer = writer or pa.ipc.new_stream(spool, part.schema)
        writer.write_table(part)
    writer.close()
    spool.seek(0)


def _from_spool(spool: Any) -> Iterator[pa.Table]:
    import pyarrow as pa

    for batch in pa.ipc.open_stream(spool):
        yield pa.Table.from_batches([batch])
