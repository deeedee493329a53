"""The types in which a table can be handed to a consumer, and how each is made."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from assetbook.errors import MissingLibraryError, UsageError, WrongTypeError, with_article
from assetbook.io.wanted_types import alternatives, spelled

if TYPE_CHECKING:
    import pyarrow as pa


def to_pandas(table: pa.Table) -> object:
    """A pandas DataFrame of its own memory, or over memory that nobody can write."""
    return table.to_pandas()


def to_polars(table: pa.Table) -> object:
    """A polars DataFrame over the table's memory, which polars never writes.

    Raises UsageError for types that polars does not have, as decimals of more than 38 digits.
    """
    with polars_at_work() as polars:
        return polars.from_arrow(table, rechunk=False)


@contextmanager
def polars_at_work() -> Iterator[Any]:
    """The library; its errors and panics (no Exceptions) are UsageErrors in the block."""
    polars = library_of("polars")
    try:
        yield polars
    except (polars.exceptions.PolarsError, polars.exceptions.PanicException) as error:
        raise UsageError(
            "the value as a polars table",
            f"polars does not take it: {str(error).splitlines()[0]}",
            "Annotate the input with pyarrow.Table, or leave the annotation out.",
        ) from None


def to_lazy(table: pa.Table) -> object:
    """A polars LazyFrame over the table's memory."""
    frame: Any = to_polars(table)
    return frame.lazy()


def to_arrow(table: pa.Table) -> object:
    """The table itself: it cannot be changed."""
    return table


def to_reader(table: pa.Table) -> object:
    """A pyarrow RecordBatchReader that has read nothing yet."""
    return table.to_reader()


def to_duckdb(table: pa.Table) -> object:
    """A DuckDB relation of the default connection."""
    return library_of("duckdb").from_arrow(table)


def to_source(table: pa.Table) -> object:
    """What a query engine scans."""
    from assetbook.io.table_source import TableSource

    return TableSource(table)


def to_dataset(table: pa.Table) -> object:
    """A pyarrow Dataset over the table's memory."""
    return library_of("pyarrow.dataset").dataset(table)


def library_of(name: str) -> Any:
    """An optional library; raises MissingLibraryError naming the extra that brings it."""
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise MissingLibraryError(
            f"the value as {with_article(name)} table",
            f"{name} is not installed here",
            f"Install it: pip install 'assetbook[{name}]'",
        ) from error


_BY_KIND = {"pandas": to_pandas, "polars": to_polars, "arrow": to_arrow}

_BY_CLASS: dict[tuple[str, str], Callable[[Any], object]] = {
    ("pandas", "DataFrame"): to_pandas,
    ("polars", "DataFrame"): to_polars,
    ("polars", "LazyFrame"): to_lazy,
    ("pyarrow", "Table"): to_arrow,
    ("pyarrow", "RecordBatchReader"): to_reader,
    ("pyarrow.dataset", "Dataset"): to_dataset,
    ("duckdb", "DuckDBPyRelation"): to_duckdb,
    ("assetbook.io.table_source", "TableSource"): to_source,
}


def maker_for(wanted: object | None, kind: str) -> Callable[[Any], object]:
    """What makes ``wanted`` of a table of this kind; None and Any are what it was.

    Of a union the first member that can be given counts, the table's own type before others.
    Raises WrongTypeError naming both types if it cannot be given.
    """
    found = _makers(wanted, kind)
    if not found:
        names = ", ".join(f"{each}.{name}" for each, name in _BY_CLASS if "." not in each)
        raise WrongTypeError(
            f"the value as {spelled(wanted)}",
            f"it is a table, made by {kind}",
            f"Annotate the input with one of {names}, or leave the annotation out.",
        )
    own = _BY_KIND[kind]
    return own if own in found else found[0]


def _makers(wanted: object | None, kind: str) -> list[Callable[[Any], object]]:
    return [maker for each in alternatives(wanted) for maker in _makers_of(each, kind)]


def _makers_of(wanted: object | None, kind: str) -> list[Callable[[Any], object]]:
    if wanted is None or wanted is Any or wanted is object:
        return [_BY_KIND[kind]]
    return [maker for (module, name), maker in _BY_CLASS.items() if _is(wanted, module, name)]


def _is(wanted: object, module: str, name: str) -> bool:
    # whoever can name the class has imported its module
    return module in sys.modules and wanted is getattr(sys.modules[module], name, None)
