"""Runs a plan: the only place with effects.

A run begins, at once or when its turn has come, goes through its steps, and ends. Each step that
makes something is committed in one transaction, after its value files are durable; only then is
anybody told. That is done beside the next step, which has its inputs from memory.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing, nullcontext
from functools import partial

from assetbook.errors import RunEndedError
from assetbook.execution.capture import watched
from assetbook.execution.environment import RunEnvironment
from assetbook.execution.executor import Executor, InProcessExecutor
from assetbook.execution.executor_choice import by_tags
from assetbook.execution.interrupts import interrupts_held
from assetbook.execution.live_runs import counted_as_live, is_inside_a_run
from assetbook.execution.resource_scope import ResourceScope
from assetbook.execution.run_record import RunRecord
from assetbook.execution.run_result import RunResult
from assetbook.execution.step_loop import StepLoop
from assetbook.planning.steps import Plan

Replan = Callable[[], tuple[Plan, RunEnvironment]]


def run(
    plan: Plan,
    environment: RunEnvironment,
    executor: Executor | None = None,
    replan: Replan | None = None,
) -> RunResult:
    """Runs ``plan`` and returns how it ended; records everything in the store.

    Its steps run by ``executor``; None runs them on this thread. Where the environment has limits,
    it waits for its turn, and ``replan`` gives what there is to do then; None does as planned.

    Raises KeyboardInterrupt after an interrupt, once the run is recorded as canceled, and
    StoreError if the store cannot be written.
    """
    started = _Run(plan, environment, executor or InProcessExecutor())
    at_once = environment.limits is None or is_inside_a_run()
    with counted_as_live(started.record.run_id):
        if not started.record.begin(at_once=at_once):
            started = _begun_in_turn(started, replan)
        return started.run()


def _begun_in_turn(first: _Run, replan: Replan | None) -> _Run:
    """The run as it is begun once its turn has come; until then it is in the queue."""
    limits = first.environment.limits
    assert limits is not None, "only limits keep a run from starting"
    reporter, run = first.environment.reporter, first
    try:
        with closing(limits.store.bell()) as bell:
            while True:
                tell = partial(reporter.run_queued, run.record.run_id, run.plan)
                limits.wait_for_turn(run.record.run_id, bell, tell)
                plan, environment = replan() if replan else (run.plan, run.environment)
                run = _Run(plan, environment, first.executor, waited=first)
                if run.record.begin():
                    return run
    except RunEndedError:  # somebody took it out of the queue, and said why
        first.record.tell_ended()
        raise
    except BaseException as error:
        interrupted = isinstance(error, KeyboardInterrupt)
        why = "interrupted while it waited" if interrupted else f"{type(error).__name__}: {error}"
        first.record.leave_queue(limits, "canceled" if interrupted else "failed", why)
        raise


class _Run:
    """One run on its way."""

    def __init__(
        self,
        plan: Plan,
        environment: RunEnvironment,
        executor: Executor,
        waited: _Run | None = None,
    ) -> None:
        """``waited`` is this run as it came into the queue; None for one that did not wait."""
        self.plan = plan
        self.environment = environment
        self.executor = executor
        queued = None if waited is None else waited.record
        self.record: RunRecord = RunRecord(plan, environment, queued)
        self.loop = StepLoop(environment, self.record, by_tags(executor, plan, environment))

    def run(self) -> RunResult:
        """Runs each step of what has begun, ends."""
        record, loop = self.record, self.loop
        self.environment.reporter.run_started(record.run_id, self.plan)
        try:
            resources = ResourceScope(self.environment.resources, record.run_id)
            watching = watched() if self.environment.unwatched is not None else nullcontext()
            with record.limit, closing(self.environment.loggers) as loggers, resources, watching:
                loggers.set_up(record.run_id)
                loop.go(resources)
        except RunEndedError:  # somebody ended it already, and said why
            record.tell_ended()
            raise
        except KeyboardInterrupt:
            record.limit.end()
            with interrupts_held():  # a second one changes nothing of how it ended
                if (late := record.late) is not None:
                    record.end("failed", late.found)
                    raise late from None
                record.end("canceled", record.canceled_by() or "interrupted")
            raise
        except BaseException as error:
            record.end("failed", f"{type(error).__name__}: {error}")
            raise
        return self._result()

    def _result(self) -> RunResult:
        record, loop = self.record, self.loop
        outcomes = loop.ledger.outcomes(self.plan)
        failed = [each for each in outcomes if each.status == "failed"]
        status = "failed" if failed else "success"
        why = f"{failed[0].step.name}: {failed[0].message}" if failed else ""
        duration = record.end(status, why)
        values = loop.values
        return RunResult(
            record.run_id, status, outcomes, duration, self.plan, values.made, values.ops
        )
