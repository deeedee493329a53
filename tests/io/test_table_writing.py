"""Streams of tables: written part by part, the same as the whole in one piece."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal as assert_polars_equal
from tests.io.stored import form_of
from tests.io.tables import arrow_tables, pandas_frames, polars_frames

from assetbook.errors import UnstorableValueError
from assetbook.io import categories, parquet_file, table_writing
from assetbook.io.forms import StoredForm, read_form, written_at_once
from assetbook.io.stored_value import SourceError
from assetbook.io.table_writing import TableWriting

QUICK = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
CUTS = st.lists(st.integers(0, 30), max_size=4).map(sorted)


def writing_of(value: object) -> TableWriting:
    found = written_at_once(value, asked="the value of `orders`")
    assert isinstance(found, TableWriting)
    return found


def written(value: object) -> tuple[TableWriting, StoredForm]:
    writing, file = writing_of(value), io.BytesIO()
    writing.write(file)
    return writing, read_form(writing.kind, file.getvalue(), asked="the value of `orders`")


def parts(table: Any, cuts: list[int]) -> Iterator[Any]:
    sized = [min(cut, len(table)) for cut in (0, *cuts, len(table))]
    for start, end in pairwise(sized):
        yield table[start:end]


def arrow_parts(table: pa.Table, cuts: list[int]) -> Iterator[pa.Table]:
    sized = [min(cut, table.num_rows) for cut in (0, *cuts, table.num_rows)]
    for start, end in pairwise(sized):
        yield table.slice(start, end - start)


@QUICK
@given(arrow_tables(), CUTS)
def test_arrow_parts_are_the_whole(table: pa.Table, cuts: list[int]) -> None:
    whole = form_of(table)
    writing, back = written(arrow_parts(table, cuts))
    assert writing.data_version() == back.data_version() == whole.data_version()
    mine: Any = back.hand_over(pa.Table)
    assert mine.schema.equals(whole.hand_over(pa.Table).schema, check_metadata=True)
    small = writing_of(arrow_parts(table, cuts)).in_memory()
    assert small is not None and small.data_version() == whole.data_version()


@QUICK
@given(polars_frames(), CUTS)
def test_polars_parts_are_the_whole(frame: pl.DataFrame, cuts: list[int]) -> None:
    writing, back = written(parts(frame, cuts))
    assert_polars_equal(back.hand_over(None), form_of(frame).hand_over(None))  # type: ignore[arg-type]
    assert writing.data_version() == back.data_version() == form_of(frame).data_version()


@QUICK
@given(pandas_frames())
def test_one_pandas_part_is_the_whole(frame: pd.DataFrame) -> None:
    writing, back = written(iter([frame]))
    whole = form_of(frame)
    plain = type(frame.index) is not pd.RangeIndex
    if plain:
        assert writing.data_version() == whole.data_version()
    left: Any = back.hand_over(None)
    right: Any = whole.hand_over(None)
    pd.testing.assert_frame_equal(left.reset_index(drop=True), right.reset_index(drop=True))


def test_pandas_parts_are_counted_through() -> None:
    frame = pd.DataFrame({"n": range(10), "s": list("abcdefghij")})
    writing, back = written(parts(frame, [3, 4]))
    assert writing.data_version() == form_of(frame).data_version()
    pd.testing.assert_frame_equal(back.hand_over(None), frame)  # type: ignore[arg-type]


def test_labels_of_rows_stay() -> None:
    frame = pd.DataFrame({"n": [1, 2, 3]}, index=pd.Index(["x", "y", "z"], name="key"))
    writing, back = written(parts(frame, [1]))
    pd.testing.assert_frame_equal(back.hand_over(None), frame)  # type: ignore[arg-type]
    assert writing.data_version() == form_of(frame).data_version()


def test_pandas_categories_are_joined() -> None:
    frame = pd.DataFrame({"c": pd.Categorical(["b", "a", "c"], ["c", "b", "a", "unused"])})
    writing, back = written(parts(frame, [1, 2]))
    pd.testing.assert_frame_equal(back.hand_over(None), frame)  # type: ignore[arg-type]
    assert writing.data_version() == form_of(frame).data_version()


def test_too_many_categories_become_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(categories, "LARGEST", 200)
    table = pa.table({"c": [f"name {n}" for n in range(60)]})
    coded = pa.table({"c": table["c"].dictionary_encode()})
    writing, back = written(arrow_parts(coded, [2, 40]))
    assert writing.data_version() == back.data_version() == form_of(coded).data_version()
    assert back.data_version() == form_of(table).data_version()


def test_row_groups_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_writing, "ROWS_A_GROUP", 10)
    monkeypatch.setattr(parquet_file, "ROWS_A_GROUP", 10)
    table = pa.table({"n": range(95)})
    writing, file = writing_of(arrow_parts(table, [1, 2, 3, 50])), io.BytesIO()
    writing.write(file)
    with parquet_file.opened_parquet(io.BytesIO(file.getvalue())) as found:
        groups = [found.metadata.row_group(at).num_rows for at in range(found.num_row_groups)]
    assert max(groups) == 10 and sum(groups) == 95


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        (lambda: pl.LazyFrame({"n": range(5)}).filter(pl.col("n") > 1), "polars"),
        (lambda: pl.LazyFrame({"n": range(5)}).filter(pl.col("n") > 9), "polars"),
        (lambda: duckdb.sql("select range as n from range(5)"), "arrow"),
        (lambda: pa.table({"n": range(5)}).to_reader(max_chunksize=2), "arrow"),
        (lambda: ds.dataset(pa.table({"n": range(5)})), "arrow"),
        (lambda: iter(pa.table({"n": range(5)}).to_batches(max_chunksize=2)), "arrow"),
        (lambda: pd.read_csv(io.StringIO("n\n1\n2\n3\n"), chunksize=2), "pandas"),
    ],
    ids=["lazy", "empty lazy", "duckdb", "reader", "dataset", "batches", "csv"],
)
def test_sources_are_streams(source: Any, kind: str) -> None:
    whole = source()
    if kind == "polars":
        whole = whole.collect()
    elif isinstance(whole, ds.Dataset):
        whole = whole.to_table()
    elif isinstance(whole, pd.io.parsers.TextFileReader):
        whole = pd.concat(whole)
    elif isinstance(whole, Iterator):
        whole = pa.Table.from_batches(whole)
    writing, back = written(source())
    assert writing.kind == kind
    assert writing.data_version() == back.data_version() == form_of(whole).data_version()


def test_rows_and_notes_are_described() -> None:
    writing, _ = written(pa.table({"n": range(5)}).to_reader())
    described = writing.describe()
    assert described["dagster/row_count"].value == 5
    assert described["assetbook/storing_changes"].value == [
        "a RecordBatchReader comes back as a pyarrow Table"
    ]


def test_small_streams_stay_in_memory() -> None:
    assert writing_of(iter([pl.DataFrame({"n": [1]})])).in_memory() is not None
    large = writing_of(pl.DataFrame({"n": [each]}) for each in range(9))
    assert large.in_memory(largest=20) is None
    file = io.BytesIO()
    large.write(file)
    assert read_form("polars", file.getvalue(), asked="it").hand_over(pa.Table).num_rows == 9  # type: ignore[attr-defined]


def test_a_buffer_may_be_filled_again() -> None:
    def filled() -> Iterator[pa.Table]:
        buffer = np.zeros(3, "i8")
        for number in range(3):
            buffer[:] = number
            yield pa.table({"n": pa.array(buffer)})

    _, back = written(filled())
    form = writing_of(filled()).in_memory()
    assert form is not None
    for each in (back, form):
        assert each.hand_over(pa.Table)["n"].to_pylist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]  # type: ignore[index]


def broken() -> Iterator[pl.DataFrame]:
    yield pl.DataFrame({"n": [1]})
    raise ZeroDivisionError("in the middle")


def test_a_broken_source_is_told_apart() -> None:
    with pytest.raises(SourceError, match="in the middle") as raised:
        written(broken())
    assert isinstance(raised.value.error, ZeroDivisionError)


@pytest.mark.parametrize(
    ("items", "found"),
    [
        ([], "it is an iterator of nothing"),
        ([1], "an iterator whose first item is an int"),
        ([pl.DataFrame({"o": pl.Series([object()], dtype=pl.Object)})], r"column `o` \(Object\)"),
    ],
)
def test_other_iterators_are_refused(items: list[Any], found: str) -> None:
    with pytest.raises((UnstorableValueError, SourceError), match=found):
        written(iter(items))


@pytest.mark.parametrize(
    ("second", "found"),
    [
        (
            pd.DataFrame({"n": [1.5]}),
            "part 2 of the stream has column `n` as double, which was int64",
        ),
        (pd.DataFrame({"m": [1]}), "part 2 of the stream has `m` where `n` was"),
        (pd.DataFrame({"n": [1], "m": [1]}), "part 2 of the stream has 2 columns where 1 were"),
        (pd.DataFrame({"n": [1]}, index=["x"]), "part 2 of the stream has"),
        (
            pl.DataFrame({"n": [1]}),
            "item 2 of its iterator is a DataFrame, but the first is a pandas",
        ),
    ],
)
def test_parts_have_one_schema(second: Any, found: str) -> None:
    with pytest.raises((UnstorableValueError, SourceError), match=found):
        written(iter([pd.DataFrame({"n": np.array([1])}), second]))
