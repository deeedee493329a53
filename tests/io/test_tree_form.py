"""Lists, tuples and dicts of tables, arrays, series and bytes: one file, members as themselves."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.io.stored import content, form_of, handed, notes, reread

from assetbook.errors import AssetbookError, CorruptStoreError, UnstorableValueError, UsageError
from assetbook.io.forms import read_form

LEAVES = (
    st.none()
    | st.integers()
    | st.text(max_size=3)
    | st.binary(max_size=3)
    | st.binary(max_size=3).map(bytearray)
    | st.lists(st.integers(0, 9), max_size=3).map(lambda each: np.array(each, "i4"))
    | st.lists(st.integers(0, 9), max_size=3).map(lambda each: pl.DataFrame({"n": each}))
    | st.lists(st.integers(0, 9), max_size=3).map(lambda each: pa.table({"n": each}))
    | st.lists(st.floats(), max_size=3).map(lambda each: pd.Series(each, dtype=float, name="f"))
    | st.lists(st.text(max_size=2), max_size=3).map(lambda s: pd.DataFrame({"s": s}, dtype="str"))
)
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=3) | st.just("$member"), inner, max_size=3)
    ),
    max_leaves=8,
).filter(lambda value: isinstance(value, list | tuple | dict))


def spelled(value: Any) -> Any:
    if isinstance(value, dict):
        return "dict", [(key, spelled(each)) for key, each in value.items()]
    if isinstance(value, list | tuple):
        return type(value).__name__, [spelled(each) for each in value]
    if isinstance(value, pa.Table):
        return "Table", value.to_pydict()
    content = value.tobytes() if isinstance(value, np.ndarray) else repr(value)
    return type(value).__name__, content


@settings(max_examples=100, deadline=None)
@given(TREES)
def test_trees_come_back(value: Any) -> None:
    form = form_of(value)
    back = reread(form)
    assert spelled(form.hand_over(None)) == spelled(back.hand_over(None)) == spelled(value)
    assert form.data_version() == back.data_version()
    assert content(form) == content(back)


@settings(max_examples=60, deadline=None)
@given(TREES, TREES)
def test_other_trees_have_other_versions(one: Any, other: Any) -> None:
    same = spelled(one) == spelled(other)
    assert (form_of(one).data_version() == form_of(other).data_version()) is same


def split() -> dict[str, Any]:
    return {"train": pd.DataFrame({"n": [1, 2]}), "weights": [np.array([0.5, 0.5])], "of": "x"}


def test_plain_trees_stay_text() -> None:
    assert form_of({"a": [1, (2, None)]}).kind == "json"
    assert form_of(split()).kind == "tree"


def test_each_consumer_has_its_own() -> None:
    form = form_of(split())
    mine: Any = form.hand_over(None)
    mine["train"].loc[0, "n"] = 99
    mine["weights"][0][0] = 99
    mine["weights"].append(1)
    assert spelled(form.hand_over(None)) == spelled(split())


def test_members_are_files_of_their_own() -> None:
    with zipfile.ZipFile(io.BytesIO(content(form_of(split())))) as archive:
        assert archive.namelist() == ["tree.json", "members.json", "0", "1"]
        frame = pd.read_parquet(io.BytesIO(archive.read("0")))
        assert np.load(io.BytesIO(archive.read("1"))).tolist() == [0.5, 0.5]
    assert frame["n"].tolist() == [1, 2]


def test_members_are_described() -> None:
    assert form_of(split()).describe()["assetbook/members"].value == {
        "['train']": {"kind": "pandas", "row_count": 2},
        "['weights'][0]": {"kind": "numpy", "shape": "2", "dtype": "float64"},
    }


def test_what_changes_names_the_member() -> None:
    value = {"t": pd.DataFrame({"o": pd.Series([1], dtype=object)})}
    assert notes(value) == ["['t']: column `o`: object becomes int64"]


def test_annotations_are_checked() -> None:
    assert handed(split(), dict[str, object]).keys() == split().keys()
    with pytest.raises(UsageError, match="the value as list: it is stored as a dict of tables"):
        handed(split(), list)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"a": [pd.DataFrame({"n": [1, "x"]})]}, r"`orders`, `value\['a'\]\[0\]`: column `n`"),
        ([np.array([object()])], r"`orders`, `value\[0\]`: it is an array of object"),
        ({"a": np.zeros(1), "b": {1}}, r"`value\['b'\]` is a builtins.set"),
    ],
)
def test_the_part_at_fault_is_named(value: object, found: str) -> None:
    with pytest.raises(UnstorableValueError, match=found):
        form_of(value)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damage_is_no_other_error(data: st.DataObject) -> None:
    good = content(form_of(split()))
    at = data.draw(st.integers(0, len(good) - 1))
    bad = bytearray(good)
    bad[at] ^= 1 << data.draw(st.integers(0, 7))
    try:
        found = read_form("tree", bytes(bad), asked="the value of `orders`").hand_over(None)
    except AssetbookError as error:
        assert isinstance(error, CorruptStoreError)
    else:
        assert spelled(found) == spelled(split())


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 no archive", b"x" * 100])
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(CorruptStoreError, match="no archive of values"):
        read_form("tree", data, asked="the value of `orders`")
