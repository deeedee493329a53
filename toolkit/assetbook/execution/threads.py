"""Steps on threads of this process: for code that waits, as for a network or a database."""

from __future__ import annotations

import contextvars
import queue
import threading
from collections.abc import Collection

from assetbook.execution.executor import StepEnd, Workers, end_in_time
from assetbook.execution.interrupts import raise_in
from assetbook.execution.step_runner import StepRunner
from assetbook.named_arguments import named_arguments
from assetbook.planning.steps import Step

_LONGEST_GOODBYE = 5.0
"""Seconds for which a step that was interrupted is waited for; then it is left to itself."""


@named_arguments
class ThreadExecutor:
    """Runs up to ``workers`` steps at a time on threads of this process.

    Each has a copy of the run's context, so that its output stays with it. An interrupt is raised
    in the author's code as KeyboardInterrupt; one long call into native code cannot be stopped.
    """

    def __init__(self, workers: int = 4) -> None:
        self.workers = workers

    def start(self, runner: StepRunner) -> Workers:
        """Threads that begin with the first steps."""
        return _Threads(runner, self.workers)

    def __repr__(self) -> str:
        return f"ThreadExecutor(workers={self.workers})"


class _Threads:
    def __init__(self, runner: StepRunner, workers: int) -> None:
        self._runner = runner
        self.slots = workers
        self._waiting: queue.SimpleQueue[tuple[contextvars.Context, Step] | None] = (
            queue.SimpleQueue()
        )
        self._ended: queue.SimpleQueue[StepEnd] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._idle = 0

    def takes(self, step: Step) -> bool:
        return True

    def waits_for(self, step: Step) -> Collection[str]:
        return ()

    def submit(self, step: Step) -> None:
        if self._idle:
            self._idle -= 1
        else:
            self._add()
        self._waiting.put((contextvars.copy_context(), step))

    def next(self, seconds: float | None = None) -> StepEnd | None:
        while True:
            try:
                # an interrupt arrives between two waits
                end = self._ended.get(timeout=0.5 if seconds is None else seconds)
            except queue.Empty:
                if seconds is None:
                    continue
                return None
            self._idle += 1
            return end

    def interrupt(self) -> None:
        for thread in self._threads:
            raise_in(thread, KeyboardInterrupt)

    def close(self) -> None:
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join(_LONGEST_GOODBYE)

    def _add(self) -> None:
        name = f"assetbook step {len(self._threads) + 1}"
        thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _serve(self) -> None:
        try:
            while (work := self._waiting.get()) is not None:
                context, step = work
                self._ended.put(context.run(end_in_time, self._runner, step))
        except KeyboardInterrupt:  # between two steps
            return
