"""Where steps run: the protocol of executors, and the one that runs them on the run's thread."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol, runtime_checkable

import msgspec

from assetbook.execution.committing import Returned
from assetbook.execution.environment import RunEnvironment
from assetbook.execution.interrupts import interrupt_in
from assetbook.execution.step_runner import StepRunner, step_limit
from assetbook.execution.time_limits import InterruptedAfter, too_long
from assetbook.planning.steps import Step


class StepEnd(msgspec.Struct):
    """A step came to its end: what it made, or what it raised."""

    step: Step
    returned: Returned | None = None
    error: BaseException | None = None


class Workers(Protocol):
    """What runs the steps of one run. Every method is called on the run's thread."""

    @property
    def slots(self) -> int:
        """How many steps may be with it at a time."""
        ...

    def takes(self, step: Step) -> bool:
        """Whether there is room for that step now, where kinds of steps have slots of their own."""
        ...

    def waits_for(self, step: Step) -> Collection[str]:
        """The steps before ``step`` that must be committed first, as it reads from the store."""
        ...

    def submit(self, step: Step) -> None:
        """Begins a step. What the author's code raises is told by ``next``."""
        ...

    def next(self, seconds: float | None = None) -> StepEnd | None:
        """Waits for a step to end; None if none does within so many seconds (None: for ever).

        Raises KeyboardInterrupt if the run is interrupted.
        """
        ...

    def interrupt(self) -> None:
        """Lets the steps that are on their way end as soon as they can; none of them is told."""
        ...

    def close(self) -> None:
        """Lets go of what it holds, once; steps that are on their way are left alone."""
        ...


class Executor(Protocol):
    """A way to run steps, as ``Definitions(executor=...)`` takes it."""

    def start(self, runner: StepRunner) -> Workers:
        """Workers for one run."""
        ...


@runtime_checkable
class Sending(Protocol):
    """An executor that sends the code of steps away, and knows before a run what cannot go."""

    def refuse_unsendable(self, environment: RunEnvironment, steps: Sequence[Step]) -> None:
        """Raises DefinitionError naming what the first of ``steps`` reads that cannot be sent."""
        ...


def end_in_time(runner: StepRunner, step: Step) -> StepEnd:
    """How a step ended that was called on this thread; if it took longer than it may, it failed."""
    seconds = step_limit(runner.environment.graph, step)
    if seconds is None:
        return _end_of(runner, step)
    limit = InterruptedAfter(seconds)
    try:
        with limit:
            end = _end_of(runner, step)
    except KeyboardInterrupt as error:  # right at the end of the step
        limit.end()
        end = StepEnd(step, error=error)
    if limit.expired:
        return StepEnd(step, error=too_long(f"the step `{step.name}`", seconds))
    return end


def _end_of(runner: StepRunner, step: Step) -> StepEnd:
    try:
        return StepEnd(step, runner.run(step))
    except BaseException as error:  # noqa: BLE001 - the author's code may raise anything: told
        return StepEnd(step, error=interrupt_in(error) or error)


class InProcessExecutor:
    """Runs one step after the other on the run's own thread, as a cell would."""

    def start(self, runner: StepRunner) -> Workers:
        """A worker that is this thread."""
        return _ThisThread(runner)

    def __repr__(self) -> str:
        return "InProcessExecutor()"


class _ThisThread:
    """Runs a step while its end is waited for: an interrupt stops the author's code at once."""

    slots = 1

    def __init__(self, runner: StepRunner) -> None:
        self._runner = runner
        self._step: Step | None = None

    def takes(self, step: Step) -> bool:
        return True

    def waits_for(self, step: Step) -> Collection[str]:
        return ()

    def submit(self, step: Step) -> None:
        self._step = step

    def next(self, seconds: float | None = None) -> StepEnd:
        step, self._step = self._step, None
        assert step is not None, "nothing was submitted"
        return end_in_time(self._runner, step)

    def interrupt(self) -> None:
        self._step = None

    def close(self) -> None:
        return
