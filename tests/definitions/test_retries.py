"""Delays are those of Dagster's policy; slips are told."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from assetbook.definitions.retries import Backoff, Failure, Jitter, RetryPolicy, RetryRequested
from assetbook.errors import DefinitionError


@pytest.mark.parametrize(
    ("backoff", "jitter", "delays"),  # what Dagster 1.13.28 gives for chance 0.25
    [
        (None, None, [2, 2, 2, 2]),
        (Backoff.LINEAR, None, [2, 4, 6, 8]),
        (Backoff.EXPONENTIAL, None, [2, 6, 14, 30]),
        (None, Jitter.FULL, [0.5, 0.5, 0.5, 0.5]),
        (Backoff.LINEAR, Jitter.FULL, [0.5, 1.0, 1.5, 2.0]),
        (Backoff.EXPONENTIAL, Jitter.FULL, [0.5, 1.5, 3.5, 7.5]),
        (None, Jitter.PLUS_MINUS, [1.0, 1.0, 1.0, 1.0]),
        (Backoff.LINEAR, Jitter.PLUS_MINUS, [1.0, 3.0, 5.0, 7.0]),
        (Backoff.EXPONENTIAL, Jitter.PLUS_MINUS, [1.0, 5.0, 13.0, 29.0]),
    ],
)
def test_delays_grow_and_jitter(
    backoff: Backoff | None, jitter: Jitter | None, delays: list[float]
) -> None:
    policy = RetryPolicy(max_retries=4, delay=2, backoff=backoff, jitter=jitter)
    assert [policy.delay_before(retry, 0.25) for retry in (1, 2, 3, 4)] == delays


def test_without_a_delay_there_is_none() -> None:
    assert RetryPolicy().delay_before(3) == 0.0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"max_retries": -1}, "it is below zero"),
        ({"max_retries": "3"}, "it is a str"),
        ({"max_retries": True}, "it is a bool"),
        ({"delay": -1}, "it is no such time"),
        ({"delay": float("nan")}, "it is no such time"),
        ({"delay": "1"}, "it is a str"),
        ({"delay": 1, "backoff": "LINEAR"}, "Give Backoff.LINEAR or Backoff.EXPONENTIAL"),
        ({"jitter": Jitter.FULL}, "there is no delay that it could change"),
    ],
)
def test_a_policy_that_cannot_be_meant_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(DefinitionError, match=said):
        RetryPolicy(**options)


def test_what_is_raised_travels_between_processes() -> None:
    failure = pickle.loads(pickle.dumps(Failure("no rows", {"rows": 0}, allow_retries=False)))
    assert (str(failure), failure.metadata, failure.allow_retries) == (
        "no rows",
        {"rows": 0},
        False,
    )
    again = pickle.loads(pickle.dumps(RetryRequested(3, seconds_to_wait=0.5)))
    assert (again.max_retries, again.seconds_to_wait) == (3, 0.5)
    assert (Failure().allow_retries, RetryRequested().max_retries) == (True, 1)
    with pytest.raises(DefinitionError, match=r"Give seconds, from 0 on"):
        RetryRequested(seconds_to_wait=-1)
