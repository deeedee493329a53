"""Distributions of columns before and after, and what of them moved clearly."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.io.compared import column, compared, frame

from assetbook.io.column_shift import brief, percent
from assetbook.io.comparison import ColumnDifference

SIZE = 4_000
RANDOM = np.random.default_rng(5)
NORMAL = RANDOM.normal(10, 1, SIZE)


def told(folder: Path, before: Any, after: Any) -> ColumnDifference:
    old = frame(id=np.arange(len(before)), x=before)
    new = frame(id=np.arange(len(after)) + 1, x=after)  # rows that came and went: a profile
    return column(compared(folder, old, new, "id"), "x")


def test_the_numbers_are_those_of_numpy(tmp_path: Path) -> None:
    found = told(tmp_path, NORMAL, NORMAL * 2).before
    assert found is not None
    assert (found.low, found.high) == (NORMAL.min(), NORMAL.max())
    assert found.mean == pytest.approx(NORMAL.mean())
    assert found.quantiles == pytest.approx(np.quantile(NORMAL, [0.05, 0.25, 0.5, 0.75, 0.95]))
    assert found.distinct == pytest.approx(SIZE, rel=0.05)


@pytest.mark.parametrize(
    ("after", "phrase"),
    [
        (NORMAL + 1, "median 10.05 → 11.05"),
        (np.where(NORMAL > 11, NORMAL * 1.5, NORMAL), "95th percentile"),
        (np.where(np.arange(SIZE) % 5 == 0, np.nan, NORMAL), "nulls 0 % → 20 %"),
        (np.where(np.arange(SIZE) == 7, 1e6, NORMAL), "mean 10.03 → 260"),
    ],
    ids=["moved", "stretched", "nulls", "outlier"],
)
def test_what_moved_clearly_is_said(tmp_path: Path, after: Any, phrase: str) -> None:
    assert any(phrase in each for each in told(tmp_path, NORMAL, after).moved)


def test_chance_is_no_move(tmp_path: Path) -> None:
    other = np.random.default_rng(6).normal(10, 1, SIZE)
    assert told(tmp_path, NORMAL, other).moved == ()
    assert told(tmp_path, NORMAL[:12], other[:12]).moved == ()


def test_values_that_came_and_shares_are_said(tmp_path: Path) -> None:
    before = np.repeat(["a", "b"], SIZE // 2)
    after = np.repeat(["a", "a", "a", "c"], SIZE // 4)
    found = told(tmp_path, before, after)
    assert found.moved == (
        "1 value new (25 % of rows)",
        "1 value gone (50 % of rows)",
        "a value's share 50 % → 75 %",
    )
    assert found.after is not None
    assert found.after.top == (("a", 3_000), ("b", 0), ("c", 1_000))


def test_instants_move(tmp_path: Path) -> None:
    days = np.datetime64("2026-01-01", "us") + np.arange(SIZE) * np.timedelta64(1, "h")
    found = told(tmp_path, days, days + np.timedelta64(100, "D"))
    assert found.before is not None
    assert found.before.low == dt.datetime(2026, 1, 1)
    assert found.moved == ("median 2026-03-25 07:30 → 2026-07-03 07:30",)


def test_infinities_and_empty_columns_are_profiled(tmp_path: Path) -> None:
    assert told(tmp_path, [np.inf, 1.0, 2.0], [np.inf, -np.inf, 2.0]).moved == ()
    empty = told(tmp_path, [np.nan, np.nan], [np.nan, np.nan]).after
    assert empty is not None
    assert (empty.nulls, empty.quantiles) == (2, ())


def test_an_untouched_column_is_not_read_for_it(tmp_path: Path) -> None:
    old = frame(id=[1, 2], x=[1, 2], y=[1, 2])
    found = compared(tmp_path, old, old.assign(x=[1, 3]))
    assert column(found, "y").before is None
    assert column(found, "x").before is not None


@pytest.mark.parametrize(
    ("share", "text"), [(0, "0 %"), (0.0001, "< 0.1 %"), (0.034, "3.4 %"), (0.5, "50 %")]
)
def test_shares_are_short(share: float, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234, "1,234"), (1234.0, "1,234"), (0.1 + 0.2, "0.3"), (1e22, "1e+22"), (1e7, "10,000,000")],
)
def test_numbers_are_short(value: Any, text: str) -> None:
    assert brief(value) == text
