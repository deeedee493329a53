"""The stored form of a table that stays in its file, of which consumers read what they ask for.

A lazy frame, a dataset, a relation or a reader is handed out over the file itself, so that only the
columns and rows that are used are read. It is so only where the library reads from the file what it
would be given from memory: the same names and types. Else the table is read first.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, BinaryIO

from assetbook.io import consumers
from assetbook.io.data_version import TableHasher
from assetbook.io.description import described_schema
from assetbook.io.parquet_file import opened_parquet, restored
from assetbook.io.stored_file import StoredFile
from assetbook.io.table_form import TableForm
from assetbook.metadata import MetadataValue

if TYPE_CHECKING:
    import pyarrow as pa

LARGEST_REMEMBERED = 256 << 20
"""Bytes of a table up to which it is kept for the next consumer after it was read."""
_BLOCK = 1 << 20


class TableFileForm:
    """A table in a value file whose bytes have been checked."""

    def __init__(self, kind: str, file: StoredFile) -> None:
        self.kind = kind
        self.file = file
        """Where it is."""
        self._form: TableForm | None = None
        with self._parquet() as parquet:
            self._metadata = parquet.metadata
            self._schema = restored(parquet.schema_arrow.empty_table()).schema

    @property
    def size(self) -> int:
        """Bytes that it takes once it was read; 0 if it is too large to be kept."""
        return 0 if self.is_large else self._bytes

    @property
    def is_large(self) -> bool:
        """Whether it is too large to be kept in memory."""
        return self._bytes > LARGEST_REMEMBERED

    @cached_property
    def _bytes(self) -> int:
        groups = range(self._metadata.num_row_groups)
        return sum(self._metadata.row_group(at).total_byte_size for at in groups)

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return int(self._metadata.num_rows)

    def data_version(self) -> str:
        """The version of the content, read a row group at a time."""
        hasher = TableHasher(self._schema)
        for part in self._parts():
            hasher.update(part)
        return hasher.data_version()

    def describe(self) -> Mapping[str, MetadataValue[Any]]:
        """Schema and rows."""
        return described_schema(self._schema, self.rows, ())

    def hand_over(self, wanted: object | None) -> object:
        """A table of the type ``wanted``, over the file where that reads it as needed."""
        maker = consumers.maker_for(wanted, self.kind)
        over_file = _OVER_FILE.get(maker)
        found = over_file(self) if over_file is not None else None
        return self._table().hand_over(wanted) if found is None else found

    def head(self, rows: int) -> object:
        """The first ``rows`` of it, as what it was; reads one row group."""
        first = next(self._parts(), self._schema.empty_table())
        return TableForm(self.kind, first.slice(0, rows)).hand_over(None)

    def write(self, file: BinaryIO) -> None:
        """Writes the file as it is."""
        with self.file.open() as mine:
            shutil.copyfileobj(mine, file, _BLOCK)

    def inline(self) -> str | None:
        """None: tables have files."""
        return None

    def _table(self) -> TableForm:
        """The whole in memory, kept for the next consumer if it is not large."""
        if self._form is not None:
            return self._form
        if not self.is_large:
            self._form = TableForm.read(self.kind, self.file.read(), asked=self.file.asked)
            return self._form
        with self.file.open() as file:
            return TableForm.read(self.kind, file, asked=self.file.asked)

    @contextmanager
    def _parquet(self) -> Iterator[Any]:
        import pyarrow as pa

        with self.file.open() as file:
            try:
                with opened_parquet(file) as parquet:
                    yield parquet
            except (pa.ArrowException, OSError, KeyError, ValueError) as error:
                raise self.file.corrupt(f"its file is no table ({error})") from error

    def _parts(self) -> Iterator[pa.Table]:
        """The rows of each row group, in canonical form."""
        with self._parquet() as parquet:
            for at in range(self._metadata.num_row_groups):
                yield restored(parquet.read_row_group(at))

    def _reader(self) -> object:
        import pyarrow as pa

        batches = (batch for part in self._parts() for batch in part.to_batches())
        return pa.RecordBatchReader.from_batches(self._schema, batches)

    def _scan(self) -> object | None:
        if any(map(_is_otherwise_in_polars, self._schema.types)):
            return None
        with consumers.polars_at_work() as polars:
            in_memory = polars.from_arrow(self._schema.empty_table()).schema
            frame = polars.scan_parquet(self.file.path, glob=False, hive_partitioning=False)
            return frame if frame.collect_schema() == in_memory else None

    def _dataset(self) -> object | None:
        dataset = consumers.library_of("pyarrow.dataset")
        found = dataset.dataset(self.file.path, format="parquet")
        return found if found.schema.equals(self._schema) else None

    def _relation(self) -> object | None:
        duckdb = consumers.library_of("duckdb")
        path = str(self.file.path)
        if any(character in path for character in "*?["):
            return None  # it would be a pattern
        relation = duckdb.read_parquet(path, hive_partitioning=False)
        in_memory = duckdb.from_arrow(self._schema.empty_table())
        names_and_types = (relation.columns, relation.types)
        return relation if names_and_types == (in_memory.columns, in_memory.types) else None


def _is_otherwise_in_polars(kind: pa.DataType) -> bool:
    """Whether polars' own reader gives other values than it takes from memory: of a map it keeps
    one of two equal keys, and of decimals with more than 38 digits it learns only as it reads."""
    import pyarrow as pa

    inner = (kind.field(at).type for at in range(kind.num_fields))
    own = pa.types.is_map(kind) or pa.types.is_decimal256(kind)
    return own or any(map(_is_otherwise_in_polars, inner))


_OVER_FILE: Mapping[Callable[[Any], object], Callable[[TableFileForm], object | None]] = {
    consumers.to_reader: TableFileForm._reader,
    consumers.to_lazy: TableFileForm._scan,
    consumers.to_dataset: TableFileForm._dataset,
    consumers.to_duckdb: TableFileForm._relation,
}
"""What hands out a table over its file; it gives None where that would not be the same."""
