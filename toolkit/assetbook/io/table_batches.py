"""What streams tables: readers, lazy queries and generators, as parts of one table in turn."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any

from assetbook.errors import UnstorableValueError, with_article
from assetbook.io.pandas_tables import table_from_pandas
from assetbook.io.table_form import TableForm

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS = 64 * 1024
"""Rows that a lazy source is asked for at a time."""


@dataclass(slots=True)
class Batches:
    """Tables of one schema, each made when it is asked for."""

    kind: str
    """The library that a consumer gets the whole from: ``pandas``, ``polars`` or ``arrow``."""
    tables: Iterator[pa.Table]
    notes: dict[str, None] = field(default_factory=dict)
    """What storing changes; complete at the end."""


def batches_of(value: Any, *, asked: str) -> Batches | None:
    """The tables that ``value`` streams; None if it is not such a source, but may be a table.

    Of an iterator the first item is made. Raises what the source raises, and
    UnstorableValueError for an iterator of something else.
    """
    library, name = type(value).__module__.split(".")[0], type(value).__name__
    comes_back = {f"{with_article(name)} comes back as a pyarrow Table": None}
    if (library, name) == ("polars", "LazyFrame"):
        note = "a LazyFrame is collected, and comes back as a DataFrame"
        return Batches("polars", _of_lazy(value, asked), {note: None})
    if name == "DuckDBPyRelation":
        return Batches("arrow", _of_reader(value.to_arrow_reader(_ROWS)), comes_back)
    if name == "RecordBatchReader":
        return Batches("arrow", _of_reader(value), comes_back)
    if _is_dataset(value):
        return Batches("arrow", _of_reader(value.scanner(batch_size=_ROWS).to_reader()), comes_back)
    if isinstance(value, Iterator):
        return _of_items(value, asked)
    return None


def is_table_stream(value: object) -> bool:
    """Whether ``value`` streams tables, or is an iterator that might."""
    names = ("LazyFrame", "DuckDBPyRelation", "RecordBatchReader")
    return type(value).__name__ in names or isinstance(value, Iterator) or _is_dataset(value)


def _is_dataset(value: object) -> bool:
    module = sys.modules.get("pyarrow.dataset")
    return module is not None and isinstance(value, module.Dataset)


def _of_reader(reader: Any) -> Iterator[pa.Table]:
    import pyarrow as pa

    yield reader.schema.empty_table()
    for batch in reader:
        yield pa.Table.from_batches([batch])


def _of_lazy(frame: Any, asked: str) -> Iterator[pa.Table]:
    empty = frame.collect_schema().to_frame()
    yield _checked(empty, asked)
    for each in frame.collect_batches(chunk_size=_ROWS, engine="streaming"):
        yield _arrow_of(each)


def _checked(empty: Any, asked: str) -> pa.Table:
    """The Arrow table of an empty polars frame; raises UnstorableValueError for some columns."""
    TableForm.of(empty, asked=asked)
    return _arrow_of(empty)


def _of_items(items: Iterator[Any], asked: str) -> Batches | None:
    nothing = object()
    first = next(items, nothing)
    if first is nothing:
        raise UnstorableValueError(
            asked, "it is an iterator of nothing", "Yield at least one table, also an empty one."
        )
    kind = _kind_of(first)
    if kind is None:
        raise UnstorableValueError(
            asked,
            f"it is an iterator whose first item is {with_article(type(first).__name__)}",
            "Yield tables (pandas, polars or pyarrow), or return a list: `list(values)`.",
        )
    batches = Batches(kind, iter(()))
    batches.tables = _tables(chain([first], items), batches, asked)
    return batches


def _kind_of(item: object) -> str | None:
    """The library of a table; None for anything else."""
    for each in type(item).__mro__:
        name = (each.__module__.split(".")[0], each.__name__)
        if name in (("pandas", "DataFrame"), ("polars", "DataFrame")):
            return name[0]
        if name in (("pyarrow", "Table"), ("pyarrow", "RecordBatch")):
            return "arrow"
    return None


def _tables(items: Iterable[Any], batches: Batches, asked: str) -> Iterator[pa.Table]:
    for number, item in enumerate(items, 1):
        kind = _kind_of(item)
        if kind != batches.kind:
            raise UnstorableValueError(
                asked,
                f"item {number} of its iterator is {with_article(type(item).__name__)}, but the "
                f"first is a {batches.kind} table",
                "Yield tables of one library.",
            )
        if kind == "pandas":
            table, notes = table_from_pandas(_plainly_indexed(item), asked=asked)
            batches.notes.update(dict.fromkeys(notes))
            yield table
        else:
            if kind == "polars" and number == 1:
                _checked(item.clear(), asked)
            yield _arrow_of(item)


def _arrow_of(item: Any) -> pa.Table:
    import pyarrow as pa

    if type(item).__name__ == "RecordBatch":
        return pa.Table.from_batches([item])
    return pa.RecordBatchReader.from_stream(item).read_all()


def _plainly_indexed(frame: Any) -> Any:
    """The frame with its rows counted from 0, or with each row's label: not with a range of it."""
    index = frame.index
    if type(index).__name__ != "RangeIndex":
        return frame
    if index.name is None and index.step == 1:
        return frame.reset_index(drop=True)
    labels = index.to_series().set_axis(range(len(index)))
    return frame.set_axis(labels.array).rename_axis(index.name)
