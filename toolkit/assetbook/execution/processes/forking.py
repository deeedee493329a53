"""The server that worker processes are forked from, as the process that runs sees it."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import threading
import weakref
from collections.abc import Collection, Sequence
from contextlib import suppress
from multiprocessing import reduction
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec

from assetbook.execution.interrupts import interrupts_held

_PROGRAM = "assetbook.execution.processes.fork_server"
PATIENCE = 60.0
"""Seconds in which the server has imported what it is to, and answers."""
_ROOT = str(Path(__file__).resolve().parents[3])


class Imports(msgspec.Struct, frozen=True):
    """What the server is to import, and where from; nothing is answered."""

    modules: tuple[str, ...]
    path: tuple[str, ...]


class Fork(msgspec.Struct, frozen=True):
    """Asks for a worker; its descriptors come along. The answer is its process id."""

    mark: str
    """What ends the output of each of its steps."""


class WaitFor(msgspec.Struct, frozen=True):
    """Asks how a worker ended, once it has; the answer is a :class:`WorkerEnd`."""

    pid: int


class WorkerEnd(msgspec.Struct, frozen=True):
    """How a worker process ended."""

    code: int | None
    """Its exit code, negative for a signal; None if nobody is left who knows it."""
    peak: int
    """Bytes of memory that it had at most; 0 if that is not known."""


class ForkServer:
    """A process with ``modules`` imported, from which workers are forked in milliseconds.

    It ends with this object, at the latest with this process; its workers hold on to it. Safe to
    use from any thread.
    """

    def __init__(self, modules: Sequence[str]) -> None:
        self.modules = frozenset(modules)
        self.environment = dict(os.environ)
        """Libraries read it as they are imported."""
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", _PROGRAM, str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=_where_assetbook_is(self.environment),
                start_new_session=True,
            )
        self.pid = process.pid
        self._connection: Connection[Any, Any] = Connection(ours.detach())
        self._lock = threading.Lock()
        weakref.finalize(self, _end, os.getpid(), self._connection, process)
        self._connection.send(Imports(tuple(modules), tuple(sys.path)))

    def serves(self, modules: Collection[str]) -> bool:
        """Whether its workers have all of the modules, in the environment of this moment."""
        return self.modules.issuperset(modules) and self.environment == dict(os.environ)

    def fork(self, descriptors: Sequence[int], mark: str) -> int:
        """The process id of a new worker, which has the descriptors: its connection, its life line,
        its outputs. Raises OSError or EOFError if the server is gone, or hangs and has to go."""
        with self._lock, interrupts_held():
            self._connection.send(Fork(mark))
            for descriptor in descriptors:
                reduction.send_handle(self._connection, descriptor, self.pid)
            pid: int = self._answer()
            return pid

    def end_of(self, pid: int, sentinel: int) -> WorkerEnd:
        """How a worker ended that is about to; ``sentinel`` is its process's descriptor."""
        with suppress(OSError, EOFError), self._lock, interrupts_held():
            self._connection.send(WaitFor(pid))
            found: WorkerEnd = self._answer()
            return found
        select.select([sentinel], [], [])  # the server is gone, and the worker is somebody else's
        return WorkerEnd(None, 0)

    def _answer(self) -> Any:
        # nobody could interrupt an import that hangs
        if not self._connection.poll(PATIENCE):
            os.kill(self.pid, signal.SIGKILL)
            raise EOFError
        return self._connection.recv()


def _end(owner: int, connection: Connection[Any, Any], process: subprocess.Popen[bytes]) -> None:
    if os.getpid() != owner:
        return
    connection.close()
    process.kill()
    process.wait()


def _where_assetbook_is(environment: dict[str, str]) -> dict[str, str]:
    """The environment in which assetbook can be imported; a run brings its own again."""
    path = environment.get("PYTHONPATH", "")
    return {**environment, "PYTHONPATH": f"{_ROOT}{os.pathsep}{path}" if path else _ROOT}
