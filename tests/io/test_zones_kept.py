"""Times keep their zones in Arrow, also where a library told pyarrow to drop them."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from assetbook.io.python_columns import column

NOON = dt.datetime(2026, 1, 1, 12, tzinfo=ZoneInfo("Europe/Paris"))
INSTANT = 1_767_265_200_000_000
"""11:00 UTC, in microseconds since 1970."""


@pytest.fixture(autouse=True)
def zones_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYARROW_IGNORE_TIMEZONE", "1")


def test_rows_of_a_database_keep_their_instants() -> None:
    made = column("at", [NOON, None], asked="the rows")
    assert made.cast(pa.int64()).to_pylist() == [INSTANT, None]


def test_pyarrow_alone_moves_them() -> None:
    kind = pa.timestamp("us", "UTC")
    assert pa.array([NOON], kind).cast(pa.int64()).to_pylist() != [INSTANT]
