"""Tables in stored form: memory gives what the file gives, and no consumer reaches another."""

from __future__ import annotations

import io
import re
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from polars.testing import assert_frame_equal as assert_polars_equal
from tests.io.tables import arrow_tables, pandas_frames, polars_frames

from assetbook.errors import CorruptStoreError, UnstorableValueError, UsageError
from assetbook.io.forms import StoredForm, read_form, stored_form

QUICK = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def form_of(value: object) -> StoredForm:
    return stored_form(value, asked="the value of `orders`")


def reread(form: StoredForm) -> StoredForm:
    file = io.BytesIO()
    form.write(file)
    return read_form(form.kind, file.getvalue(), asked="the value of `orders`")


def notes(value: object) -> list[str]:
    described = form_of(value).describe()
    found = described.get("assetbook/storing_changes")
    return [] if found is None else list(found.value)


def same_pandas(left: Any, right: Any) -> None:
    pd.testing.assert_frame_equal(left, right, check_freq=True, check_exact=True)
    assert type(left.index) is type(right.index)
    assert left.attrs == right.attrs


@QUICK
@given(pandas_frames())
def test_pandas_memory_equals_file(frame: pd.DataFrame) -> None:
    form = form_of(frame)
    back = reread(form)
    same_pandas(form.hand_over(None), back.hand_over(None))
    assert form.data_version() == back.data_version()


@QUICK
@given(pandas_frames())
def test_pandas_comes_back_unless_noted(frame: pd.DataFrame) -> None:
    if not notes(frame):
        pd.testing.assert_frame_equal(form_of(frame).hand_over(None), frame)


@QUICK
@given(polars_frames())
def test_polars_memory_equals_file(frame: pl.DataFrame) -> None:
    form = form_of(frame)
    back = reread(form)
    assert_polars_equal(form.hand_over(None), back.hand_over(None))
    assert_polars_equal(form.hand_over(None), frame)
    pd.testing.assert_frame_equal(form.hand_over(pd.DataFrame), back.hand_over(pd.DataFrame))
    assert form.data_version() == back.data_version()


@QUICK
@given(arrow_tables())
def test_arrow_memory_equals_file(table: pa.Table) -> None:
    form = form_of(table)
    back = reread(form)
    mine: Any = form.hand_over(pa.Table)
    assert mine.schema.equals(back.hand_over(pa.Table).schema, check_metadata=True)
    assert form.data_version() == back.data_version()
    pd.testing.assert_frame_equal(form.hand_over(pd.DataFrame), back.hand_over(pd.DataFrame))


@pytest.mark.parametrize("wanted", [pl.DataFrame, pl.LazyFrame, pa.Table, pa.RecordBatchReader])
def test_each_type_equals_files(wanted: type) -> None:
    frame = pd.DataFrame({"n": [1, 2], "s": ["x", None]}, index=pd.Index(["p", "q"], name="id"))
    form = form_of(frame)
    mine, theirs = form.hand_over(wanted), reread(form).hand_over(wanted)
    assert isinstance(mine, wanted)
    assert rows_of(mine) == rows_of(theirs) == [(1, "x", "p"), (2, None, "q")]


def rows_of(value: Any) -> list[tuple[Any, ...]]:
    if isinstance(value, pl.LazyFrame):
        value = value.collect()
    if isinstance(value, pa.RecordBatchReader):
        value = value.read_all()
    return [
        tuple(row.values())
        for row in (value.to_pylist() if hasattr(value, "to_pylist") else value.to_dicts())
    ]


def test_duckdb_relation_is_given() -> None:
    relation: Any = form_of(pl.DataFrame({"n": [1, 2]})).hand_over(duckdb.DuckDBPyRelation)
    assert relation.sum("n").fetchall() == [(3,)]


def test_duckdb_relation_is_stored() -> None:
    form = form_of(duckdb.sql("select 7 as n"))
    assert form.kind == "arrow"
    assert form.hand_over(pd.DataFrame).n.tolist() == [7]  # type: ignore[attr-defined]


def test_lazy_frame_is_collected() -> None:
    form = form_of(pl.LazyFrame({"n": [1]}))
    assert isinstance(form.hand_over(None), pl.DataFrame)
    assert notes(pl.LazyFrame({"n": [1]})) == [
        "a LazyFrame is collected, and comes back as a DataFrame"
    ]


def test_reader_is_read_once() -> None:
    reader = pa.table({"n": [1, 2]}).to_reader()
    form = form_of(reader)
    assert form.hand_over(None) == form.hand_over(None) == pa.table({"n": [1, 2]})


@pytest.mark.parametrize(
    "wanted", [None, Any, object, pd.DataFrame | None, pl.DataFrame | pd.DataFrame]
)
def test_own_type_is_preferred(wanted: object) -> None:
    assert isinstance(form_of(pd.DataFrame({"n": [1]})).hand_over(wanted), pd.DataFrame)


def test_other_types_name_both() -> None:
    with pytest.raises(UsageError, match=r"the value as dict: it is a table, made by pandas"):
        form_of(pd.DataFrame({"n": [1]})).hand_over(dict)


# isolation


def numbers() -> pd.DataFrame:
    return pd.DataFrame({"n": [1, 2], "m": [3, 4], "f": [1.5, 2.5], "s": ["x", "y"]})


def test_consumers_change_their_own() -> None:
    form = form_of(numbers())
    mine: Any = form.hand_over(None)
    mine.loc[0, "n"] = 99
    mine.loc[0, "s"] = "changed"
    mine["f"].array[0] = 99
    mine["m"].array._ndarray[:] = 99
    mine.insert(0, "new", 1)
    same_pandas(form.hand_over(None), numbers())


@pytest.mark.parametrize("column", ["n", "f"])
def test_single_column_is_isolated(column: str) -> None:
    form = form_of(numbers()[[column]])
    mine: Any = form.hand_over(None)
    mine[column].array[0] = 99
    same_pandas(form.hand_over(None), numbers()[[column]])


def test_producer_keeps_no_hold() -> None:
    made = numbers()
    form = form_of(made)
    made["n"].array[0] = 99
    made["f"].array[0] = 99
    made.loc[0, "s"] = "changed"
    same_pandas(form.hand_over(None), numbers())


def test_producers_categories_are_copied() -> None:
    categories = np.array([10, 20])
    made = pd.DataFrame({"c": pd.Categorical.from_codes([0, 1], categories=categories)})
    form = form_of(made)
    made["c"].array._ndarray[:] = 0
    assert form.hand_over(None)["c"].tolist() == [10, 20]  # type: ignore[index]


def test_masked_arrays_are_copied() -> None:
    made = pd.DataFrame({"n": pd.array([1, None], dtype="Int64")})
    form = form_of(made)
    made["n"].array[0] = 99
    assert form.hand_over(None)["n"].tolist() == [1, pd.NA]  # type: ignore[index]


def test_indexes_are_copied() -> None:
    values = np.array([1, 2])
    made = pd.DataFrame({"n": [1, 2]}, index=pd.Index(values, copy=False))
    form = form_of(made)
    values[:] = 99
    assert form.hand_over(None).index.tolist() == [1, 2]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "made", [numbers(), pl.from_pandas(numbers()), pa.Table.from_pandas(numbers())]
)
def test_arrow_buffers_cannot_be_written(made: object) -> None:
    form = form_of(made)
    for each in (form, reread(form)):
        table: Any = each.hand_over(pa.Table)
        for column in table.columns:
            for buffer in filter(None, column.chunk(0).buffers()):
                assert not np.frombuffer(buffer, "u1").flags.writeable
        view = table.column("n").chunk(0).to_numpy()
        with pytest.raises(ValueError, match="WRITEABLE"):
            view.flags.writeable = True


def test_lists_in_cells_are_isolated() -> None:
    form = form_of(pd.DataFrame({"l": [[1, 2], [3]], "d": [{"a": [1]}, {"a": [2]}]}))
    mine: Any = form.hand_over(None)
    with pytest.raises(ValueError, match="read-only"):
        mine["l"][0][0] = 99
    mine["d"][0]["a"] = 99
    again: Any = form.hand_over(None)
    assert (again["l"][0].tolist(), list(again["d"][0]["a"])) == ([1, 2], [1])


def test_polars_consumers_are_isolated() -> None:
    form = form_of(pl.DataFrame({"n": [1, 2], "s": ["x", "y"]}))
    mine: Any = form.hand_over(None)
    mine[0, "n"] = 99
    mine.insert_column(0, pl.Series("new", [1, 2]))
    mine.columns = ["a", "b", "c"]
    assert not mine["b"].to_numpy().flags.writeable
    assert_polars_equal(form.hand_over(None), pl.DataFrame({"n": [1, 2], "s": ["x", "y"]}))


def test_polars_and_arrow_are_shared() -> None:
    table = pa.table({"n": pa.array(range(1000))})
    handed: Any = form_of(table).hand_over(None)
    assert (
        handed.column(0).chunk(0).buffers()[1].address
        == table.column(0).chunk(0).buffers()[1].address
    )


# what storing changes


@pytest.mark.parametrize(
    ("frame", "note"),
    [
        (
            numbers().set_index(pd.date_range("2013", periods=2, freq="D")),
            r"loses its frequency \(D\)",
        ),
        (
            pd.DataFrame({"t": pd.Series([0], dtype="datetime64[s]")}),
            r"`t`: timestamp\[s\] becomes timestamp\[ms\]",
        ),
        (pd.DataFrame({"o": pd.Series([1, 2], dtype=object)}), "`o`: object becomes int64"),
        (numbers().set_index(pd.Index([1, 2], name=5)), "names of index levels become text"),
        (type("Special", (pd.DataFrame,), {})({"n": [1]}), "a Special becomes a plain DataFrame"),
    ],
)
def test_changes_are_noted(frame: pd.DataFrame, note: str) -> None:
    assert re.search(note, "\n".join(notes(frame)))


def test_attrs_are_kept_or_noted() -> None:
    frame = numbers()
    frame.attrs = {"source": "paper", "bad": {1, 2}}
    assert form_of(frame).hand_over(None).attrs == {"source": "paper"}  # type: ignore[attr-defined]
    assert notes(frame) == ["attrs: entries that JSON cannot hold are dropped or become plain"]


def test_nothing_is_noted_otherwise() -> None:
    assert notes(numbers()) == []


def test_schema_and_rows_are_described() -> None:
    frame = pd.DataFrame({"n": [1], "c": pd.Categorical(["x"])}, index=pd.Index(["k"], name="id"))
    described = form_of(frame).describe()
    columns = described["dagster/column_schema"].value.columns
    assert [(each.name, each.type) for each in columns] == [
        ("n", "int64"),
        ("c", "categories<string>"),
        ("id", "string"),
    ]
    assert described["dagster/row_count"].value == 1


# what cannot be stored


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "several columns are called `a`"),
        (
            pd.DataFrame([[1, 2]], columns=["a", 7]),
            "column names are text without NUL, these are not: 7",
        ),
        (
            pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([("a", "b")])),
            "column names have 2 levels",
        ),
        (pd.DataFrame({"z": [1j]}), "column `z` cannot be stored"),
        (pd.DataFrame({"mixed": [1, "x"]}), "column `mixed` cannot be stored"),
        (pd.DataFrame({"cut": pd.cut([1, 2, 3], 2)}), "column `cut`.*categories are of type"),
        (pd.DataFrame(index=range(3)), "it has 3 rows but no column"),
        (pa.table([[1], [2]], names=["a", "a"]), "several columns are called `a`"),
        (pa.table({"e": pa.array([{}], pa.struct([]))}), "column `e`"),
        (pa.table({"v": pa.array([[1]], pa.list_view(pa.int8()))}), "column `v`.* list views"),
        (
            pl.DataFrame({"l": pl.Series([["a"]], dtype=pl.List(pl.Categorical))}),
            "column `l`.* categories inside lists",
        ),
        (numbers().rename_axis("a\0"), "the index level 'a.x00' has a NUL in its name"),
        (
            pl.DataFrame({"o": pl.Series([object()], dtype=pl.Object)}),
            r"column `o` \(Object\) would come back as Binary",
        ),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_unstorable_tables_name_the_column(value: object, found: str) -> None:
    with pytest.raises(UnstorableValueError, match=rf"the value of `orders`: (?s:.*){found}"):
        form_of(value)


@pytest.mark.parametrize(
    ("value", "remedy"),
    [
        (pa.chunked_array([[1]]), "pa.table"),
        (object(), "Stored are tables"),
        (pd.Index([1]), r"index\.to_series\(\)"),
        (memoryview(b"bytes"), r"bytes\(value\)"),
    ],
)
def test_other_values_get_a_remedy(value: object, remedy: str) -> None:
    with pytest.raises(UnstorableValueError, match=remedy):
        form_of(value)


def test_damaged_bytes_are_refused() -> None:
    with pytest.raises(CorruptStoreError, match="its file is no table"):
        read_form("arrow", b"PAR1 no PAR1", asked="the value of `orders`")


def test_categories_survive_row_groups() -> None:
    size = 150_000
    values = pd.Categorical.from_codes(np.arange(size) % 3, ["z", "a", "m", "unused"])
    frame = pd.DataFrame({"c": values, "i": pd.Categorical.from_codes(np.arange(size) % 2, [9, 1])})
    pd.testing.assert_frame_equal(reread(form_of(frame)).hand_over(None), frame)  # type: ignore[arg-type]


def test_huge_categories_become_plain() -> None:
    names = [f"{number:0200d}" for number in range(100_000)]
    frame = pd.DataFrame({"c": pd.Categorical(names)})
    form = form_of(frame)
    assert notes(frame) == ["column `c`: categories<string> becomes string"]
    same_pandas(form.hand_over(None), reread(form).hand_over(None))
