"""Several partitions of an asset as one value: a dict of them, or one table over all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, get_args, get_origin

from assetbook.errors import UsageError
from assetbook.io import consumers

if TYPE_CHECKING:
    from pyarrow.dataset import Dataset


class HandsOver(Protocol):
    """A stored form, as far as it is needed here."""

    def hand_over(self, wanted: object | None) -> object:
        """The value as ``wanted``; None for what it was."""
        ...


Parts = Mapping[str, HandsOver]
"""The forms of partitions, by key, in order."""


def together(parts: Parts, wanted: object | None, *, asked: str) -> object:
    """The partitions as ``wanted``: by key in a dict without an annotation or with
    ``dict[str, T]``, each as ``T``; one under the other for the type of a table; a lazy frame, a
    dataset, a relation or a reader reads them from their files.

    Raises UsageError, which begins with ``asked``, where there is nothing to make a table of or
    their schemas differ, and WrongTypeError for another type.
    """
    if _is_dict(wanted):
        inner = get_args(wanted)[1] if len(get_args(wanted)) == 2 else None
        return {key: form.hand_over(inner) for key, form in parts.items()}
    if not parts:
        raise UsageError(
            asked,
            "there is no partition to make a table of",
            "Annotate the parameter with dict, which may be empty.",
        )
    maker = consumers.maker_for(wanted, "arrow")
    return _OF_ALL[maker](_Several(parts, asked))


def _is_dict(wanted: object | None) -> bool:
    kind = get_origin(wanted) or wanted
    return kind in (None, Any, object) or (isinstance(kind, type) and issubclass(kind, Mapping))


class _Several:
    """The partitions, each as the same type."""

    def __init__(self, parts: Parts, asked: str) -> None:
        self.parts = parts
        self.asked = asked

    def each(self, wanted: object) -> list[Any]:
        return [form.hand_over(wanted) for form in self.parts.values()]

    def differ(self, error: Exception) -> UsageError:
        return UsageError(
            self.asked,
            f"its partitions do not fit into one table: {str(error).splitlines()[0]}",
            "Annotate the parameter with dict[str, ...] and join them yourself.",
        )


def _pandas(several: _Several) -> object:
    import pandas as pd

    frames = several.each(pd.DataFrame)
    plain = all(isinstance(frame.index, pd.RangeIndex) for frame in frames)
    return pd.concat(frames, ignore_index=plain)


def _polars(several: _Several) -> object:
    with consumers.polars_at_work() as polars:
        return polars.concat(several.each(polars.DataFrame), how="vertical_relaxed")


def _lazy(several: _Several) -> object:
    with consumers.polars_at_work() as polars:
        return polars.concat(several.each(polars.LazyFrame), how="vertical_relaxed")


def _arrow(several: _Several) -> Any:
    import pyarrow as pa

    try:
        return pa.concat_tables(several.each(pa.Table), promote_options="permissive")
    except pa.ArrowException as error:
        raise several.differ(error) from None


def _dataset(several: _Several) -> Dataset:
    import pyarrow as pa
    from pyarrow import dataset

    children = several.each(dataset.Dataset)
    try:
        schema = pa.unify_schemas([each.schema for each in children], promote_options="permissive")
        return dataset.dataset([each.replace_schema(schema) for each in children], schema=schema)
    except pa.ArrowException as error:
        raise several.differ(error) from None


def _reader(several: _Several) -> object:
    return _dataset(several).scanner().to_reader()


def _relation(several: _Several) -> object:
    return consumers.library_of("duckdb").from_arrow(_dataset(several))


def _source(several: _Several) -> object:
    from assetbook.io.table_source import TableSource

    return TableSource(_dataset(several))


_OF_ALL: Mapping[Callable[[Any], object], Callable[[_Several], object]] = {
    consumers.to_pandas: _pandas,
    consumers.to_polars: _polars,
    consumers.to_lazy: _lazy,
    consumers.to_arrow: _arrow,
    consumers.to_dataset: _dataset,
    consumers.to_reader: _reader,
    consumers.to_duckdb: _relation,
    consumers.to_source: _source,
}
