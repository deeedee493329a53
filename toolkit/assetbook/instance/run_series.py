"""A run, and those that do it again by themselves: all with the same definitions and requests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from assetbook.errors import TimeLimitError
from assetbook.events.records import Reexecution, RunRequest
from assetbook.execution.run_result import RunResult
from assetbook.instance.former_runs import former_run
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import Loaded
from assetbook.instance.re_planning import plan_re_execution
from assetbook.instance.run_requests import retries_of
from assetbook.instance.states import Standing
from assetbook.keys import RunId, new_run_id
from assetbook.planning.run_retries import RunEnding, next_retry
from assetbook.planning.steps import Plan

Planned: TypeAlias = tuple[Plan, Standing]
Replan: TypeAlias = Callable[[], Planned]
"""What there is to do once a run's turn has come."""
Start: TypeAlias = Callable[[RunId, Plan, Standing, Replan, Reexecution | None], RunResult]
"""Runs one plan under that id, records that it does another run again, and gives how it ended."""


@dataclass(frozen=True, slots=True)
class RunSeries:
    """What all runs of one request have in common."""

    instance: Instance
    loaded: Loaded
    request: RunRequest
    start: Start
    run_id: RunId | None = None
    """The id of the first of them; None for a new one."""

    def run(
        self, plan: Plan, now: Standing, again: Reexecution | None = None, *, replan: Replan
    ) -> list[RunResult]:
        """How it went: the run of ``plan``, and those that did it again, each after the one before
        failed, as the request says. ``again`` says which run the first of them does again, and
        ``replan`` makes its plan anew if it has to wait for its turn.

        Raises TimeLimitError if the time of the last one was over.
        """
        results: list[RunResult] = []
        run_id = self.run_id or new_run_id()
        number = again.retry_number if again is not None else 0
        while True:
            late: TimeLimitError | None = None
            try:
                results.append(self.start(run_id, plan, now, replan, again))
            except TimeLimitError as error:
                late = error
            ended_well = late is None and results[-1].success
            ending: RunEnding = "success" if ended_well else "step_failed"
            kind = next_retry(retries_of(self.request), number, ending)
            if kind is None and late is not None:
                raise late
            if kind is None:
                return results
            number += 1
            former = former_run(self.instance, run_id, "retry")
            replan = partial(plan_re_execution, self.instance, self.loaded, former, kind)
            (plan, now), again = replan(), former.again(kind, retry_number=number)
            run_id = new_run_id()
