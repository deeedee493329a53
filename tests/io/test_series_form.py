"""Series in stored form: values, index and name come back, in either library."""

from __future__ import annotations

from typing import Any

import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_series_equal as assert_polars_equal
from tests.io.stored import content, form_of, handed, notes, reread
from tests.io.tables import pandas_frames, polars_frames

from assetbook.errors import CorruptStoreError, UnstorableValueError, UsageError
from assetbook.io.forms import read_form

NAMES = st.none() | st.text(st.characters(exclude_categories=("Cs",)), max_size=4) | st.integers()
QUICK = settings(max_examples=60, deadline=None)


@QUICK
@given(pandas_frames().filter(lambda frame: frame.shape[1] > 0), NAMES)
def test_pandas_memory_equals_file(frame: pd.DataFrame, name: Any) -> None:
    series = frame.iloc[:, 0].rename(name)
    form = form_of(series)
    mine: Any = form.hand_over(None)
    pd.testing.assert_series_equal(mine, reread(form).hand_over(None), check_freq=True)  # type: ignore[call-overload]
    assert form.data_version() == reread(form).data_version()
    assert mine.name == name or (name is None and mine.name is None)
    if not notes(series):
        pd.testing.assert_series_equal(mine, series)


@QUICK
@given(polars_frames().filter(lambda frame: frame.width > 0))
def test_polars_memory_equals_file(frame: pl.DataFrame) -> None:
    series = frame.to_series(0)
    form = form_of(series)
    assert_polars_equal(form.hand_over(None), reread(form).hand_over(None))  # type: ignore[arg-type]
    assert_polars_equal(form.hand_over(None), series)  # type: ignore[arg-type]
    assert form.data_version() == reread(form).data_version()


def test_index_and_name_come_back() -> None:
    series = pd.Series([1.5, 2.5], index=pd.Index(["x", "y"], name="key"), name=("a", 1))
    pd.testing.assert_series_equal(handed(series), series)


def test_name_is_content() -> None:
    versions = {form_of(pd.Series([1], name=name)).data_version() for name in ("a", "b", None, 3)}
    assert len(versions) == 4


def test_each_consumer_has_its_own() -> None:
    made = pd.Series([1, 2, 3])
    form = form_of(made)
    made.array[0] = 99
    mine: Any = form.hand_over(None)
    mine.array[1] = 99
    assert form.hand_over(None).tolist() == [1, 2, 3]  # type: ignore[attr-defined]


def test_series_cross_libraries() -> None:
    other = handed(pd.Series([1, 2], name="n"), pl.Series)
    assert_polars_equal(other, pl.Series("n", [1, 2]))
    back = handed(pl.Series("n", [1, 2]), pd.Series)
    pd.testing.assert_series_equal(back, pd.Series([1, 2], name="n"))


def test_series_arrives_as_a_table() -> None:
    assert handed(pl.Series("n", [1, 2]), pl.DataFrame).rows() == [(1,), (2,)]


def test_length_and_type_are_described() -> None:
    described = form_of(pd.Series([1, 2], name="n")).describe()
    assert described["dagster/row_count"].value == 2
    assert described["dagster/column_schema"].value.columns[0].type == "int64"


def test_other_annotations_are_refused() -> None:
    with pytest.raises(UsageError, match="the value as dict: it is a table"):
        handed(pd.Series([1]), dict)


def test_mixed_objects_are_refused() -> None:
    with pytest.raises(UnstorableValueError, match="column `values` cannot be stored"):
        form_of(pd.Series([1, "x"]))


def test_a_table_is_no_series() -> None:
    data = content(form_of(pd.DataFrame({"n": [1]})))
    with pytest.raises(CorruptStoreError, match="but no series"):
        read_form("pandas-series", data, asked="it")
