"""Steps that failed and are to be tried again: whether, when, and what is recorded of that."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import replace

from assetbook.definitions.retries import Failure, RetryPolicy, RetryRequested
from assetbook.definitions.secret import scrub
from assetbook.events.log_record import LogRecord
from assetbook.events.run_events import StepUpForRetry
from assetbook.execution.environment import RunEnvironment, Timing
from assetbook.execution.failure import error_info
from assetbook.execution.scrubbing import scrubbed
from assetbook.keys import RunId
from assetbook.planning.steps import Step

_LONGEST_SLEEP = 0.1  # seconds; an interrupt of another thread arrives between two


class Retries:
    """The steps of one run that wait to be tried again."""

    def __init__(self, environment: RunEnvironment, run_id: RunId) -> None:
        self._environment = environment
        self._run_id = run_id
        self._chance = random.Random()
        self._waiting: list[tuple[float, int, Step]] = []
        self._count = 0

    def until_next(self) -> float | None:
        """Seconds until a step may be tried again; None if none waits."""
        if not self._waiting:
            return None
        return max(0.0, min(each[0] for each in self._waiting) - time.monotonic())

    @property
    def waiting(self) -> list[Step]:
        """The steps that are yet to be tried again."""
        return [step for _, _, step in self._waiting]

    def next(self, takes: Callable[[Step], bool]) -> Step | None:
        """A step whose time has come, and that ``takes`` accepts; None if there is none."""
        now = time.monotonic()
        for each in sorted(self._waiting, key=lambda one: one[:2]):
            if each[0] <= now and takes(each[2]):
                self._waiting.remove(each)
                return each[2]
        return None

    def rest(self, longest: float) -> None:
        """Returns when a step's time has come, or after so many seconds."""
        until = time.monotonic() + longest
        while (seconds := self.until_next()) and (left := until - time.monotonic()) > 0:
            time.sleep(min(seconds, left, _LONGEST_SLEEP))

    def is_tried_again(self, step: Step, error: Exception, timing: Timing) -> bool:
        """Whether a step that ended with ``error`` will be tried again; if so, it waits."""
        retry = step.retry + 1
        seconds = delay_before(self._policy(step), error, retry, self._chance.random())
        if seconds is None:
            return False
        self._record(step, error, retry, seconds)
        self._count += 1
        due = time.monotonic() + seconds
        self._waiting.append((due, self._count, replace(step, retry=retry)))
        return True

    def _policy(self, step: Step) -> RetryPolicy | None:
        default = self._environment.steps.retry_policy
        if step.op is not None:
            return step.op.retry_policy or default
        if step.kind != "asset":
            return None
        return self._environment.graph.makers[step.keys[0]].retry_policy or default

    def _record(self, step: Step, error: Exception, retry: int, seconds: float) -> None:
        environment = self._environment
        info = error_info(error, environment.where)
        at = environment.clock.now()
        message = f"{info.kind}: {info.message.splitlines()[0] if info.message else ''}"
        event = StepUpForRetry(
            at=at,
            run_id=self._run_id,
            step=step.name,
            retry=retry,
            seconds=seconds,
            message=message,
            error=info,
        )
        soon = f"in {seconds:g} seconds" if seconds else "now"
        line = LogRecord(
            run_id=self._run_id,
            step=step.name,
            at=at,
            stream="log",
            level="WARNING",
            text=scrub(f"attempt {retry} failed: {message}; it is tried again {soon}"),
        )
        environment.store.later(scrubbed([event]))
        environment.store.later([line])


def delay_before(
    policy: RetryPolicy | None, error: Exception, retry: int, chance: float
) -> float | None:
    """Seconds to wait before the retry with that number; None if there is none."""
    if isinstance(error, RetryRequested):
        return None if retry > error.max_retries else error.seconds_to_wait or 0.0
    if policy is None or retry > policy.max_retries:
        return None
    if isinstance(error, Failure) and not error.allow_retries:
        return None
    return max(0.0, policy.delay_before(retry, chance))
