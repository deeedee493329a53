"""Floats may differ in their last digits; all else has to be equal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from assetbook.io.closeness import (
    Closeness,
    closeness_of_arrays,
    closeness_of_plain,
)
from assetbook.io.parquet_file import write_plain
from assetbook.io.table_closeness import closeness_of_files

ROWS: dict[str, Any] = {"id": [1, 2, 3], "a.b": [0.1, None, float("nan")]}


def between(folder: Path, old: dict[str, Any] | pa.Table, new: dict[str, Any]) -> Closeness:
    paths = [folder / "old.parquet", folder / "new.parquet"]
    for path, table in zip(paths, (old, new), strict=True):
        with path.open("wb") as file:
            write_plain(pa.table(table), file)
    return closeness_of_files(*paths)


def test_last_digits_are_within_the_tolerance(tmp_path: Path) -> None:
    found = between(tmp_path, ROWS, ROWS | {"a.b": [0.1 + 1e-16, None, float("nan")]})
    assert found.is_close
    assert found.floats_differ
    assert 0 < found.largest < 1e-15
    assert (found.rows, found.tolerance) == (3, 1e-9)


@pytest.mark.parametrize(
    "other",
    [[0.1 + 1e-8, None, float("nan")], [0.1, 0.0, float("nan")], [0.1, None, 3.0]],
    ids=["too far", "no null", "a number"],
)
def test_other_floats_are_named_by_their_column(other: list[float], tmp_path: Path) -> None:
    assert between(tmp_path, ROWS, ROWS | {"a.b": other}).apart == ["a.b"]


def test_whole_numbers_have_no_tolerance(tmp_path: Path) -> None:
    large = 10**15
    found = between(tmp_path, {"id": [large]}, {"id": [large + 1]})
    assert found.apart == ["id"]


def test_a_narrow_float_has_a_wider_tolerance(tmp_path: Path) -> None:
    old, new = (pa.array([each], pa.float32()) for each in (0.1, 0.1000001))
    found = between(tmp_path, {"x": old}, {"x": new})
    assert found.is_close
    assert found.tolerance == 1e-5


@pytest.mark.parametrize(
    ("old", "new", "apart"),
    [
        ([[0.1, None], None, []], [[0.1 + 1e-16, None], None, []], []),
        ([[0.1, 0.2]], [[0.1, 0.3]], ["x"]),
        ([[0.1], [0.2, 0.3]], [[0.1, 0.2], [0.3]], ["x"]),
        ([[0.1], None], [[0.1], []], ["x"]),
        ([{"a": 0.1, "b": [1]}], [{"a": 0.1 + 1e-16, "b": [1]}], []),
        ([{"a": 0.1, "b": [1]}], [{"a": 0.1 + 1e-16, "b": [2]}], ["x"]),
    ],
)  # fmt: skip
def test_lists_and_structs_are_compared_inside(
    old: Any, new: Any, apart: list[str], tmp_path: Path
) -> None:
    found = between(tmp_path, {"x": old}, {"x": new})
    assert found.apart == apart
    assert apart or found.floats_differ


def test_vectors_of_a_fixed_size_are_compared_inside(tmp_path: Path) -> None:
    kind = pa.list_(pa.float32(), 2)
    one, near, far = (pa.array([[each, 1.0], None], kind) for each in (0.1, 0.1000001, 0.2))
    assert between(tmp_path, {"x": one}, {"x": near}).is_close
    assert between(tmp_path, {"x": one}, {"x": far}).apart == ["x"]


def test_schema_and_rows_are_compared(tmp_path: Path) -> None:
    old = {"x": [1], "gone": [1], "y": [1.5]}
    found = between(tmp_path, old, {"x": ["1"], "y": [1.5], "new": [1]})
    assert found.unlike == [
        "column `x` is string, before int64", "column `new` is new", "column `gone` is gone",
    ]  # fmt: skip
    assert between(tmp_path, {"x": [1, 2]}, {"x": [1]}).unlike == ["rows 1, before 2"]


def test_encodings_of_text_are_one_type(tmp_path: Path) -> None:
    large = pa.array(["a"], pa.large_string())
    assert between(tmp_path, {"x": ["a"]}, {"x": large}).is_close
    assert between(tmp_path, {"x": ["b"]}, {"x": large}).apart == ["x"]


def test_arrays_are_compared_by_dtype_shape_and_values() -> None:
    one = np.array([0.1, 0.2])
    assert closeness_of_arrays(one, one * (1 + 1e-12)).is_close
    assert closeness_of_arrays(one, one * 1.1).apart == ["values"]
    assert closeness_of_arrays(one, one.astype("f4")).unlike == ["dtype float32, before float64"]
    assert closeness_of_arrays(one, one[:1]).unlike == ["shape (1,), before (2,)"]
    assert closeness_of_arrays(np.array([1]), np.array([2])).apart == ["values"]
    assert closeness_of_arrays(one + 2j, one * (1 + 1e-12) + 2j).is_close
    assert closeness_of_arrays(one + 2j, one + 2.1j).apart == ["values"]


def test_plain_values_are_compared_place_by_place() -> None:
    value = {"rate": 0.1, "names": ["a", 0.0]}
    assert closeness_of_plain(value, {"rate": 0.1 + 1e-16, "names": ["a", -0.0]}).is_close
    assert closeness_of_plain(value, {"rate": 1, "names": ["b", 0.0]}).apart == [
        "['rate']", "['names'][0]",
    ]  # fmt: skip
    assert closeness_of_plain(0.1, float("inf")).apart == ["the value"]
