"""Worker processes that wait for the next run, so that starting them is paid once."""

from __future__ import annotations

import atexit
import os
import threading

from assetbook.execution.processes.forking import ForkServer
from assetbook.execution.processes.preloads import preloads
from assetbook.execution.processes.worker_process import WorkerProcess


class WorkerPool:
    """Idle workers of this process, ready at once. Safe to use from any thread."""

    def __init__(self) -> None:
        self._idle: list[WorkerProcess] = []
        self._server: ForkServer | None = None
        self._lock = threading.Lock()
        self._owner = os.getpid()
        atexit.register(self.close)

    def take(self) -> WorkerProcess:
        """A worker, for one run; a new one if none is idle."""
        with self._lock:
            if os.getpid() != self._owner:  # forked off: they are the other process's
                self._idle, self._server, self._owner = [], None, os.getpid()
            return self._idle.pop() if self._idle else self._forked()

    def _forked(self) -> WorkerProcess:
        modules = preloads()
        server = self._server
        if server is None or not server.serves(modules):
            server = self._server = ForkServer(modules)
        try:
            return WorkerProcess(server)
        except (OSError, EOFError):  # it was ended, or does not survive what it imports
            self._server = ForkServer(())
            return WorkerProcess(self._server)

    def put_back(self, worker: WorkerProcess) -> None:
        """Takes a worker that has let go of its run."""
        with self._lock:
            self._idle.append(worker)

    def close(self) -> None:
        """Ends the idle ones; does nothing in a process that was forked off."""
        with self._lock:
            idle, self._idle, self._server = self._idle, [], None
        if os.getpid() == self._owner:
            for worker in idle:
                worker.end()


pool = WorkerPool()
"""The workers of this process."""
