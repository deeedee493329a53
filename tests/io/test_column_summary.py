"""What one column holds: nulls, distinct values, range, bars; of any type there is."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetbook.io.column_summary import BARS, summarize

DAY = dt.date(2026, 11, 1)


def of(values: Any, kind: pa.DataType | None = None) -> Any:
    return summarize(pa.chunked_array([pa.array(values, kind)]))


@given(st.lists(st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1))))
def test_whole_numbers_are_counted_as_python_does(values: list[int | None]) -> None:
    there = [each for each in values if each is not None]
    found = of(values, pa.int64())

    assert (found.rows, found.nulls) == (len(values), len(values) - len(there))
    assert found.distinct == len(set(there))
    if there:
        assert found.range.to_pylist() == [min(there), max(there)]
        assert sum(found.bars) in (0, len(there)) and len(found.bars) <= BARS


def test_nan_counts_as_null_and_infinity_is_in_no_bar() -> None:
    found = of([1.0, float("nan"), float("inf"), None, 3.0])

    assert (found.nulls, found.distinct) == (2, 3)
    assert found.range.to_pylist() == [1.0, float("inf")]
    assert sum(found.bars) == 2


def test_few_whole_numbers_have_a_bar_each() -> None:
    assert of([1, 1, 2, 4]).bars == (2, 1, 0, 1)
    assert set(of(list(range(100))).bars) == {5}


def test_texts_and_categories_tell_the_most_frequent() -> None:
    texts = ["b", "a", "b", None, "c"]
    for values in (
        pa.array(texts),
        pa.array(texts).dictionary_encode(),
        pa.array(texts, pa.string_view()),
    ):
        found = summarize(pa.chunked_array([values]))
        assert (found.nulls, found.distinct, found.top[0]) == (1, 3, ("b", 2))


@pytest.mark.parametrize(
    ("values", "kind", "ends"),
    [
        ([DAY, None, dt.date(2026, 11, 3)], pa.date32(), [DAY, dt.date(2026, 11, 3)]),
        ([Decimal("1.5"), Decimal("2.25")], pa.decimal128(5, 2), [1.5, 2.25]),
        ([1.5, 2.5], pa.float16(), [1.5, 2.5]),
        ([0, 2**64 - 1], pa.uint64(), [0, 2**64 - 1]),
    ],
)
def test_other_numbers_and_instants_have_a_range(
    values: list[Any], kind: pa.DataType, ends: list[Any]
) -> None:
    found = of(values, kind)

    assert found.range.to_pylist() == ends and sum(found.bars) == 2


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([[1], None], None),
        ([None, None], None),
        ([b"x", None], None),
        ([dt.timedelta(1), None], None),
    ],
)
def test_of_other_types_nulls_are_counted(values: list[Any], kind: pa.DataType | None) -> None:
    found = of(values, kind)

    assert found.nulls == values.count(None) and found.distinct is None and not found.bars


def test_a_column_without_values_has_no_range() -> None:
    assert of([], pa.float64()).range is None
    assert of([None], pa.timestamp("us")).range is None
