"""A step that a worker process calls, as the process that runs keeps it."""

from __future__ import annotations

import contextvars
from dataclasses import dataclass

from assetbook.execution.processes.messages import StepReply, StepRequest
from assetbook.execution.processes.worker_process import WorkerProcess
from assetbook.execution.sink import Sink
from assetbook.execution.step_runner import Begun


@dataclass(slots=True, eq=False)
class OnItsWay:
    """A step that a worker calls."""

    begun: Begun
    request: StepRequest
    worker: WorkerProcess
    sink: Sink
    context: contextvars.Context
    """Where its output is shown: the cell that runs."""
    heard: bool = False
    """Whether its worker has begun with it."""
    lost: int = 0
    """How many workers died before they began with it."""
    reply: StepReply | None = None
    limit: float | None = None
    """The seconds that it may take."""
    until: float | None = None
    """When it is interrupted, and once it was, when its process is killed; None for never, and
    until it has begun."""
    expired: bool = False

    @property
    def is_over(self) -> bool:
        return self.reply is not None and self.worker.out.step_over and self.worker.err.step_over
