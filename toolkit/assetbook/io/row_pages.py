"""Rows of a stored table a page at a time: of its file only the row groups that are looked at.

A row group that was read stays in memory for a while, so that going on in it reads nothing.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from assetbook.errors import CorruptStoreError
from assetbook.io.parquet_file import opened_parquet, restored

if TYPE_CHECKING:
    import pyarrow as pa

HELD = 64 << 20
"""Bytes of row groups that are kept in memory for each table."""


class RowPages(Protocol):
    """A table of which parts are asked."""

    schema: pa.Schema
    """Names and types of all columns, as the whole table has them."""
    rows: int

    def page(self, start: int, count: int, columns: Sequence[int]) -> pa.Table:
        """So many rows from ``start`` (from 0) of the columns at these places; fewer at the end.

        Raises CorruptStoreError if the file is damaged.
        """
        ...

    def column(self, place: int, most: int) -> pa.ChunkedArray:
        """The values of a column; of a table with more than ``most`` rows about so many of them,
        from row groups that lie evenly in it."""
        ...


class ParquetRows:
    """The rows of a Parquet file, every byte of which was checked before; ``asked`` says in errors
    which value it is. It stays readable although its file is unlinked."""

    def __init__(self, path: Path, *, asked: str) -> None:
        self._asked = asked
        self._file = opened_parquet(path)
        self.schema = restored(self._file.schema_arrow.empty_table()).schema
        metadata = self._file.metadata
        self.rows = int(metadata.num_rows)
        sizes = (metadata.row_group(at).num_rows for at in range(metadata.num_row_groups))
        self._starts = [0, *accumulate(sizes)]
        self._held: OrderedDict[tuple[int, tuple[int, ...]], pa.Table] = OrderedDict()
        self._lock = threading.Lock()

    def page(self, start: int, count: int, columns: Sequence[int]) -> pa.Table:
        """As the protocol says."""
        import pyarrow as pa

        start = max(0, min(start, self.rows))
        end = max(start, min(start + count, self.rows))
        with self._lock:
            parts = list(self._parts(start, end, tuple(columns)))
        if parts:
            return pa.concat_tables(parts)
        return pa.Table.from_batches([], pa.schema([self.schema.field(each) for each in columns]))

    def column(self, place: int, most: int) -> pa.ChunkedArray:
        """As the protocol says."""
        groups = range(len(self._starts) - 1)
        every = max(1, -(-self.rows // most))
        if not groups:
            return self.page(0, 0, [place]).column(0)
        with self._lock:
            found = self._read(list(groups[::every]), (place,))
        return found.column(0)

    def _parts(self, start: int, end: int, columns: tuple[int, ...]) -> Iterator[pa.Table]:
        at = bisect_right(self._starts, start) - 1
        while start < end:
            first, behind = self._starts[at], self._starts[at + 1]
            rows = min(end, behind) - start
            if rows:
                yield self._group(at, columns).slice(start - first, rows)
            start, at = start + rows, at + 1

    def _group(self, at: int, columns: tuple[int, ...]) -> pa.Table:
        found = self._held.pop((at, columns), None)
        if found is None:
            found = self._read([at], columns)
        self._held[at, columns] = found
        while len(self._held) > 1 and sum(each.nbytes for each in self._held.values()) > HELD:
            self._held.popitem(last=False)
        return found

    def _read(self, groups: list[int], columns: tuple[int, ...]) -> pa.Table:
        import pyarrow as pa

        names = [self.schema.field(each).name for each in columns]
        try:
            found = self._file.read_row_groups(groups, columns=names)
            # a name with a dot also names a part of a column of parts
            return found.select(names).replace_schema_metadata(None)
        except (pa.ArrowException, OSError, KeyError) as error:
            raise CorruptStoreError(
                self._asked, f"its file cannot be read ({error})", "Materialize it again."
            ) from error


class TableRows:
    """The rows of a table that is in memory, or over a mapped file."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        self.schema = table.schema
        self.rows = int(table.num_rows)

    def page(self, start: int, count: int, columns: Sequence[int]) -> pa.Table:
        """As the protocol says."""
        start = max(0, min(start, self.rows))
        return self._table.select(list(columns)).slice(start, max(0, count))

    def column(self, place: int, most: int) -> pa.ChunkedArray:
        """As the protocol says; whatever ``most`` is, all of it: it is in memory already."""
        return self._table.column(place)
