"""The stored form of a value: what its file gives back, chosen by what the value is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from assetbook.errors import UnstorableValueError, with_article
from assetbook.io.json_form import JsonForm
from assetbook.io.json_text import is_plain
from assetbook.metadata import MetadataValue

if TYPE_CHECKING:
    import pyarrow as pa

TABLE_KINDS = ("pandas", "polars", "arrow")
ARROW_FILE = "+arrow_file"
"""What follows a table's kind where its file is an Arrow file: ``pandas+arrow_file``."""

_REMEDIES = {
    ("pandas", "Series"): "Return a table: `series.to_frame()`.",
    ("polars", "Series"): "Return a table: `series.to_frame()`.",
    ("numpy", "ndarray"): 'Return a table: `pd.DataFrame({"value": array})`.',
    ("pyarrow", "ChunkedArray"): 'Return a table: `pa.table({"value": array})`.',
    ("pyarrow", "Array"): 'Return a table: `pa.table({"value": array})`.',
    ("builtins", "set"): "Return a list: `sorted(values)`.",
    ("pandas", "Timestamp"): "Return a plain datetime: `value.to_pydatetime()`.",
    ("builtins", "NoneType"): "Annotate the function with `-> None` if it has no value.",
}
_OTHERWISE = (
    "Stored are tables (pandas, polars, pyarrow, DuckDB) and plain values (numbers, text, lists, "
    "dicts with text keys, dates). Return one of these, or name an I/O manager of your own: "
    '@asset(io_manager_key="...").'
)


class StoredForm(Protocol):
    """A value as its file gives it back; consumers in the same process get it without the file."""

    @property
    def kind(self) -> str:
        """What it was, ``pandas``, ``polars``, ``arrow`` or ``json``, and how its file is read."""

    @property
    def size(self) -> int:
        """Bytes of memory that it takes, about."""

    def data_version(self) -> str:
        """The version of the content, as :mod:`assetbook.io.data_version` spells it."""

    def describe(self) -> Mapping[str, MetadataValue[Any]]:
        """Metadata for the materialization: schema and rows of a table, what storing changes."""

    def hand_over(self, wanted: object | None) -> object:
        """A fresh object for one consumer, of the type ``wanted``; None gives what it was.

        Nothing that a consumer does to it reaches another. Raises UsageError, naming both
        types, if the value cannot be given so.
        """

    def write(self, file: BinaryIO) -> None:
        """Writes the file's bytes; raises what ``file.write`` raises."""

    def inline(self) -> str | None:
        """The value as JSON text if it is small enough to need no file, else None."""


def stored_form(value: object, *, asked: str) -> StoredForm:
    """The form in which ``value`` is stored; ``asked`` says in errors which value it is.

    Raises UnstorableValueError for what cannot be stored, naming the part at fault.
    """
    if is_plain(value):
        return JsonForm.of(value, asked=asked)
    if _is_table(value):
        from assetbook.io.table_form import TableForm

        return TableForm.of(value, asked=asked)
    raise UnstorableValueError(asked, f"it is {with_article(_type_name(value))}", _remedy(value))


def read_form(kind: str, data: pa.Buffer | bytes, *, asked: str) -> StoredForm:
    """The form whose file's bytes these are; raises CorruptStoreError if they are none."""
    if kind in TABLE_KINDS:
        from assetbook.io.table_form import TableForm

        return TableForm.read(kind, data, asked=asked)
    if is_mapped(kind):
        from assetbook.io.arrow_form import ArrowForm

        return ArrowForm.read(kind, data, asked=asked)
    return JsonForm.read(bytes(data), asked=asked)


def is_mapped(kind: str) -> bool:
    """Whether files of ``kind`` are mapped into memory rather than read."""
    return kind.endswith(ARROW_FILE)


def suffix_of(kind: str) -> str:
    """The end of the file names for ``kind``: ``.parquet``, ``.arrow`` or ``.json``."""
    if is_mapped(kind):
        return ".arrow"
    return ".parquet" if kind in TABLE_KINDS else ".json"


def _is_table(value: object) -> bool:
    names = {(each.__module__.split(".")[0], each.__name__) for each in type(value).__mro__}
    if names & set(_REMEDIES):
        return False
    return hasattr(value, "__arrow_c_stream__") or ("polars", "LazyFrame") in names


def _remedy(value: object) -> str:
    for each in type(value).__mro__:
        remedy = _REMEDIES.get((each.__module__.split(".")[0], each.__name__))
        if remedy:
            return f"{remedy}\n{_OTHERWISE}"
    return _OTHERWISE


def _type_name(value: object) -> str:
    found = type(value)
    return found.__name__ if found.__module__ == "builtins" else _full_name(found)


def _full_name(found: type) -> str:
    return f"{found.__module__}.{found.__qualname__}"
