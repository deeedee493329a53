"""The program of a worker process: it waits for steps, and calls one after the other.

Its arguments are two file descriptors: the connection to the process that runs, and a pipe that
ends with that process, and the worker with it.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from multiprocessing.connection import Connection
from typing import Any

from assetbook.definitions.secret import known_secrets
from assetbook.execution.processes.messages import (
    RunOver,
    RunSetup,
    SecretFound,
    Shown,
    StepReply,
    StepRequest,
)
from assetbook.execution.processes.worker_run import WorkerRun
from assetbook.execution.processes.worker_streams import WorkerStreams


def main() -> None:
    """Serves until the connection ends."""
    connection = Connection(int(sys.argv[1]))
    threading.Thread(target=_end_with, args=(int(sys.argv[2]),), daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def tell(message: Shown | SecretFound) -> None:
        connection.send_bytes(_bytes(message))

    known_secrets.told = lambda value: tell(SecretFound(value))
    serve(connection, WorkerStreams(sys.argv[3].encode(), tell))


def serve(connection: Connection, streams: WorkerStreams) -> None:
    """Answers what comes in, until nothing more does."""
    run: WorkerRun | None = None
    while True:
        try:
            asked = pickle.loads(connection.recv_bytes())
        except (EOFError, OSError):
            return
        if isinstance(asked, RunSetup):
            run = WorkerRun(asked, connection)
        elif isinstance(asked, RunOver) and run is not None:
            connection.send_bytes(_bytes(RunOver(_closed(run))))
            run = None
        elif isinstance(asked, StepRequest) and run is not None:
            connection.send_bytes(_bytes(_reply(run, asked, streams)))


def _reply(run: WorkerRun, asked: StepRequest, streams: WorkerStreams) -> StepReply:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return run.reply(asked)
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


def _bytes(message: Any) -> bytes:
    return pickle.dumps(message)


if __name__ == "__main__":
    main()
