"""The worker processes of one run: those that wait, and how they come and go."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from msgspec import structs

from assetbook.execution.processes.messages import RunOver, RunSetup, Shown, StepRequest
from assetbook.execution.processes.pool import pool
from assetbook.execution.processes.sending import setup_of
from assetbook.execution.processes.worker_process import WorkerProcess
from assetbook.execution.step_runner import StepRunner


class Crew:
    """Workers that know the run. One that is asked belongs to whoever asked, until it is back."""

    def __init__(self, runner: StepRunner) -> None:
        self._runner = runner
        self._setup: RunSetup | None = None
        self._free: list[WorkerProcess] = []

    def asked(self, request: StepRequest, descriptors: Sequence[int]) -> WorkerProcess:
        """The worker that was asked, one that lives."""
        while True:
            worker = self._free.pop() if self._free else self._fresh()
            known = request.digest in worker.sent
            try:
                worker.ask(
                    structs.replace(request, definition=None) if known else request, descriptors
                )
            except BrokenPipeError:  # it died between two steps
                worker.end()
                continue
            worker.sent.add(request.digest)
            return worker

    def _fresh(self) -> WorkerProcess:
        """A worker that knows the run."""
        if self._setup is None:
            self._setup = setup_of(self._runner)
        while True:
            worker = pool.take()
            try:
                worker.ask(self._setup)
            except BrokenPipeError:
                worker.end()
                continue
            worker.sent.clear()
            return worker

    def take_back(self, worker: WorkerProcess) -> None:
        """Takes a worker that waits for its next step."""
        self._free.append(worker)

    def dismiss(self) -> list[str]:
        """Lets all that wait end the run, and keeps them for the next; what went wrong with that,
        a sentence each."""
        said = [text for worker in self._free if (text := _dismissed(worker))]
        self._free.clear()
        return said


def _dismissed(worker: WorkerProcess) -> str:
    """Lets a worker end its run, and keeps it for the next; what went wrong with its resources."""
    try:
        worker.ask(RunOver())
        while not isinstance(told := worker.told(), RunOver):
            if isinstance(told, Shown):
                getattr(sys, told.stream).write(told.text)
    except (EOFError, BrokenPipeError):
        worker.end()
        return ""
    pool.put_back(worker)
    return told.error
