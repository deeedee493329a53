"""Two tables compared: rows by key and as multisets, cells of every type, distributions."""

from __future__ import annotations

import datetime as dt
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.io.compared import (
    arrow,
    column,
    compared,
    counts,
    frame,
    naive_by_key,
    naive_multisets,
    rows_of,
)

from assetbook.errors import SelectionError
from assetbook.io import differing_rows
from assetbook.io.comparison import CellChange

NAN = float("nan")
ORDERS = frame(order_id=[1, 2, 3], amount=[10.0, 20.0, 30.0], store=["a", "b", "a"])


def test_rows_are_matched_by_key(tmp_path: Path) -> None:
    after = frame(order_id=[4, 3, 1], amount=[40.0, 31.0, 10.0], store=["b", "a", "a"])
    found = compared(tmp_path, ORDERS, after)
    assert counts(found) == (1, 1, 1)
    assert found.key.columns == ("order_id",)
    assert column(found, "amount").changed == 1
    assert column(found, "store").changed == 0
    assert found.examples == (CellChange((3,), "amount", 30.0, 31.0),)
    assert found.added_examples == ({"order_id": 4, "amount": 40.0, "store": "b"},)
    assert found.removed_examples == ({"order_id": 2, "amount": 20.0, "store": "b"},)


def test_the_same_rows_in_another_order_differ_in_none(tmp_path: Path) -> None:
    found = compared(tmp_path, ORDERS, ORDERS.iloc[::-1].reset_index(drop=True))
    assert found.same_rows
    assert found.same_schema


def test_differing_rows_come_with_their_types(tmp_path: Path) -> None:
    after = frame(order_id=[1, 2, 5], amount=[10.0, 21.0, 50.0], store=["a", "b", "c"])
    found = compared(tmp_path, ORDERS, after)
    assert rows_of(tmp_path, found, "added") == [{"order_id": 5, "amount": 50.0, "store": "c"}]
    assert rows_of(tmp_path, found, "changed") == [
        {"order_id": 2, "amount before": 20.0, "amount after": 21.0}
    ]
    assert rows_of(tmp_path, found, "removed", limit=0) == []


def test_rows_without_key_are_multisets(tmp_path: Path) -> None:
    before = frame(store=["a", "a", "a", "b"], amount=[1.0, 1.0, 2.0, 3.0])
    after = frame(store=["a", "a", "b", "b"], amount=[1.0, 2.0, 3.0, 3.0])
    found = compared(tmp_path, before, after)
    assert found.key.columns == ()
    assert counts(found) == (1, 1, None)
    assert rows_of(tmp_path, found, "removed") == [{"store": "a", "amount": 1.0}]
    assert rows_of(tmp_path, found, "added") == [{"store": "b", "amount": 3.0}]


def test_columns_that_came_went_and_changed_type(tmp_path: Path) -> None:
    after = frame(order_id=[1, 2, 3], amount=["10", "20", "30"], city=["x", "y", "z"])
    found = compared(tmp_path, ORDERS, after)
    changes = {each.name: each.schema_change for each in found.columns}
    assert changes == {"order_id": "", "amount": "type", "city": "added", "store": "removed"}
    assert found.same_rows
    assert not found.same_schema
    assert found.notes == (
        "not compared cell by cell, since their types cannot be equal: `amount`",
    )


D = Decimal
BERLIN = pa.timestamp("us", "Europe/Berlin")
NOON = dt.datetime(2026, 11, 25, 12)


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        (pa.int8(), 1, 2),
        (pa.uint64(), 2**64 - 1, 2**64 - 2),
        (pa.float32(), 0.5, 0.25),
        (pa.float64(), 0.1 + 0.2, 0.3),
        (pa.float64(), NAN, 0.0),
        (pa.decimal128(38, 2), D("1.10"), D("1.11")),
        (pa.decimal256(60, 2), D(f"{10**40}.01"), D(f"{10**40}.02")),
        (pa.string(), "straße", "strasse"),
        (pa.string(), "", None),
        (pa.large_binary(), b"\x00", b"\xff"),
        (pa.bool_(), True, False),
        (pa.date32(), dt.date(2026, 1, 1), dt.date(2026, 1, 2)),
        (pa.time64("us"), dt.time(1, 2, 3), dt.time(1, 2, 4)),
        (pa.timestamp("us"), NOON, NOON.replace(microsecond=1)),
        (pa.timestamp("ns"), pd.Timestamp("2026-01-01"), pd.Timestamp(1767225600000000001)),
        (pa.timestamp("ns", "UTC"), pd.Timestamp(0, tz="UTC"), pd.Timestamp(1, tz="UTC")),
        (BERLIN, NOON.replace(tzinfo=dt.UTC), NOON.replace(tzinfo=dt.UTC, hour=13)),
        (pa.duration("us"), dt.timedelta(1), dt.timedelta(2)),
        (pa.list_(pa.int64()), [1, None], [1, 2]),
        (pa.list_(pa.float64(), 2), [1.0, NAN], [1.0, 2.0]),
        (pa.struct([("a", pa.int64())]), {"a": 1}, {"a": None}),
        (pa.map_(pa.string(), pa.int64()), [("a", 1)], [("a", 2)]),
        (pa.dictionary(pa.int32(), pa.string()), "x", "y"),
    ],
    ids=str,
)
def test_cells_of_every_type_are_compared_exactly(
    tmp_path: Path, kind: pa.DataType, old: Any, new: Any
) -> None:
    ids = ([1, 2, 3], pa.int64())
    before = arrow(id=ids, cell=([old, None, old], kind))
    after = arrow(id=ids, cell=([old, None, new], kind))
    found = compared(tmp_path, before, after, "id")
    assert column(found, "cell").changed == 1
    assert compared(tmp_path, before, before, "id").same_rows
    assert [each.key for each in found.examples] == [(3,)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (pa.int32(), pa.int64()),
        (pa.int64(), pa.uint64()),
        (pa.int64(), pa.float64()),
        (pa.float32(), pa.float64()),
        (pa.int64(), pa.decimal128(22, 2)),
        (pa.decimal128(22, 2), pa.decimal128(24, 4)),
        (pa.decimal128(22, 2), pa.float64()),
    ],
    ids=str,
)
def test_numbers_of_other_types_are_compared(
    tmp_path: Path, before: pa.DataType, after: pa.DataType
) -> None:
    ids = pa.array([1, 2, 3])
    values = pa.array([5, 6, 7])
    other = pa.array([5, 6, 8])
    found = compared(
        tmp_path,
        pa.table({"id": ids, "n": values.cast(before)}),
        pa.table({"id": ids, "n": other.cast(after)}),
    )
    assert column(found, "n").schema_change == "type"
    assert column(found, "n").changed == 1


def test_instants_of_other_units_are_compared(tmp_path: Path) -> None:
    at = [NOON, NOON, dt.datetime(9000, 1, 1)]
    before = arrow(id=([1, 2, 3], pa.int8()), at=(at, pa.timestamp("us")))
    ns = [pd.Timestamp(NOON), pd.Timestamp(NOON) + pd.Timedelta(1, "ns"), pd.Timestamp(0)]
    after = arrow(id=([1, 2, 3], pa.int8()), at=(ns, pa.timestamp("ns")))
    assert column(compared(tmp_path, before, after), "at").changed == 2


def test_text_and_categories_are_compared(tmp_path: Path) -> None:
    after = ORDERS.assign(store=pd.Categorical(["a", "b", "c"], categories=["c", "b", "a"]))
    found = column(compared(tmp_path, ORDERS, after), "store")
    assert (found.type_before, found.type_after) == ("string", "categories<string>")
    assert found.changed == 1


def test_minus_zero_is_zero(tmp_path: Path) -> None:
    before, after = frame(id=[1], x=[0.0]), frame(id=[1], x=[-0.0])
    assert compared(tmp_path, before, after, "id").same_rows


@pytest.mark.parametrize("name", ['quo"te', "it's", "größe 🚀", "a.b", "file_row_number", "rn", ""])
def test_names_of_columns_may_be_any_text(tmp_path: Path, name: str) -> None:
    before = pa.table({"id": [1, 2], name: [1, 2], "ID": ["x", "y"]})
    after = pa.table({"id": [1, 2], name: [1, 3], "ID": ["x", "z"]})
    found = compared(tmp_path, before, after, "id")
    assert (column(found, name).changed, column(found, "ID").changed) == (1, 1)
    assert rows_of(tmp_path, found, "changed")[0][f"{name} after"] == 3


def test_empty_tables_are_compared(tmp_path: Path) -> None:
    none = ORDERS.iloc[:0]
    assert counts(compared(tmp_path, none, none)) == (0, 0, None)
    assert counts(compared(tmp_path, none, ORDERS))[:2] == (3, 0)
    assert counts(compared(tmp_path, ORDERS, none))[:2] == (0, 3)


def test_tables_without_a_column_in_common_are_compared(tmp_path: Path) -> None:
    found = compared(tmp_path, frame(a=[1, 2]), frame(b=[1]))
    assert counts(found)[:2] == (1, 2)


def test_nulls_in_a_key_are_a_value(tmp_path: Path) -> None:
    before = pl.DataFrame({"id": [1, None], "x": [1, 2]})
    after = pl.DataFrame({"id": [None, 1], "x": [3, 1]})
    found = compared(tmp_path, before, after, "id")
    assert counts(found) == (0, 0, 1)
    assert found.examples == (CellChange((None,), "x", 2, 3),)


def test_a_stated_key_must_be_unique(tmp_path: Path) -> None:
    with pytest.raises(SelectionError, match="first table 1 rows have a key that another row has"):
        compared(tmp_path, ORDERS, ORDERS, "store")


def test_a_stated_key_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SelectionError, match="Did you mean `order_id`"):
        compared(tmp_path, ORDERS, ORDERS, "order_ids")


def test_a_few_rows_that_went_or_came_are_shown_whole(tmp_path: Path) -> None:
    after = frame(order_id=range(10), amount=1.0, store="s")
    found = compared(tmp_path, ORDERS, after)
    assert len(found.added_examples) == 5
    assert len(rows_of(tmp_path, found, "added", limit=2)) == 2


def test_files_of_several_row_groups_are_read(tmp_path: Path) -> None:
    size = 300_000
    before = frame(id=np.arange(size), x=np.arange(size) % 7)
    after = before.assign(x=before["x"].where(before["id"] % 100_000 != 1, -1))[::-1]
    found = compared(tmp_path, before, after.reset_index(drop=True))
    assert counts(found) == (0, 0, 3)
    assert [row["id"] for row in rows_of(tmp_path, found, "changed")] == [1, 100_001, 200_001]


def test_many_changed_rows_are_counted_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    after = frame(order_id=[4, 3, 1], amount=[40.0, 31.0, NAN], store=["b", "a", "c"])
    found = compared(tmp_path, ORDERS, after)
    monkeypatch.setattr(differing_rows, "_MANY", 0)
    assert compared(tmp_path, ORDERS, after) == found
    assert column(found, "amount").changed == 2


FLOATS = st.one_of(st.none(), st.floats(width=32), st.sampled_from([0.0, NAN, float("inf")]))
CELLS = st.fixed_dictionaries(
    {
        "flag": st.one_of(st.none(), st.booleans()),
        "x": FLOATS,
        "text": st.one_of(st.none(), st.sampled_from(["", "a", "é", "a\x00b"])),
        "parts": st.one_of(st.none(), st.lists(st.integers(0, 2), max_size=2)),
    }
)
KEYED = st.dictionaries(st.integers(0, 6), CELLS, max_size=6).map(
    lambda found: [{"id": key, **cells} for key, cells in found.items()]
)
SCHEMA = pa.schema(
    [
        ("id", pa.int64()),
        ("flag", pa.bool_()),
        ("x", pa.float64()),
        ("text", pa.string()),
        ("parts", pa.list_(pa.int64())),
    ]
)
UNKEYED = pa.schema([SCHEMA.field("flag"), SCHEMA.field("x"), SCHEMA.field("text")])


@settings(max_examples=25, deadline=None)
@given(before=KEYED, after=KEYED)
def test_by_key_it_agrees_with_plain_python(
    before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        tables = [pa.Table.from_pylist(rows, SCHEMA) for rows in (before, after)]
        found = compared(Path(folder), *tables, "id")
    added, removed, cells, changed = naive_by_key(before, after, "id")
    assert counts(found) == (added, removed, changed)
    assert {each.name: each.changed for each in found.columns if each.changed} == dict(cells)


@settings(max_examples=25, deadline=None)
@given(before=st.lists(CELLS, max_size=6), after=st.lists(CELLS, max_size=6))
def test_without_key_it_agrees_with_plain_python(
    before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> None:
    rows = [
        [{name: row[name] for name in ("flag", "x", "text")} for row in side] * 2
        for side in (before, after)
    ]
    with tempfile.TemporaryDirectory() as folder:
        tables = [pa.Table.from_pylist(side, UNKEYED) for side in rows]
        found = compared(Path(folder), *tables)
    expected = naive_multisets(*rows)
    if found.key.columns:  # one side is empty
        assert not all(rows)
    assert (found.added, found.removed) == expected
