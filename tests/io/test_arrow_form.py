"""Tables as Arrow files: the same as from Parquet files, mapped rather than read."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal as assert_polars_equal
from tests.io.tables import (
    REFUSED,
    arrow_array,
    arrow_columns,
    arrow_tables,
    pandas_frames,
    polars_frames,
)

from assetbook.errors import CorruptStoreError, UnstorableValueError
from assetbook.io import arrow_file
from assetbook.io.built_in import built_in_form
from assetbook.io.forms import StoredForm, read_form, suffix_of

MANAGERS = ("io_manager", "arrow")
ASKED = "the value of `orders`"
QUICK = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def form_of(value: object, manager: str = "arrow") -> StoredForm:
    return built_in_form(manager, value, asked=ASKED)


def file_of(form: StoredForm) -> bytes:
    file = io.BytesIO()
    form.write(file)
    return file.getvalue()


def reread(form: StoredForm) -> StoredForm:
    return read_form(form.kind, pa.py_buffer(file_of(form)), asked=ASKED)


def table_of(form: StoredForm) -> Any:
    return form.hand_over(pa.Table)


def same(left: StoredForm, right: StoredForm) -> None:
    """Of two forms: schema, metadata, values (NaN is NaN) and data version."""
    mine, theirs = table_of(left), table_of(right)
    assert mine.schema.equals(theirs.schema, check_metadata=True)
    assert repr(mine.to_pydict()) == repr(theirs.to_pydict())
    assert left.data_version() == right.data_version()


@QUICK
@given(pandas_frames())
def test_pandas_equals_parquet(frame: pd.DataFrame) -> None:
    form, parquet = reread(form_of(frame)), reread(form_of(frame, "io_manager"))
    pd.testing.assert_frame_equal(form.hand_over(None), parquet.hand_over(None))  # type: ignore[arg-type]
    same(form, parquet)


@QUICK
@given(polars_frames())
def test_polars_equals_parquet(frame: pl.DataFrame) -> None:
    form, parquet = reread(form_of(frame)), reread(form_of(frame, "io_manager"))
    assert_polars_equal(form.hand_over(None), frame)
    same(form, parquet)


@QUICK
@given(arrow_tables())
def test_arrow_equals_parquet(table: pa.Table) -> None:
    same(reread(form_of(table)), reread(form_of(table, "io_manager")))


@pytest.mark.parametrize("manager", MANAGERS)
@pytest.mark.parametrize(("kind", "columns"), arrow_columns(7), ids=str)
@settings(max_examples=5, deadline=None)
@given(data=st.data())
def test_each_arrow_type_equals_its_file(
    manager: str, kind: pa.DataType, columns: st.SearchStrategy[list[Any]], data: st.DataObject
) -> None:
    array = arrow_array(data.draw(columns), kind)
    nulls = pa.nulls(3, kind) if not isinstance(kind, pa.BaseExtensionType) else array[:0]
    for part in (array, array[2:5], array[:0], nulls):
        form = form_of(pa.table({"c": part}), manager)
        same(form, reread(form))


@pytest.mark.parametrize("manager", MANAGERS)
@pytest.mark.parametrize("kind", REFUSED, ids=str)
def test_other_types_are_refused(manager: str, kind: pa.DataType) -> None:
    table = pa.table({"odd": pa.chunked_array([], kind)})
    with pytest.raises(UnstorableValueError, match="column `odd`"):
        form_of(table, manager)


@pytest.mark.parametrize(
    "value",
    [
        pd.DataFrame({"n": [1]}),
        pl.DataFrame({"n": [1]}),
        pa.table({"n": [1]}),
        pd.DataFrame(),
        pl.DataFrame(),
        pa.table({}),
        pd.DataFrame({"c": pd.Categorical([], ["z", "a"], ordered=True)}),
    ],
)
def test_data_version_is_parquets(value: object) -> None:
    form = form_of(value)
    assert form.data_version() == form_of(value, "io_manager").data_version()
    assert reread(form).data_version() == form.data_version()


def test_kind_tells_library_and_file() -> None:
    form = form_of(pd.DataFrame({"n": [1]}))
    assert form.kind == reread(form).kind == "pandas+arrow_file"
    assert suffix_of(form.kind) == ".arrow"
    assert isinstance(reread(form).hand_over(None), pd.DataFrame)


def test_plain_values_are_stored_as_by_default() -> None:
    assert form_of({"rows": 3}).kind == "json"


def test_changes_are_noted() -> None:
    form = form_of(pl.LazyFrame({"n": [1]}))
    assert "assetbook/storing_changes" in form.describe()


def test_periods_are_read_in_another_process() -> None:
    frame = pd.DataFrame({"p": pd.period_range("2013-01", periods=3, freq="M")})
    pd.testing.assert_frame_equal(reread(form_of(frame)).hand_over(None), frame)  # type: ignore[arg-type]


# the file


def test_table_lies_over_the_files_memory() -> None:
    data = pa.py_buffer(file_of(form_of(pa.table({"n": pa.array(range(1000))}))))
    column = table_of(read_form("arrow+arrow_file", data, asked=ASKED)).column("n")
    address = column.chunk(0).buffers()[1].address
    assert data.address <= address < data.address + data.size


def test_buffers_cannot_be_written() -> None:
    view = table_of(reread(form_of(pa.table({"n": [1, 2]})))).column("n").chunk(0).to_numpy()
    with pytest.raises(ValueError, match="WRITEABLE"):
        view.flags.writeable = True


def test_part_of_text_is_written_alone() -> None:
    whole = pl.DataFrame({"s": [f"a rather long text {number}" for number in range(10_000)]})
    part = whole.filter(pl.col("s").str.ends_with("77"))
    assert len(file_of(form_of(part))) < 20_000
    assert_polars_equal(reread(form_of(part)).hand_over(None), part)  # type: ignore[arg-type]


def test_small_batches_are_joined() -> None:
    parts = [pa.record_batch({"n": [each], "s": ["x"]}) for each in range(3000)]
    table = table_of(reread(form_of(pa.Table.from_batches(parts))))
    assert (table.num_rows, table.column(0).num_chunks) == (3000, 1)


def test_categories_survive_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrow_file, "ROWS_A_BATCH", 1000)
    codes = np.arange(5000) % 3
    frame = pd.DataFrame({"c": pd.Categorical.from_codes(codes, ["z", "a", "m", "unused"])})
    pd.testing.assert_frame_equal(reread(form_of(frame)).hand_over(None), frame)  # type: ignore[arg-type]


@pytest.mark.parametrize("data", [b"", b"ARROW1\0\0 no ARROW1", b"PAR1"])
def test_damaged_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(CorruptStoreError, match="its file is no table"):
        read_form("arrow+arrow_file", data, asked=ASKED)
