"""A run whose process died is run again by whoever started that process, as often as was asked."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from assetbook.clock import SystemClock
from assetbook.errors import RunFailedError
from assetbook.instance.former_runs import FormerRun, former_run
from assetbook.instance.instance import Instance
from assetbook.instance.run_requests import retries_of
from assetbook.notebook.location_source import LocationSource
from assetbook.planning.run_retries import RetryStrategy, next_retry
from assetbook.surfaces.suggestion import typed

Ask: TypeAlias = Callable[[Mapping[str, Any], Callable[[int], object]], dict[str, Any]]
"""Asks a process; tells its id as soon as it has begun."""
_NEWEST = 50
"""Runs among which that of a process that has just died is looked for."""


def ask_retrying(source: LocationSource, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What the location's own process answers, loaded from its files; see :func:`retrying`."""
    from assetbook.kernels.own_process import LOCATION_PROCESS, call_in_process

    def ask(more: Mapping[str, Any], begun: Callable[[int], object]) -> dict[str, Any]:
        slice_of: dict[str, Any] = {**more, "load": "slice"}
        answered: dict[str, Any] = call_in_process(source, LOCATION_PROCESS, slice_of, begun)
        return answered

    return retrying(source, asked, ask)


def retrying(source: LocationSource, asked: Mapping[str, Any], ask: Ask) -> dict[str, Any]:
    """What ``ask`` answers; if its process dies amid a run that is to be run again, what another
    one answers that does so. Says that on the standard error.

    Raises RunFailedError for a process that died and whose run is not to be run again.
    """
    while True:
        begun: list[int] = []
        since = SystemClock().now()
        try:
            return ask(asked, begun.append)
        except RunFailedError as error:
            former = _run_of(source, begun[-1], since) if begun else None
            kind = _next(former) if former is not None else None
            if former is None:
                raise
            if kind is None:
                raise _with_steps(error, former) from None
            number = _number(former) + 1
            said = f"run {former.name} is retried, {number} of {former.request.max_retries}"
            print(f"{error.asked}: {error.found}; {said}", file=sys.stderr)
            asked = {**asked, "verb": "retry", "arguments": _retry(former, kind, number)}


def _with_steps(error: RunFailedError, former: FormerRun) -> RunFailedError:
    """The error with the steps that were on their way, and how to see the run and go on with it."""
    names = [f"`{name}`" for name, each in former.steps.items() if each.ended == "begun"]
    ran = f" while it ran {', '.join(names)}" if names else ""
    look, on = (typed(f"{verb} {former.name}", shell=True) for verb in ("logs", "resume"))
    remedy = f"{error.remedy} `{look}` has what it said, `{on}` goes on with it."
    return RunFailedError(error.asked, f"{error.found}{ran}", remedy)


def _retry(former: FormerRun, kind: RetryStrategy, number: int) -> dict[str, Any]:
    return {
        "run": former.record.id,
        "selection": (),
        "from_failure": kind == "from_failure",
        "retry_number": number,
    }


def _run_of(source: LocationSource, pid: int, since: datetime) -> FormerRun | None:
    """The run in which that process died; None if it ran none, or came to the end of it."""
    instance = Instance.get(source.folder)
    for run in instance.runs(_NEWEST):
        if run.owner.pid == pid and run.started_at >= since:
            return former_run(instance, run.id, "retry") if run.status == "failed" else None
    return None


def _next(former: FormerRun) -> RetryStrategy | None:
    return next_retry(retries_of(former.request), _number(former), "died")


def _number(former: FormerRun) -> int:
    again = former.record.reexecution
    return again.retry_number if again is not None else 0
