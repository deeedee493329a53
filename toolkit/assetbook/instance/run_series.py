"""A run, and those that do it again by themselves: all with the same definitions and requests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Generic, Protocol, TypeAlias, TypeVar

from assetbook.errors import TimeLimitError
from assetbook.events.parts import Reexecution, RunRequest
from assetbook.execution.run_result import RunResult
from assetbook.instance.former_runs import FormerRun, former_run
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import Loaded
from assetbook.instance.re_planning import plan_re_execution
from assetbook.instance.run_requests import retries_of
from assetbook.instance.states import Standing
from assetbook.keys import RunId, new_run_id
from assetbook.planning.run_retries import RetryStrategy, RunEnding, RunRetries, next_retry
from assetbook.planning.steps import Plan


class Ended(Protocol):
    """How a run ended."""

    @property
    def success(self) -> bool:
        """Whether every step ended well."""
        ...


P = TypeVar("P")
R = TypeVar("R", bound=Ended)
Planned: TypeAlias = tuple[Plan, Standing]
Replan: TypeAlias = Callable[[], Planned]
"""What there is to do once a run's turn has come."""


@dataclass(frozen=True, slots=True)
class RunSeries(Generic[P, R]):
    """What all runs of one request have in common; ``P`` is a plan with what belongs to it."""

    instance: Instance
    retries: RunRetries
    plan_again: Callable[[FormerRun, RetryStrategy], P]
    """What does a run of the series again."""
    start: Callable[[RunId, P, Callable[[], P], Reexecution | None], R]
    """Runs one plan under that id, or, if it has to wait for its turn, what the function plans
    then; records that it does another run again, and gives how it ended."""
    run_id: RunId | None = None
    """The id of the first of them; None for a new one."""

    def run(
        self, planned: P, again: Reexecution | None = None, *, replan: Callable[[], P]
    ) -> list[R]:
        """How it went: the run of what is planned, and those that did it again, each after the one
        before failed, as the request says. ``again`` says which run the first of them does again,
        and ``replan`` makes its plan anew if it has to wait for its turn.

        Raises TimeLimitError if the time of the last one was over.
        """
        results: list[R] = []
        run_id = self.run_id or new_run_id()
        number = again.retry_number if again is not None else 0
        while True:
            late: TimeLimitError | None = None
            try:
                results.append(self.start(run_id, planned, replan, again))
            except TimeLimitError as error:
                late = error
            ended_well = late is None and results[-1].success
            ending: RunEnding = "success" if ended_well else "step_failed"
            kind = next_retry(self.retries, number, ending)
            if kind is None and late is not None:
                raise late
            if kind is None:
                return results
            number += 1
            former = former_run(self.instance, run_id, "retry")
            replan = partial(self.plan_again, former, kind)
            planned, again = replan(), former.again(kind, retry_number=number)
            run_id = new_run_id()


AssetSeries: TypeAlias = RunSeries[Planned, RunResult]


def asset_series(
    instance: Instance,
    loaded: Loaded,
    request: RunRequest,
    start: Callable[[RunId, Planned, Replan, Reexecution | None], RunResult],
    run_id: RunId | None = None,
) -> AssetSeries:
    """The runs of assets that ``request`` is about."""
    plan_again = partial(plan_re_execution, instance, loaded)
    return RunSeries(instance, retries_of(request), plan_again, start, run_id)
