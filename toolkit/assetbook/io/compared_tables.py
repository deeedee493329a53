"""Two Parquet files opened in DuckDB, side by side, with bounded memory.

Columns have positions in SQL, never their names, which may be any text and differ in case alone:
``c0, c1, ...`` are all columns of a file, ``v0, v1, ...`` those that can be compared, in one type.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from assetbook.errors import MissingLibraryError
from assetbook.io.common_columns import Column, columns_of

if TYPE_CHECKING:
    import pyarrow as pa

Side = Literal["old", "new"]
SIDES: tuple[Side, Side] = ("old", "new")

MEMORY = "600MB"
"""What DuckDB may take; what needs more goes to a temporary folder."""

_DECIMAL_DIGITS = 38  # DuckDB reads decimals of more as floats


class ComparedTables:
    """A DuckDB connection with the views ``old`` and ``new``; ``rn`` is a row's number."""

    def __init__(self, connection: Any, paths: dict[Side, Path]) -> None:
        self._connection = connection
        self.paths = paths
        schemas = {side: _schema(path) for side, path in paths.items()}
        self.columns = columns_of(schemas["old"], schemas["new"])
        self.common = [column for column in self.columns if column.compared]
        for side in SIDES:
            self._make_views(side, paths[side], len(schemas[side].names))
        self.rows: dict[Side, int] = {
            side: self.one(f"SELECT count(*) FROM {side}_all")[0] for side in SIDES
        }

    def value(self, column: Column) -> str:
        """The name of a column that can be compared, in both views."""
        return f"v{self.common.index(column)}"

    def run(self, query: str) -> None:
        """Runs a statement."""
        self._connection.execute(query)

    def all(self, query: str) -> list[tuple[Any, ...]]:
        """The rows that a query gives."""
        found: list[tuple[Any, ...]] = self._connection.execute(query).fetchall()
        return found

    def one(self, query: str) -> tuple[Any, ...]:
        """The only row that a query gives."""
        return self.all(query)[0]

    def arrays(self, query: str) -> dict[str, Any]:
        """The columns that a query gives, as numpy arrays."""
        found: dict[str, Any] = self._connection.execute(query).fetchnumpy()
        return found

    def _make_views(self, side: Side, path: Path, count: int) -> None:
        names = ", ".join(f"c{place}" for place in range(count))
        source = f"read_parquet({quoted(str(path))}) AS t({names})"
        self.run(f"CREATE VIEW {side}_all AS SELECT {names}, file_row_number AS rn FROM {source}")
        values = [f"{_cell(column, side)} AS v{place}" for place, column in enumerate(self.common)]
        self.run(f"CREATE VIEW {side} AS SELECT {', '.join([*values, 'rn'])} FROM {side}_all")


@contextmanager
def compared_tables(before: Path, after: Path) -> Iterator[ComparedTables]:
    """The two files, open as long as the block lasts.

    Raises MissingLibraryError if DuckDB is not installed.
    """
    try:
        import duckdb
    except ImportError as error:
        raise MissingLibraryError(
            "comparing two tables",
            "duckdb is not installed here",
            "Install it: pip install 'assetbook[duckdb]'",
        ) from error
    with tempfile.TemporaryDirectory(prefix="assetbook-diff-") as folder:
        config = {
            "memory_limit": MEMORY,
            "temp_directory": folder,
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
        }
        paths: dict[Side, Path] = {
            side: _readable(path, Path(folder) / f"{side}.parquet")
            for side, path in zip(SIDES, (before, after), strict=True)
        }
        with duckdb.connect(config=config) as connection:
            yield ComparedTables(connection, paths)


def quoted(text: str) -> str:
    """``text`` as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def same(columns: Sequence[str], left: str, right: str) -> str:
    """The SQL condition that two rows have the same cells in ``columns``, nulls included."""
    each = (f"{left}.{name} IS NOT DISTINCT FROM {right}.{name}" for name in columns)
    return " AND ".join(each)


def _cell(column: Column, side: Side) -> str:
    form, place = (column.as_old, column.old) if side == "old" else (column.as_new, column.new)
    return (form or "{}").format(f"c{place}")


def _schema(path: Path) -> pa.Schema:
    from pyarrow.parquet import ParquetFile

    with ParquetFile(path) as file:
        return file.schema_arrow


def _readable(path: Path, copy: Path) -> Path:
    """The file, or a copy in which decimals that DuckDB cannot hold exactly are text."""
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile, ParquetWriter

    with ParquetFile(path) as file:
        schema = file.schema_arrow
        if not any(_too_precise(field.type) for field in schema):
            return path
        fields = [
            field.with_type(pa.string()) if _too_precise(field.type) else field for field in schema
        ]
        target = pa.schema(fields, metadata=schema.metadata)
        with ParquetWriter(copy, target) as writer:
            for batch in file.iter_batches():
                writer.write_batch(batch.cast(target))
    return copy


def _too_precise(kind: pa.DataType) -> bool:
    from pyarrow import types

    return bool(types.is_decimal(kind)) and kind.precision > _DECIMAL_DIGITS
