"""Whether a run is run again by itself."""

from __future__ import annotations

import pytest

from assetbook.errors import ConfigError
from assetbook.planning.run_retries import (
    NO_RETRIES,
    RetryStrategy,
    RunEnding,
    RunRetries,
    next_retry,
    tagged_retries,
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


@pytest.mark.parametrize(
    ("tags", "meant"),
    [
        ({}, NO_RETRIES),
        ({"dagster/max_retries": "2"}, TWO),
        ({"assetbook/max_retries": "2", "dagster/max_retries": "5"}, TWO),
        (
            {
                "dagster/max_retries": "2",
                "dagster/retry_strategy": "ALL_STEPS",
                "dagster/retry_on_asset_or_op_failure": "false",
            },
            ONLY_CRASHES,
        ),
    ],
)
def test_tags_say_it_as_dagsters_do(tags: dict[str, str], meant: RunRetries) -> None:
    assert tagged_retries(tags) == meant


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("max_retries", "-1", "a whole number from 0 on"),
        ("retry_strategy", "some", "from_failure or all"),
        ("retry_on_asset_or_op_failure", "no", "true or false"),
    ],
)
def test_a_tag_that_cannot_be_read_is_named(name: str, text: str, wanted: str) -> None:
    with pytest.raises(ConfigError, match=rf"the tag dagster/{name} of the run.*\n.*{wanted}"):
        tagged_retries({f"dagster/{name}": text})
