"""Data versions: the same for the same content in any layout, another one for other content."""

from __future__ import annotations

import random
import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.io.tables import arrow_tables, made_anew, pandas_frames, polars_frames

from assetbook.io.data_version import table_data_version
from assetbook.io.forms import stored_form

QUICK = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def version(value: object) -> str:
    return stored_form(value, asked="it").data_version()


def column(*chunks: Any, kind: pa.DataType | None = None) -> str:
    arrays = [each if isinstance(each, pa.Array) else pa.array(each, kind) for each in chunks]
    return version(pa.table({"c": pa.chunked_array(arrays)}))


def test_version_names_its_algorithm() -> None:
    assert version(pd.DataFrame({"n": [1]})).startswith("xxh3_128/1:")


def test_version_is_fixed_for_ever() -> None:
    table = pa.table({"n": [1, None], "s": ["é", "b"], "l": [[1.5], []]})
    assert version(table) == "xxh3_128/1:aad28f894e2589b7bad4cb6ff22537d2"


@QUICK
@given(arrow_tables(), st.data())
def test_chunks_leave_no_trace(table: pa.Table, data: st.DataObject) -> None:
    form = stored_form(table, asked="it")
    whole: Any = form.hand_over(pa.Table)
    assume(whole.num_rows)
    cut = data.draw(st.integers(0, whole.num_rows))
    pieces = pa.concat_tables([whole.slice(0, cut), whole.slice(cut)])
    assert table_data_version(pieces) == form.data_version()
    assert table_data_version(whole.combine_chunks()) == form.data_version()


@QUICK
@given(arrow_tables(), st.data())
def test_slices_leave_no_trace(table: pa.Table, data: st.DataObject) -> None:
    # categories that have an order are content, also those that no row of the slice has
    assume(not any(pa.types.is_dictionary(kind) and kind.ordered for kind in table.schema.types))
    start = data.draw(st.integers(0, table.num_rows))
    part = table.slice(start)
    # rebuilt from Python values, nothing of the whole is left
    rebuilt = pa.table([made_anew(each) for each in part.columns], schema=part.schema)
    assert version(part) == version(rebuilt)


@QUICK
@given(st.one_of(pandas_frames(), polars_frames(), arrow_tables()), st.data())
def test_any_changed_cell_changes_it(value: Any, data: st.DataObject) -> None:
    table: Any = stored_form(value, asked="it").hand_over(pa.Table)
    assume(table.num_rows and table.num_columns)
    at = data.draw(st.integers(0, table.num_columns - 1))
    row, other = (data.draw(st.integers(0, table.num_rows - 1)) for _ in range(2))
    cells = table.column(at)
    changed = data.draw(st.sampled_from(["null", "copy"]))
    replaced = pa.nulls(1, cells.type) if changed == "null" else cells.slice(other, 1)
    pieces = pa.concat_tables(
        [table.slice(0, row), _with(table.slice(row, 1), at, replaced), table.slice(row + 1)]
    )
    same = repr(cells[row].as_py()) == repr(pieces.column(at)[row].as_py())
    assert (table_data_version(pieces) == table_data_version(table)) is same


def _with(row: pa.Table, at: int, cell: Any) -> pa.Table:
    return row.set_column(at, row.schema.field(at), cell)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([0.0], [-0.0]),
        ([1], [1.0]),
        ([None], [float("nan")]),
        (["ab", "c"], ["a", "bc"]),
        (["", None], [None, ""]),
        ([[1], [2]], [[1, 2], []]),
        ([[], None], [None, []]),
        ([True, False], [False, True]),
        ([b"a"], ["a"]),
        ([{"a": None}], [None]),
        ([{"a": 1}], [{"b": 1}]),
        ([1, 2], [2, 1]),
        ([1], [1, None]),
    ],
)
def test_different_content_differs(one: list[Any], other: list[Any]) -> None:
    left, right = pa.array(one), pa.array(other, pa.float64() if other == [1.0] else None)
    if one == [None]:
        left = pa.array(one, pa.float64())
    assert column(left) != column(right)


def test_names_and_order_of_columns_count() -> None:
    versions = {
        version(pa.table({"a": [1], "b": [2]})),
        version(pa.table({"b": [2], "a": [1]})),
        version(pa.table({"a": [2], "b": [1]})),
        version(pa.table({"ab": [1], "": [2]})),
    }
    assert len(versions) == 4


def test_encodings_of_text_do_not_count() -> None:
    plain = pa.array(["a", None, "ü"])
    kinds = [pa.string(), pa.large_string(), pa.string_view()]
    assert len({column(plain.cast(kind)) for kind in kinds}) == 1


def test_encodings_of_lists_do_not_count() -> None:
    values = [[1, None], None, []]
    kinds = [pa.list_(pa.int8()), pa.large_list(pa.int8())]
    assert len({column(pa.array(values, kind)) for kind in kinds}) == 1


def test_order_of_encoding_does_not_count() -> None:
    one = pa.DictionaryArray.from_arrays(pa.array([0, 1], pa.int8()), ["a", "b"])
    other = pa.DictionaryArray.from_arrays(pa.array([2, 0], pa.int32()), ["b", "unused", "a"])
    assert column(one) == column(other)
    assert column(one) == column(one.slice(0, 1), one.slice(1))


def test_pandas_categories_count() -> None:
    frames = [
        pd.DataFrame({"c": pd.Categorical(["a", "b"], categories, ordered=ordered)})
        for categories in (["a", "b"], ["b", "a"], ["a", "b", "c"])
        for ordered in (True, False)
    ]
    assert len({version(frame) for frame in [*frames, pd.DataFrame({"c": ["a", "b"]})]}) == 7


def test_polars_categories_do_not_depend_on_history() -> None:
    program = (
        "import polars as pl; from assetbook.io.forms import stored_form\n"
        "{before}\n"
        "frame = pl.DataFrame({{'c': pl.Series(['x', 'y'], dtype=pl.Categorical)}})\n"
        "print(stored_form(frame, asked='it').data_version())"
    )
    before = "kept = pl.Series(['y', 'q', 'x'], dtype=pl.Categorical)"
    versions = [
        subprocess.run(
            [sys.executable, "-c", program.format(before=each)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for each in ("", before)
    ]
    assert versions[0] == versions[1]


def test_garbage_under_nulls_does_not_count() -> None:
    valid = pa.array([True, False]).buffers()[1]
    columns = []
    for hidden in (7, 8):
        values = pa.py_buffer(np.array([1, hidden], "i8").tobytes())
        columns.append(pa.Array.from_buffers(pa.int64(), 2, [valid, values]))
    assert column(columns[0]) == column(columns[1]) == column([1, None])


def test_text_under_nulls_does_not_count() -> None:
    valid = pa.array([True, False, True]).buffers()[1]
    offsets = pa.py_buffer(np.array([0, 1, 3, 4], "i4").tobytes())
    hidden = pa.Array.from_buffers(pa.string(), 3, [valid, offsets, pa.py_buffer(b"aXYb")])
    assert column(hidden) == column(["a", None, "b"])


def test_every_nan_is_one() -> None:
    payloads = np.array([0x7FF8000000000000, 0x7FF8000000000001, 0xFFF8000000000000], "u8")
    versions = {column(pa.array(np.array([each]).view("f8"))) for each in payloads}
    assert len(versions) == 1


def test_libraries_do_not_count() -> None:
    frame = pd.DataFrame({"n": [1, 2], "x": [0.5, 1.5], "s": ["a", "b"], "b": [True, False]})
    assert version(frame) == version(pl.from_pandas(frame)) == version(pa.Table.from_pandas(frame))


def test_versions_of_libraries_do_not_count() -> None:
    table = pa.Table.from_pandas(pd.DataFrame({"n": [1]}))
    text = table.schema.metadata[b"pandas"].replace(pd.__version__.encode(), b"9.9")
    assert text != table.schema.metadata[b"pandas"]
    assert version(table) == version(table.replace_schema_metadata({b"pandas": text}))


@pytest.mark.parametrize(
    "change",
    [
        lambda frame: frame.set_index(pd.Index([5, 6])),
        lambda frame: frame.rename_axis("id"),
        lambda frame: frame.rename_axis(columns="field"),
        lambda frame: frame.set_index(pd.RangeIndex(1, 3)),
        lambda frame: frame.astype("Int64"),
        lambda frame: frame.astype("int64[pyarrow]"),
        lambda frame: frame.astype("int32"),
    ],
)
def test_what_pandas_shows_counts(change: Any) -> None:
    frame = pd.DataFrame({"n": [1, 2]})
    assert version(change(frame)) != version(frame)


def test_attrs_count() -> None:
    frame = pd.DataFrame({"n": [1]})
    frame.attrs = {"unit": "m"}
    assert version(frame) != version(pd.DataFrame({"n": [1]}))


def test_each_bit_of_numbers_counts() -> None:
    values = np.arange(1000, dtype="u8")
    before = column(pa.array(values))
    generator = random.Random(7)
    for _ in range(50):
        changed = values.copy()
        changed[generator.randrange(1000)] ^= np.uint64(1 << generator.randrange(64))
        assert column(pa.array(changed)) != before
