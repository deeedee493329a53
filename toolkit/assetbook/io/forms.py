"""The stored form of a value: what its file gives back, chosen by what the value is."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assetbook.errors import CorruptStoreError, UnstorableValueError, with_article
from assetbook.io.json_form import JsonForm
from assetbook.io.json_text import encode, is_plain
from assetbook.io.stored_file import StoredFile
from assetbook.io.stored_value import StoredForm, Writable
from assetbook.io.table_batches import batches_of, is_table_stream
from assetbook.io.tree_form import Member, TreeForm

__all__ = [
    "StoredForm",
    "form_of_file",
    "is_mapped",
    "read_form",
    "reads_from_file",
    "stored_form",
    "suffix_of",
    "written_at_once",
]

if TYPE_CHECKING:
    import pyarrow as pa

TABLE_KINDS = ("pandas", "polars", "arrow")
ARROW_FILE = "+arrow_file"
"""What follows a table's kind where its file is an Arrow file: ``pandas+arrow_file``."""

_TABLE = ("table_form:TableForm", ".parquet")
_ARROW_TABLE = ("arrow_form:ArrowForm", ".arrow")
_SERIES = ("series_form:SeriesForm", ".parquet")
_BYTES = ("bytes_form:BytesForm", ".bin")
_KINDS: dict[str, tuple[str, str]] = {
    "json": ("json_form:JsonForm", ".json"),
    **dict.fromkeys(TABLE_KINDS, _TABLE),
    **dict.fromkeys([f"{kind}{ARROW_FILE}" for kind in TABLE_KINDS], _ARROW_TABLE),
    "pandas-series": _SERIES,
    "polars-series": _SERIES,
    "numpy": ("array_form:ArrayForm", ".npy"),
    "bytes": _BYTES,
    "bytearray": _BYTES,
    "tree": ("tree_form:TreeForm", ".zip"),
    "figure": ("figure_form:FigureForm", ".zip"),
    "plotly": ("plotly_form:PlotlyForm", ".json"),
    "pickle": ("pickle_form:PickleForm", ".pickle"),
    "file": ("path_form:PathForm", ".zip"),
    "folder": ("path_form:PathForm", ".zip"),
}
"""Each kind of value: the form that reads it, and the end of its files' names."""

_CLASSES = {
    ("builtins", "bytes"): "bytes",
    ("builtins", "bytearray"): "bytes",
    ("numpy", "ndarray"): "numpy",
    ("pandas", "Series"): "pandas-series",
    ("polars", "Series"): "polars-series",
    ("matplotlib", "Figure"): "figure",
    ("plotly", "BaseFigure"): "plotly",
}
"""Which classes, named by library, are stored as which kind; whoever has one has its library."""

_REMEDIES = {
    ("pyarrow", "ChunkedArray"): 'Return a table: `pa.table({"value": array})`.',
    ("pyarrow", "Array"): 'Return a table: `pa.table({"value": array})`.',
    ("matplotlib", "Axes"): "Return its figure: `ax.figure`.",
    ("builtins", "set"): "Return a list: `sorted(values)`.",
    ("builtins", "memoryview"): "Return `bytes(value)`.",
    ("pandas", "Timestamp"): "Return a plain datetime: `value.to_pydatetime()`.",
    ("pandas", "Index"): "Return a series: `index.to_series()`.",
    ("pathlib", "PurePath"): "Return the path of a file or folder by itself: its content is kept.",
}
_OTHERWISE = (
    "Stored are tables (pandas, polars, pyarrow, DuckDB), series, numpy arrays, bytes, plain "
    "values (numbers, text, dates), lists, tuples and dicts of these, figures, and what a Path "
    'names. Or store it by pickle: `%%asset NAME --io pickle`, `@asset(io_manager_key="pickle")`; '
    "or by an I/O manager of your own, named so."
)


def stored_form(value: object, *, asked: str, pickled: bool = False) -> StoredForm:
    """The form in which ``value`` is stored; ``asked`` says in errors which value it is.

    ``pickled`` stores any object as a signed pickle.

    Raises UnstorableValueError for what cannot be stored, naming the part at fault.
    """
    if pickled:
        from assetbook.io.pickle_form import PickleForm

        return PickleForm.of(value, asked=asked)
    if value is None or is_plain(value):
        return _plain_form(value, asked)
    names = _class_names(value)
    for name in names:
        if name in _CLASSES:
            made: StoredForm = _form_class(_CLASSES[name]).of(value, asked=asked)
            return made
    if _is_table(value, names):
        from assetbook.io.table_form import TableForm

        return TableForm.of(value, asked=asked)
    raise UnstorableValueError(asked, f"it is {with_article(_type_name(value))}", _remedy(names))


def written_at_once(value: object, *, asked: str) -> Writable | None:
    """What writes ``value`` while its source is there: a file, a folder, a stream of tables.

    None for a value with a stored form in memory. Raises UnstorableValueError, and what an iterator
    raises when its first item is made.
    """
    if isinstance(value, Path):
        from assetbook.io.copied_path import CopiedPath

        return CopiedPath.of(value, asked=asked)
    if is_table_stream(value):
        from assetbook.io.table_writing import TableWriting

        batches = batches_of(value, asked=asked)
        return None if batches is None else TableWriting(batches, asked=asked)
    return None


def reads_from_file(kind: str) -> bool:
    """Whether values of this kind stay in their files, and are read from there as needed."""
    return kind in ("file", "folder", *TABLE_KINDS)


def form_of_file(kind: str, file: StoredFile) -> StoredForm:
    """The form of a kind that stays in its file; raises CorruptStoreError."""
    if kind in TABLE_KINDS:
        from assetbook.io.table_file_form import TableFileForm

        return TableFileForm(kind, file)
    from assetbook.io.path_form import PathForm

    return PathForm(kind, file)


def read_form(kind: str, data: pa.Buffer | bytes, *, asked: str) -> StoredForm:
    """The form whose file's bytes these are; raises CorruptStoreError if they are none."""
    if kind == "tree":
        return TreeForm.read(
            data, lambda kind, part: read_form(kind, part, asked=asked), asked=asked
        )
    if kind not in _KINDS:
        raise CorruptStoreError(
            asked,
            f"it is stored as `{kind}`, which this version of assetbook does not know",
            "Read it with the version that wrote it, or a newer one; or materialize it again.",
        )
    read: StoredForm = _form_class(kind).read(kind, data, asked=asked)
    return read


def suffix_of(kind: str) -> str:
    """The end of the file names for ``kind``, as ``.parquet``."""
    return _KINDS[kind][1]


def is_mapped(kind: str) -> bool:
    """Whether files of ``kind`` are mapped into memory rather than read."""
    return kind.endswith(ARROW_FILE)


def _plain_form(value: object, asked: str) -> StoredForm:
    members: list[Member] = []

    def apart(part: object, place: str) -> int | None:
        names = _class_names(part)
        if not _is_table(part, names) and not any(name in _CLASSES for name in names):
            return None
        members.append(Member(place, stored_form(part, asked=f"{asked}, `value{place}`")))
        return len(members) - 1

    text, notes = encode(value, asked=asked, apart=apart)
    return TreeForm(text, members, notes) if members else JsonForm(text, notes)


def _form_class(kind: str) -> Any:
    module, name = _KINDS[kind][0].split(":")
    return getattr(import_module(f"assetbook.io.{module}"), name)


def _class_names(value: object) -> list[tuple[str, str]]:
    """The names of the value's classes, each with its library."""
    return [(each.__module__.split(".")[0], each.__name__) for each in type(value).__mro__]


def _is_table(value: object, names: list[tuple[str, str]]) -> bool:
    if any(name in _REMEDIES for name in names):
        return False
    return hasattr(value, "__arrow_c_stream__") or ("polars", "LazyFrame") in names


def _remedy(names: list[tuple[str, str]]) -> str:
    for name in names:
        if name in _REMEDIES:
            return f"{_REMEDIES[name]}\n{_OTHERWISE}"
    return _OTHERWISE


def _type_name(value: object) -> str:
    found = type(value)
    return found.__name__ if found.__module__ == "builtins" else _full_name(found)


def _full_name(found: type) -> str:
    return f"{found.__module__}.{found.__qualname__}"
