"""How often a run is run again by itself, as it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import click

from assetbook.errors import UsageError, did_you_mean
from assetbook.planning.run_retries import RetryStrategy, RunRetries, tagged_retries

_STRATEGIES = get_args(RetryStrategy)
_ON_FAILURE = "retry-on-asset-or-op-failure"


def retry_options() -> tuple[click.Option, ...]:
    """``--max-retries N`` and what goes with it."""
    return (
        click.Option(
            ["--max-retries"],
            type=click.IntRange(0),
            default=0,
            metavar="N",
            help="Run it again so often if it fails.",
        ),
        click.Option(
            ["--retry-strategy"],
            type=click.Choice(_STRATEGIES),
            default="from_failure",
            help="What is run again: what failed and comes after it, or all.",
        ),
        click.Option(
            [f"--{_ON_FAILURE}/--no-{_ON_FAILURE}"],
            default=True,
            help="Run it again if a step failed, or only if its process died.",
        ),
    )


def run_retries(
    max_retries: int,
    retry_strategy: str,
    retry_on_asset_or_op_failure: bool,
    tags: Mapping[str, str] = {},
) -> RunRetries:
    """What was asked for; see :func:`or_tagged`.

    Raises UsageError for a strategy that there is not, and below 0; ConfigError for a tag that
    cannot be read.
    """
    if max_retries < 0:
        raise UsageError(f"max_retries={max_retries}", "it is below 0", "Give 0 for none.")
    if retry_strategy not in _STRATEGIES:
        raise UsageError(
            f"retry_strategy={retry_strategy!r}",
            "there is no such strategy",
            did_you_mean(retry_strategy, _STRATEGIES) or f"Say one of {', '.join(_STRATEGIES)}.",
        )
    strategy: RetryStrategy = "all" if retry_strategy == "all" else "from_failure"
    asked = RunRetries(max_retries, strategy, retry_on_asset_or_op_failure)
    return or_tagged(asked, tags)


def or_tagged(asked: RunRetries, tags: Mapping[str, str]) -> RunRetries:
    """What was asked for, by the run's ``tags`` if by nothing else.

    Raises ConfigError for a tag that cannot be read.
    """
    return asked if asked.max_retries else tagged_retries(tags, asked)


def retries_in(arguments: Mapping[str, Any], tags: Mapping[str, str] = {}) -> RunRetries:
    """What the command line was told, or the run's tags say; none where nobody asked."""
    return run_retries(
        arguments.get("max_retries", 0),
        arguments.get("retry_strategy", "from_failure"),
        arguments.get("retry_on_asset_or_op_failure", True),
        tags,
    )


def retry_arguments(retries: RunRetries) -> dict[str, Any]:
    """The same as the arguments of ``materialize`` and ``launch``."""
    return {
        "max_retries": retries.max_retries,
        "retry_strategy": retries.strategy,
        "retry_on_asset_or_op_failure": retries.on_step_failure,
    }
