"""Tables in their files: lazily where asked so, and the same as from memory."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from hypothesis import HealthCheck, given, settings
from polars.testing import assert_frame_equal as assert_polars_equal
from tests.io.stored import form_of
from tests.io.tables import arrow_tables, pandas_frames, polars_frames

from assetbook.errors import CorruptStoreError, UsageError
from assetbook.io import table_file_form
from assetbook.io.table_file_form import TableFileForm
from assetbook.io.value_files import ValueFiles
from assetbook.keys import AssetKey

QUICK = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.function_scoped_fixture,
    ],
)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> ValueFiles:
    return ValueFiles(tmp_path_factory.mktemp("values"))


_runs = iter(range(10**6))


def filed(files: ValueFiles, value: object) -> TableFileForm:
    reference = files.write(form_of(value), key=AssetKey("orders"), run_id=f"r{next(_runs)}")
    form = files.open(reference)
    assert isinstance(form, TableFileForm)
    return form


def lazily_the_same(files: ValueFiles, value: object) -> None:
    form, memory = filed(files, value), form_of(value)
    try:
        frame: Any = memory.hand_over(pl.DataFrame)
    except UsageError:  # it has decimals that polars does not know
        with pytest.raises(UsageError, match="polars does not take it"):
            form.hand_over(pl.LazyFrame)
    else:
        assert_polars_equal(form.hand_over(pl.LazyFrame).collect(), frame)  # type: ignore[attr-defined]
    table: Any = memory.hand_over(pa.Table)
    for read in (
        form.hand_over(pa.RecordBatchReader).read_all(),  # type: ignore[attr-defined]
        form.hand_over(ds.Dataset).to_table(),  # type: ignore[attr-defined]
    ):
        assert read.schema.equals(table.schema)
        assert (
            form_of(read.replace_schema_metadata(None)).data_version()
            == form_of(table.replace_schema_metadata(None)).data_version()
        )
    assert form.data_version() == memory.data_version()


@QUICK
@given(arrow_tables())
def test_arrow_is_lazily_the_same(files: ValueFiles, table: pa.Table) -> None:
    lazily_the_same(files, table)


def test_equal_keys_of_a_map_are_lazily_the_same(files: ValueFiles) -> None:
    kind = pa.map_(pa.string(), pa.int64())
    lazily_the_same(files, pa.table({"m": pa.array([[("", 1), ("", 2)]], kind)}))


@QUICK
@given(polars_frames())
def test_polars_is_lazily_the_same(files: ValueFiles, frame: pl.DataFrame) -> None:
    lazily_the_same(files, frame)


@QUICK
@given(pandas_frames())
def test_pandas_is_lazily_the_same(files: ValueFiles, frame: pd.DataFrame) -> None:
    lazily_the_same(files, frame)


def numbers() -> pl.DataFrame:
    return pl.DataFrame({"n": range(1000), "m": range(1000), "s": ["x"] * 1000})


def test_lazy_frames_read_what_they_need(files: ValueFiles) -> None:
    lazy: Any = filed(files, numbers()).hand_over(pl.LazyFrame)
    plan = lazy.filter(pl.col("n") > 997).select("n").explain()
    assert "Parquet SCAN" in plan
    assert "PROJECT 1/3 COLUMNS" in plan and "SELECTION" in plan
    assert lazy.filter(pl.col("n") > 997).select("n").collect()["n"].to_list() == [998, 999]


def test_relations_read_the_file(files: ValueFiles) -> None:
    relation: Any = filed(files, numbers()).hand_over(duckdb.DuckDBPyRelation)
    assert "PARQUET_SCAN" in relation.filter("n > 997").explain().upper()
    assert relation.filter("n > 997").sum("n").fetchall() == [(1997,)]


def test_datasets_read_the_file(files: ValueFiles) -> None:
    dataset: Any = filed(files, numbers()).hand_over(ds.Dataset)
    assert isinstance(dataset, ds.FileSystemDataset)
    assert dataset.to_table(columns=["n"], filter=ds.field("n") > 998).to_pydict() == {"n": [999]}


def test_categories_of_numbers_come_from_memory(files: ValueFiles) -> None:
    frame = pd.DataFrame({"c": pd.Categorical([3, 1, 3])})
    dataset: Any = filed(files, frame).hand_over(ds.Dataset)
    assert isinstance(dataset, ds.InMemoryDataset)


def test_a_pattern_in_the_path_is_none(tmp_path: Path) -> None:
    files = ValueFiles(tmp_path / "a[1]*" / "day=3")
    form = filed(files, numbers())
    assert form.hand_over(pl.LazyFrame).collect().columns == ["n", "m", "s"]  # type: ignore[attr-defined]
    assert form.hand_over(duckdb.DuckDBPyRelation).columns == ["n", "m", "s"]  # type: ignore[attr-defined]


def test_small_tables_are_kept(files: ValueFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    form = filed(files, numbers().to_arrow())
    first: Any = form.hand_over(pa.Table)
    assert form.hand_over(pa.Table) is first
    assert form.size > 1000
    monkeypatch.setattr(table_file_form, "LARGEST_REMEMBERED", 100)
    large = filed(files, numbers().to_arrow())
    assert large.hand_over(pa.Table) is not large.hand_over(pa.Table)
    assert large.size == 0


def test_consumers_are_isolated(files: ValueFiles) -> None:
    form = filed(files, pd.DataFrame({"n": [1, 2]}))
    mine: Any = form.hand_over(None)
    mine.loc[0, "n"] = 99
    mine["n"].array[1] = 99
    assert form.hand_over(None)["n"].tolist() == [1, 2]  # type: ignore[index]


def test_a_file_gone_meanwhile_is_said(files: ValueFiles) -> None:
    form = filed(files, numbers())
    form.file.path.unlink()
    with pytest.raises(CorruptStoreError, match="its file is gone"):
        form.hand_over(None)


def test_what_polars_does_not_take_is_told(files: ValueFiles) -> None:
    instant = pa.array([None, datetime(2026, 3, 1, tzinfo=UTC)], pa.timestamp("us", "+05:30"))
    form = filed(files, pa.table({"x": instant}))
    for wanted in (pl.LazyFrame, pl.DataFrame):
        with pytest.raises(UsageError, match=r"polars does not take it: .*time zone"):
            form.hand_over(wanted)


def test_wide_decimals_are_refused_before_anything_is_read(files: ValueFiles) -> None:
    kind = pa.decimal256(50, 2)
    form = filed(files, pa.table({"": pa.array([Decimal("1.25")], kind)}))
    with pytest.raises(UsageError, match="polars does not take it"):
        form.hand_over(pl.LazyFrame)
