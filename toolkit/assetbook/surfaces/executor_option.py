"""The executor that a run is told to use: an object, or one of assetbook's own by its name."""

from __future__ import annotations

import click

from assetbook.errors import UsageError
from assetbook.execution.executor import Executor
from assetbook.execution.executor_choice import NAMES, executor_named


def executor_options() -> tuple[click.Option, click.Option]:
    """``--executor NAME`` and ``--workers N``."""
    return (
        click.Option(
            ["--executor"],
            type=click.Choice(NAMES),
            help="Where steps run: one by one here, on threads, or in processes of their own.",
        ),
        click.Option(
            ["--workers"], type=click.IntRange(1), metavar="N", help="How many steps at a time."
        ),
    )


def executor_of(given: Executor | str | None, workers: int | None) -> Executor | None:
    """The executor that was asked for; None for what the definitions say.

    Raises UsageError for a name that there is not, and for workers that nobody is to use.
    """
    if given is not None and not isinstance(given, str):
        _refuse_workers(workers, f"{given!r} says by itself how many")
        return given
    if given is None:
        _refuse_workers(workers, "no executor is named")
        return None
    if given == "in-process":
        _refuse_workers(workers, "in-process runs one step at a time")
    return executor_named(given, workers)


def _refuse_workers(workers: int | None, why: str) -> None:
    if workers is not None:
        raise UsageError(
            f"{workers} workers", why, "Say --executor threads, or --executor processes, too."
        )
