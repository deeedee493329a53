"""The stored form of tables: one canonical Arrow table, from memory or from its file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, BinaryIO, Self

from assetbook.errors import CorruptStoreError, UnstorableValueError, with_article
from assetbook.io.arrow_stream import ArrowStream
from assetbook.io.canonical_table import canonical, sealed
from assetbook.io.consumers import maker_for
from assetbook.io.data_version import table_data_version
from assetbook.io.description import table_description
from assetbook.io.pandas_tables import table_from_pandas
from assetbook.io.parquet_file import read_parquet, write_parquet
from assetbook.metadata import MetadataValue

if TYPE_CHECKING:
    import pyarrow as pa


class TableForm:
    """A table as its Parquet file gives it back.

    Memory of pyarrow and polars tables is shared with whoever made them, not copied.
    """

    def __init__(self, kind: str, table: pa.Table, notes: tuple[str, ...] = ()) -> None:
        self.kind = kind
        self._table = table
        self._notes = notes

    @classmethod
    def of(cls, value: object, *, asked: str) -> TableForm:
        """The form of a pandas, polars or pyarrow table, or of any object that streams Arrow.

        Reads a stream to its end. Raises UnstorableValueError naming the column at fault.
        """
        if _is_from(value, "pandas"):
            kind, (table, notes) = "pandas", table_from_pandas(value, asked=asked)  # type: ignore[arg-type]
        else:
            kind, table, notes = _streamed(value, asked)
        table, changed = canonical(table, asked=asked, categories_as_given=kind == "pandas")
        form = cls(kind, table, (*notes, *changed))
        form._check_hand_over(value, asked)
        return form

    @classmethod
    def read(
        cls,
        kind: str,
        data: pa.Buffer | bytes | BinaryIO,
        *,
        asked: str,
        parse: Callable[[Any], pa.Table] = read_parquet,
    ) -> Self:
        """The form whose file, or whose bytes, these are; raises CorruptStoreError."""
        import pyarrow as pa

        if kind.startswith("pandas"):
            _know_pandas_types()
        try:
            return cls(kind, sealed(parse(data)))
        except (pa.ArrowException, OSError, KeyError, ValueError) as error:
            raise CorruptStoreError(
                asked, f"its file is no table ({error})", "Materialize it again."
            ) from error

    def noting(self, entries: Mapping[bytes, bytes]) -> TableForm:
        """The same form with entries in its schema's metadata; they count as content."""
        noted = {**self.noted, **entries}
        return TableForm(self.kind, self._table.replace_schema_metadata(noted), self._notes)

    @property
    def table(self) -> pa.Table:
        """The canonical table, which nobody may change."""
        return self._table

    @property
    def notes(self) -> tuple[str, ...]:
        """What storing changes, a sentence each."""
        return self._notes

    @property
    def noted(self) -> Mapping[bytes, bytes]:
        """The schema's metadata."""
        return self._table.schema.metadata or {}

    @property
    def column_names(self) -> list[str]:
        """The names of the columns in the file, those of an index included."""
        return list(self._table.column_names)

    @cached_property
    def size(self) -> int:
        """Bytes of the columns."""
        return int(self._table.nbytes)

    @cached_property
    def _version(self) -> str:
        return table_data_version(self._table)

    def data_version(self) -> str:
        """The version of the content; computed once."""
        return self._version

    def describe(self) -> Mapping[str, MetadataValue[Any]]:
        """Schema, rows, and what storing changes."""
        return table_description(self._table, self._notes)

    def hand_over(self, wanted: object | None) -> object:
        """A table of the type ``wanted``; None gives what it was."""
        return maker_for(wanted, self.kind)(self._table)

    def write(self, file: BinaryIO) -> None:
        """Writes a Parquet file."""
        write_parquet(self._table, file)

    def inline(self) -> str | None:
        """None: tables have files."""
        return None

    def _check_hand_over(self, value: object, asked: str) -> None:
        """Tries on no rows what each consumer will do, so that it fails before they start."""
        try:
            empty = self.__class__(self.kind, self._table.slice(0, 0)).hand_over(None)
        except (TypeError, ValueError, NotImplementedError) as error:
            raise UnstorableValueError(
                asked,
                f"{with_article(self.kind)} table cannot be made of it again: {error}",
                "Convert columns of unusual types before returning the table.",
            ) from error
        if self.kind == "polars":
            _check_polars(value, empty, asked)


def _streamed(value: Any, asked: str) -> tuple[str, pa.Table, list[str]]:
    import pyarrow as pa

    notes = []
    if _is_from(value, "polars"):
        kind = "polars"
        if type(value).__name__ == "LazyFrame":
            notes.append("a LazyFrame is collected, and comes back as a DataFrame")
            value = value.collect()
    elif isinstance(value, ArrowStream):  # its own errors say more than Arrow's
        return "arrow", value.read_all(), notes
    else:
        kind = "arrow"
        if type(value).__name__ != "Table":
            notes.append(f"{with_article(type(value).__name__)} comes back as a pyarrow Table")
    try:
        return kind, pa.RecordBatchReader.from_stream(value).read_all(), notes
    except (pa.ArrowException, ValueError, TypeError) as error:
        raise UnstorableValueError(
            asked, f"Arrow cannot read it: {error}", "Return a table of plain columns."
        ) from error


def _check_polars(value: Any, empty: Any, asked: str) -> None:
    """Refuses what polars exports but does not read again, as Object columns (bare addresses)."""
    for name, dtype in value.collect_schema().items():
        if empty.schema[name] != dtype:
            raise UnstorableValueError(
                asked,
                f"column `{name}` ({dtype}) would come back as {empty.schema[name]}",
                "Convert the column, for instance to text or numbers, before returning the frame.",
            )


def _is_from(value: object, library: str) -> bool:
    return any(
        each.__module__.split(".")[0] == library and each.__name__ in ("DataFrame", "LazyFrame")
        for each in type(value).__mro__
    )


def _know_pandas_types() -> None:
    """Registers the Arrow types of periods and intervals, which a file names."""
    from importlib import import_module

    import_module("pandas.core.arrays.arrow.extension_types")
