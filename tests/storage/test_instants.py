"""Instants in keys come back as they were, to the microsecond."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetbook.storage.instants import instant, micros


@given(st.datetimes(timezones=st.just(UTC)), st.integers(-14 * 60, 14 * 60))
def test_an_instant_comes_back_in_utc(at: datetime, offset: int) -> None:
    assert instant(micros(at)) == at
    try:
        elsewhere = at.astimezone(timezone(timedelta(minutes=offset)))
    except OverflowError:  # beyond the calendar there
        return
    assert micros(elsewhere) == micros(at)


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_counts_are_in_the_order_of_instants(one: datetime, other: datetime) -> None:
    assert (micros(one) < micros(other)) == (one < other)


def test_no_instant_is_none() -> None:
    assert micros(None) is None and instant(None) is None


def test_a_time_without_a_zone_is_none_at_all() -> None:
    with pytest.raises(TypeError, match="offset-naive"):
        micros(datetime(2026, 3, 1))
