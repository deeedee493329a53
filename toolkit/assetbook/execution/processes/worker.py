"""What a worker process does: it waits for steps, and calls one after the other."""

from __future__ import annotations

import os
import signal
import threading
from multiprocessing.connection import Connection

from assetbook.definitions.secret import known_secrets
from assetbook.execution.processes.messages import (
    RunOver,
    RunSetup,
    SecretFound,
    StepBegun,
    StepReply,
    StepRequest,
)
from assetbook.execution.processes.worker_line import WorkerLine
from assetbook.execution.processes.worker_run import WorkerRun
from assetbook.execution.processes.worker_streams import WorkerStreams


def work(connection: int, life: int, mark: str) -> None:
    """Serves until the connection ends, a descriptor to the process that runs.

    ``life`` is a pipe that ends with that process, and this one with it; ``mark`` ends the output
    of each step.
    """
    line = WorkerLine(Connection(connection))
    threading.Thread(target=_end_with, args=(life,), daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    known_secrets.told = lambda value: line.tell(SecretFound(value))
    serve(line, WorkerStreams(mark.encode(), line.tell))


def serve(line: WorkerLine, streams: WorkerStreams) -> None:
    """Answers what comes in, until nothing more does."""
    run: WorkerRun | None = None
    while True:
        try:
            asked, descriptors = line.asked()
        except EOFError:
            return
        if isinstance(asked, RunSetup):
            run = WorkerRun(asked, line)
        elif isinstance(asked, RunOver) and run is not None:
            line.tell(RunOver(_closed(run)))
            run = None
        elif isinstance(asked, StepRequest) and run is not None:
            line.tell(StepBegun())
            reply, made = _reply(run, asked, descriptors, streams)
            line.tell(reply, made)


def _reply(
    run: WorkerRun, asked: StepRequest, descriptors: list[int], streams: WorkerStreams
) -> tuple[StepReply, list[int]]:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return run.reply(asked, descriptors)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        streams.mark_end()


def _closed(run: WorkerRun) -> str:
    """What went wrong with the run's resources at its end."""
    try:
        run.close()
    except Exception as error:  # noqa: BLE001 - the author's code may raise anything: told
        return f"{type(error).__name__}: {error}"
    return ""


def _end_with(pipe: int) -> None:
    """Ends this process, and what it started, when nobody holds the other end of ``pipe``."""
    os.read(pipe, 1)
    os.killpg(os.getpgid(0), signal.SIGKILL)
