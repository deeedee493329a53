"""Steps on the event loop of whoever awaits a run: coroutines as its tasks, functions in between.

The run itself is on a thread of its own, so that the loop goes on while values are written. A
function that is not async holds the loop up, as it would in the caller's own code.
"""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import queue
import signal
import threading
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from assetbook.execution.awaiting import CallersLoop, callers_loop
from assetbook.execution.executor import StepEnd, Workers, end_in_time
from assetbook.execution.step_runner import StepRunner
from assetbook.notebook.cell_body import CellBody
from assetbook.planning.steps import Step

_LONGEST_GOODBYE = 5.0
"""Seconds for which steps that were interrupted are waited for; then they are left to
themselves."""


class LoopExecutor:
    """Runs up to ``workers`` steps at a time on a running loop; for a run on another thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop, workers: int = 16) -> None:
        self.workers = workers
        self._loop = loop
        self._ends: queue.SimpleQueue[StepEnd | None] = queue.SimpleQueue()

    def start(self, runner: StepRunner) -> Workers:
        """Workers for one run."""
        return _OnLoop(runner, CallersLoop(self._loop), self.workers, self._ends)

    def interrupt(self) -> None:
        """Ends the run as an interrupt does; for the loop's thread."""
        self._ends.put(None)

    def __repr__(self) -> str:
        return f"LoopExecutor(workers={self.workers})"


class _OnLoop:
    def __init__(
        self,
        runner: StepRunner,
        loop: CallersLoop,
        workers: int,
        ends: queue.SimpleQueue[StepEnd | None],
    ) -> None:
        self.slots = workers
        self._runner = runner
        self._loop = loop
        self._ends = ends
        self._threads = ThreadPoolExecutor(workers, "assetbook async step")
        self._going = 0
        self._stopped = False

    def takes(self, step: Step) -> bool:
        return True

    def waits_for(self, step: Step) -> Collection[str]:
        return ()

    def submit(self, step: Step) -> None:
        context = contextvars.copy_context()
        self._going += 1
        if _is_async(self._runner, step):
            # its coroutine is awaited on the loop; this thread reads and keeps the values
            context.run(callers_loop.set, self._loop)
            self._threads.submit(context.run, self._end, step)
        else:
            self._loop.call(self._between, step, context=context)

    def next(self, seconds: float | None = None) -> StepEnd | None:
        try:
            end = self._ends.get(timeout=seconds)
        except queue.Empty:
            return None
        if end is None or isinstance(end.error, KeyboardInterrupt | asyncio.CancelledError):
            raise KeyboardInterrupt
        self._going -= 1
        return end

    def interrupt(self) -> None:
        self._stopped = True
        self._loop.cancel()
        while self._going:
            try:
                end = self._ends.get(timeout=_LONGEST_GOODBYE)
            except queue.Empty:
                return
            self._going -= end is not None

    def close(self) -> None:
        self._threads.shutdown(wait=False)

    def _between(self, step: Step) -> None:
        """Runs a function on the loop's own thread, where an interrupt stops it at once."""
        with _stopped_by_interrupts():
            self._end(step)

    def _end(self, step: Step) -> None:
        try:
            if self._stopped:
                raise KeyboardInterrupt
            end = end_in_time(self._runner, step)
        except BaseException as error:  # noqa: BLE001 - told on the run's thread
            end = StepEnd(step, error=error)
        self._ends.put(end)


def _is_async(runner: StepRunner, step: Step) -> bool:
    """Whether the step's function is a coroutine function."""
    graph = runner.environment.graph
    if step.check is not None:
        nodes = graph.check_nodes(step.check.asset_key)
        compute = next(node.definition.compute for node in nodes if node.key == step.check)
    else:
        definition = graph.source(step.keys[0]) or graph.makers[step.keys[0]]
        compute = definition.compute
    if isinstance(compute, CellBody):
        return compute.awaits
    return inspect.iscoroutinefunction(compute) or inspect.isasyncgenfunction(compute)


@contextmanager
def _stopped_by_interrupts() -> Iterator[None]:
    """While it lasts, SIGINT raises KeyboardInterrupt here, and does not cancel the caller."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
