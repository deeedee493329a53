"""Rows of Python values in Arrow: the types that hold every value exactly, whenever it comes."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetbook.errors import DefinitionError
from assetbook.io.spooled_rows import spooled


def column(*parts: list[Any]) -> pa.ChunkedArray:
    """The column that comes of these values, some at a time."""
    rows = [[(value,) for value in part] for part in parts]
    return spooled(["x"], rows, asked="the SQL of `y`").read_all()["x"]


AT = dt.datetime(2020, 1, 2, 3, 4, 5, 6)


@pytest.mark.parametrize(
    ("parts", "kind"),
    [
        (([1], [None], [2]), pa.int64()),
        (([None], ["a"]), pa.string()),
        (([None],), pa.null()),
        (([1], [2.5]), pa.float64()),
        (([1, 2.5],), pa.float64()),
        (([Decimal("1.25")], [Decimal("100.5"), 3]), pa.decimal128(38, 2)),
        (([1], [Decimal("0.1")]), pa.decimal128(38, 1)),
        (([Decimal("1E+3")],), pa.decimal128(38, 0)),
        (([2**70],), pa.decimal128(38, 0)),
        (([Decimal(10) ** 40],), pa.decimal256(76, 0)),
        (([dt.date(2020, 1, 2)],), pa.date32()),
        (([AT],), pa.timestamp("us")),
        (([AT.replace(tzinfo=dt.UTC)],), pa.timestamp("us", "UTC")),
        (([dt.timedelta(1)],), pa.duration("us")),
        (([b"a"], [memoryview(b"b")]), pa.binary()),
        (([True],), pa.bool_()),
    ],
    ids=lambda given: re.sub(r" at 0x\w+", "", str(given)),
)
def test_types_hold_every_value(parts: tuple[list[Any], ...], kind: pa.DataType) -> None:
    found = column(*parts)
    assert found.type == kind
    flat = [value for part in parts for value in part]
    assert found.to_pylist() == [bytes(v) if isinstance(v, memoryview) else v for v in flat]


def test_documents_and_uuids_are_text() -> None:
    name = uuid.uuid4()
    assert column([{"é": 1}, [2]]).to_pylist() == ['{"é": 1}', "[2]"]
    assert column([name]).to_pylist() == [str(name)]


@pytest.mark.parametrize(
    ("parts", "match"),
    [
        (([1, "a"],), "column `x` holds int and str\nSay in SQL"),
        (([1], ["a"]), "column `x` holds int64 and string"),
        (([2**60, 0.5],), "fractions and very large whole numbers"),
        (([2**60], [0.5]), "whole numbers that double does not hold exactly"),
        (([Decimal("NaN")],), "column `x` holds NaN"),
        (([AT, AT.replace(tzinfo=dt.UTC)],), "column `x` holds datetime"),
        (([AT, dt.date(2020, 1, 1)],), "holds date and datetime"),
        (([object()],), "column `x` holds object"),
        (([Decimal(10) ** 80],), "more than 76 digits"),
    ],
)
def test_what_has_no_exact_type_is_told(parts: tuple[list[Any], ...], match: str) -> None:
    with pytest.raises(DefinitionError, match=match):
        column(*parts)


def test_columns_of_one_name_are_told() -> None:
    with pytest.raises(DefinitionError, match="two columns of its result are called `a`"):
        spooled(["a", "a"], [], asked="x")


def test_many_rows_go_to_a_file() -> None:
    parts = ([("x" * 1000,)] * 20_000 for _ in range(5))
    before = pa.total_allocated_bytes()
    stream = spooled(["x"], parts, asked="x")
    assert pa.total_allocated_bytes() - before < 40_000_000
    assert sum(batch.num_rows for batch in stream.reader()) == 100_000


_NUMBERS = st.one_of(
    st.lists(st.none() | st.integers(-(2**63), 2**63 - 1)),
    st.lists(st.none() | st.floats(allow_nan=False)),
    st.lists(st.none() | st.decimals(-(10**9), 10**9, places=4)),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_NUMBERS, max_size=4))
def test_numbers_are_exact_or_refused(parts: list[list[Any]]) -> None:
    given_values = [value for part in parts for value in part]
    try:
        found = column(*[part for part in parts if part]).to_pylist()
    except DefinitionError:
        kinds = {type(value) for value in given_values if value is not None}
        assert float in kinds
        assert len(kinds) > 1
    else:
        assert found == given_values
