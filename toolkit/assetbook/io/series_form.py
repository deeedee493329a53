"""The stored form of pandas and polars Series: a table of one column that knows its name."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, BinaryIO

from assetbook.errors import CorruptStoreError
from assetbook.io.consumers import library_of
from assetbook.io.json_text import decode, encode
from assetbook.io.table_form import TableForm
from assetbook.io.wanted_types import alternatives
from assetbook.metadata import MetadataValue

_COLUMN = "values"
"""The column's name in the file, where the series has none that a column can have."""
_KEY = b"assetbook:series"
"""The schema metadata that holds the series' name as the text of a plain value."""


class SeriesForm:
    """A series as its Parquet file gives it back."""

    def __init__(self, table: TableForm) -> None:
        self.kind = f"{table.kind}-series"
        self._table = table

    @classmethod
    def of(cls, value: Any, *, asked: str) -> SeriesForm:
        """The form of a series; raises UnstorableValueError for values that have no Arrow type."""
        name = value.name
        text = encode(name, asked=f"the name of {asked}")[0]
        usable = isinstance(name, str) and "\0" not in name
        frame = value.to_frame(name if usable else _COLUMN)
        table = TableForm.of(frame, asked=asked)
        return cls(table.noting({_KEY: text.encode("ascii")}))

    @classmethod
    def read(cls, kind: str, data: bytes, *, asked: str) -> SeriesForm:
        """The form whose file's bytes these are; raises CorruptStoreError if they are none."""
        form = cls(TableForm.read(kind.removesuffix("-series"), data, asked=asked))
        try:
            form._name()
        except (ValueError, KeyError, TypeError) as error:
            raise CorruptStoreError(
                asked, "its file is a table, but no series", "Materialize it again."
            ) from error
        return form

    @property
    def size(self) -> int:
        """Bytes of values and index."""
        return self._table.size

    def data_version(self) -> str:
        """The version of values, index and name; computed once."""
        return self._table.data_version()

    def describe(self) -> Mapping[str, MetadataValue[Any]]:
        """The types of values and index, how many there are, and what storing changes."""
        return self._table.describe()

    def hand_over(self, wanted: object | None) -> object:
        """A series of the library that it came from, or of the other one, or a table."""
        own = self._table.kind
        for library in (own, *({"pandas", "polars"} - {own})):
            if any(each in _classes(library, own) for each in alternatives(wanted)):
                return self._series(library)
        return self._table.hand_over(wanted)

    def _series(self, library: str) -> object:
        frame: Any = self._table.hand_over(library_of(library).DataFrame)
        series = frame[self._table.column_names[0]]
        name = self._name()
        if library == "polars":
            return series.rename("" if name is None else str(name))
        series.name = name
        return series

    def _name(self) -> object:
        return decode(self._table.noted[_KEY].decode("ascii"))

    def write(self, file: BinaryIO) -> None:
        """Writes a Parquet file."""
        self._table.write(file)

    def inline(self) -> str | None:
        """None: series have files."""
        return None


def _classes(library: str, own: str) -> list[object]:
    """What asks for a series of this library; whoever names its class has imported it."""
    anything: list[object] = [None, Any, object] if library == own else []
    module = sys.modules.get(library)
    return anything if module is None else [*anything, module.Series]
