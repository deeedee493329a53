"""Freshness policies: pass, warn, fail, and unknown before anything was made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from assetbook.definitions.freshness_policy import FreshnessPolicy, freshness_state
from assetbook.errors import DefinitionError

NOW = datetime(2026, 1, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
WINDOWS = FreshnessPolicy.time_window(fail_window=4 * HOUR, warn_window=2 * HOUR)
BY_NINE = FreshnessPolicy.cron("0 9 * * *", lower_bound_delta=3 * HOUR, timezone="Europe/Berlin")


@pytest.mark.parametrize(
    ("hours", "state"), [(0, "pass"), (2, "pass"), (2.1, "warn"), (4, "warn"), (4.1, "fail")]
)
def test_time_window(hours: float, state: str) -> None:
    assert freshness_state(WINDOWS, NOW - hours * HOUR, NOW) == state


def test_time_window_without_a_warning() -> None:
    assert freshness_state(FreshnessPolicy.time_window(4 * HOUR), NOW - 3 * HOUR, NOW) == "pass"


@pytest.mark.parametrize(
    ("made", "now", "state"),
    [
        ("20T05:00", "20T12:00", "pass"),  # 06:00 in Berlin, three hours before nine
        ("20T04:59", "20T12:00", "fail"),
        ("20T04:59", "20T07:59", "pass"),  # the deadline of the day before counts
        ("20T10:00", "20T12:00", "pass"),  # late, but there
        ("20T10:00", "21T07:59", "pass"),
        ("20T10:00", "21T08:00", "fail"),
    ],
)
def test_cron_by_its_latest_deadline(made: str, now: str, state: str) -> None:
    at = [datetime.fromisoformat(f"2026-01-{each}:00+00:00") for each in (made, now)]
    assert freshness_state(BY_NINE, *at) == state


@pytest.mark.parametrize("policy", [WINDOWS, BY_NINE], ids=["windows", "cron"])
def test_never_made_is_unknown_and_data_gives_it_back(policy: FreshnessPolicy) -> None:
    assert freshness_state(policy, None, NOW) == "unknown"
    assert FreshnessPolicy.from_data(policy.to_data()) == policy
    assert "made" in policy.describe()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: FreshnessPolicy.time_window(HOUR, HOUR), "not shorter"),
        (lambda: FreshnessPolicy.time_window(timedelta(seconds=59)), "under a minute"),
        (lambda: FreshnessPolicy.time_window(3), "no timedelta"),  # type: ignore[arg-type]
        (lambda: FreshnessPolicy.cron("nine", HOUR), "nine"),
        (lambda: FreshnessPolicy.cron("@daily", timedelta(seconds=1)), "under a minute"),
    ],
)
def test_a_slip_is_told(make: Any, said: str) -> None:
    with pytest.raises(DefinitionError, match=said):
        make()
