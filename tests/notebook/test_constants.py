"""Constants count by type and canonical bytes."""

from __future__ import annotations

import datetime
import decimal
import math
import re
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetbook.notebook.constants import constant_digest

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(PLAIN, PLAIN)
def test_digests_are_equal_exactly_if_type_and_value_are(one: object, other: object) -> None:
    assert (constant_digest(one) == constant_digest(other)) == (exact(one) == exact(other))


def exact(value: object) -> object:
    """A value that ``==`` compares by type and bits."""
    if isinstance(value, float):
        return "float", "nan" if math.isnan(value) else struct.pack(">d", value)
    if isinstance(value, list | tuple):
        return type(value).__name__, [exact(each) for each in value]
    if isinstance(value, dict):
        return "dict", [(exact(key), exact(each)) for key, each in value.items()]
    return type(value).__name__, value


@given(st.frozensets(st.integers() | st.text()))
def test_set_order_does_not_count(values: frozenset[object]) -> None:
    backwards: set[object] = set()
    for each in list(values)[::-1]:
        backwards.add(each)
    assert constant_digest(set(values)) == constant_digest(backwards)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (decimal.Decimal("1.0"), decimal.Decimal("1.00")),
        (re.compile("a"), re.compile("a", re.IGNORECASE)),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ([1, 2], (1, 2)),
        (["a", "b"], ["ab"]),
        ([[1], [2]], [[1, 2], []]),
        (datetime.timedelta(1), datetime.timedelta(2)),
        (datetime.time(1, tzinfo=datetime.UTC), datetime.time(1)),
        ([1] * 20, [True] * 20),
        (b"a", "a"),
    ],
)
def test_unlike_values_differ(one: object, other: object) -> None:
    assert constant_digest(one) != constant_digest(other)


def test_what_holds_anything_else_is_no_constant() -> None:
    cyclic: list[object] = []
    cyclic.append(cyclic)
    for value in (object(), len, [len], {"a": iter([])}, cyclic, type("S", (str,), {})("a")):
        assert constant_digest(value) is None


def test_huge_integers_are_constants() -> None:
    assert constant_digest([10**5000] * 10) != constant_digest([10**5000 + 1] * 10)


def test_tables_count_up_to_a_mebibyte() -> None:
    import numpy as np
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    small, large = np.zeros(1 << 17), np.zeros((1 << 17) + 64)
    for make in (np.array, pa.array, pl.Series):
        assert constant_digest(make(small)) is not None
        assert constant_digest(make(large)) is None
    assert constant_digest(pd.Series(small[:-64])) is not None
    assert constant_digest(pd.Series(large)) is None


def test_chunks_and_slices_of_a_table_do_not_count() -> None:
    import pyarrow as pa

    whole = pa.table({"a": [1, 2, 3]})
    chunked = pa.concat_tables([whole.slice(0, 1), whole.slice(1)])
    assert constant_digest(chunked) == constant_digest(whole)


def test_polars_expressions_with_python_code_are_no_constants() -> None:
    import polars as pl

    assert constant_digest(pl.col("a") + 1) is not None
    assert constant_digest(pl.col("a").map_batches(lambda column: column)) is None
