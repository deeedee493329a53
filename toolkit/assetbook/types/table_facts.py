"""A table as its rules see it: what is known without its data, and its columns one at a time.

Of a Parquet file the footer tells columns, types and rows, and mostly nulls and bounds. Only a
column that the footer does not settle is read, alone and in batches.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS = 128 * 1024


class TableFacts(Protocol):
    """What a table's rules ask of it."""

    @property
    def schema(self) -> pa.Schema:
        """Its columns and their types."""
        ...

    @property
    def rows(self) -> int | None:
        """How many rows it has; None if nobody can know without using it up."""
        ...

    def nulls(self, column: str) -> int | None:
        """How many nulls a column has; None if its values have to be read."""
        ...

    def bounds(self, column: str) -> tuple[Any, Any] | None:
        """The least and the greatest value; None if the values have to be read."""
        ...

    def parts(self, column: str) -> Iterator[pa.Array]:
        """The values of one column, in order."""
        ...


class InMemory:
    """A pyarrow table."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        self.schema: pa.Schema = table.schema
        self.rows: int | None = table.num_rows

    def nulls(self, column: str) -> int | None:
        return int(self._table.column(column).null_count)

    def bounds(self, column: str) -> tuple[Any, Any] | None:
        return None

    def parts(self, column: str) -> Iterator[pa.Array]:
        yield from self._table.column(column).chunks


class InPandas:
    """A pandas frame, whose columns are converted one at a time, when they are asked for."""

    def __init__(self, frame: Any) -> None:
        import pyarrow as pa

        self._frame = frame
        self.rows: int | None = len(frame)
        kinds = [pa.field(str(name), self._column(name).type) for name in frame.columns]
        self.schema = pa.schema(kinds)

    def _column(self, name: Any) -> pa.ChunkedArray:
        import pyarrow as pa

        made = pa.array(self._frame[name], from_pandas=True)
        return made if isinstance(made, pa.ChunkedArray) else pa.chunked_array([made])

    def nulls(self, column: str) -> int | None:
        return int(self._frame[column].isna().sum())

    def bounds(self, column: str) -> tuple[Any, Any] | None:
        return None

    def parts(self, column: str) -> Iterator[pa.Array]:
        yield from self._column(column).chunks


class OnDisk:
    """A pyarrow dataset, over Parquet files or what else it may be."""

    def __init__(self, dataset: Any) -> None:
        self._dataset = dataset
        self.schema: pa.Schema = dataset.schema

    @cached_property
    def rows(self) -> int | None:
        return int(self._dataset.count_rows())  # of Parquet files: out of their footers

    @cached_property
    def _by_column(self) -> dict[str, list[dict[str, Any] | None]]:
        """What the footers tell of each column, row group by row group; empty without footers."""
        from pyarrow.parquet import read_metadata

        found: dict[str, list[dict[str, Any] | None]] = {}
        for each in self._dataset.get_fragments():
            if not hasattr(each, "metadata"):
                return {}
            footer = read_metadata(each.path, filesystem=each.filesystem)
            for at in range(footer.num_row_groups):
                for chunk in footer.row_group(at).to_dict()["columns"]:
                    found.setdefault(chunk["path_in_schema"], []).append(chunk["statistics"])
        return found

    def _statistics(self, column: str) -> list[dict[str, Any]] | None:
        found = self._by_column.get(column)
        known = [each for each in found or () if each is not None]
        return known if found is not None and len(known) == len(found) else None

    def nulls(self, column: str) -> int | None:
        found = self._statistics(column)
        if found is None or any(each["null_count"] is None for each in found):
            return None
        return int(sum(each["null_count"] for each in found))

    def bounds(self, column: str) -> tuple[Any, Any] | None:
        found = self._statistics(column)
        if found is None:
            return None
        filled = [each for each in found if each["num_values"]]
        if not filled or not all(each["has_min_max"] for each in filled):
            return None
        return min(each["min"] for each in filled), max(each["max"] for each in filled)

    def parts(self, column: str) -> Iterator[pa.Array]:
        scanner = self._dataset.scanner(columns=[column], batch_size=_ROWS)
        for batch in scanner.to_batches():
            yield batch.column(0)


class SchemaOnly:
    """What can be read but once, so that only its columns and their types are known."""

    def __init__(self, schema: pa.Schema) -> None:
        self.schema = schema
        self.rows: int | None = None

    def nulls(self, column: str) -> int | None:
        return 0

    def bounds(self, column: str) -> tuple[Any, Any] | None:
        return None

    def parts(self, column: str) -> Iterator[pa.Array]:
        return iter(())


def facts_of(value: Any) -> TableFacts | None:
    """The facts of a frame, table, dataset, reader or Parquet file; None for what is no table.

    Of a lazy frame the whole is collected. Raises what a source raises that cannot be read.
    """
    kinds = [(each.__module__.split(".")[0], each.__name__) for each in type(value).__mro__]
    if ("pandas", "DataFrame") in kinds:
        return InPandas(value)
    if ("polars", "LazyFrame") in kinds:
        return InMemory(value.collect().to_arrow())
    if isinstance(value, Path):
        from pyarrow import dataset

        return OnDisk(dataset.dataset(value, format="parquet")) if value.exists() else None
    return _arrow_facts(value, kinds)


def _arrow_facts(value: Any, kinds: list[tuple[str, str]]) -> TableFacts | None:
    if ("pyarrow", "Table") in kinds:
        return InMemory(value)
    if ("pyarrow", "RecordBatchReader") in kinds:
        return SchemaOnly(value.schema)
    if any(name == "Dataset" for library, name in kinds if library == "pyarrow"):
        return OnDisk(value)
    if ("polars", "DataFrame") in kinds:
        return InMemory(value.to_arrow())
    if hasattr(value, "__arrow_c_stream__") and not hasattr(value, "read_next_batch"):
        import pyarrow as pa

        return InMemory(pa.RecordBatchReader.from_stream(value).read_all())
    return None
