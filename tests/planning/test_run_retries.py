"""Whether a run is run again by itself."""

from __future__ import annotations

import pytest

from assetbook.planning.run_retries import (
    NO_RETRIES,
    RetryStrategy,
    RunEnding,
    RunRetries,
    next_retry,
)

TWO = RunRetries(2)
ONLY_CRASHES = RunRetries(2, "all", on_step_failure=False)


@pytest.mark.parametrize(
    ("retries", "done", "ending", "kind"),
    [
        (NO_RETRIES, 0, "step_failed", None),
        (NO_RETRIES, 0, "died", None),
        (TWO, 0, "step_failed", "from_failure"),
        (TWO, 1, "died", "from_failure"),
        (TWO, 2, "step_failed", None),
        (TWO, 0, "success", None),
        (TWO, 0, "canceled", None),
        (ONLY_CRASHES, 0, "step_failed", None),
        (ONLY_CRASHES, 1, "died", "all"),
    ],
)
def test_a_run_is_retried_as_often_as_was_asked(
    retries: RunRetries, done: int, ending: RunEnding, kind: RetryStrategy | None
) -> None:
    assert next_retry(retries, done, ending) == kind
