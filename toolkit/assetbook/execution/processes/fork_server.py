"""The program that worker processes are forked from, once it has imported what they need.

Its argument is a file descriptor: the connection to the process that runs, with which it ends. It
has no threads of its own and does nothing but import, fork and wait, so that its children find no
lock held.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import warnings
from contextlib import suppress
from importlib import import_module
from multiprocessing import reduction
from multiprocessing.connection import Connection
from typing import Any

from assetbook.execution.processes import worker
from assetbook.execution.processes.forking import Fork, Imports, WaitFor, WorkerEnd

_HANDED = 4
"""Descriptors of a worker: its connection, its life line, and both of its outputs."""


def main() -> None:
    """Serves until the connection ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    connection: Connection[Any, Any] = Connection(int(sys.argv[1]))
    with suppress(EOFError, ConnectionError):
        while True:
            asked = connection.recv()
            if isinstance(asked, Imports):
                _import(asked)
            elif isinstance(asked, Fork):
                connection.send(_fork(connection, asked))
            elif isinstance(asked, WaitFor):
                connection.send(_end_of(asked.pid))


def _import(asked: Imports) -> None:
    sys.path[:] = asked.path
    for name in asked.modules:
        with suppress(ImportError):  # a worker that needs it says what is wrong with it
            import_module(name)
    # what is there now stays shared with every child: no collection writes on its pages
    gc.collect()
    gc.freeze()


def _fork(connection: Connection[Any, Any], asked: Fork) -> int:
    handed = [reduction.recv_handle(connection) for _ in range(_HANDED)]
    ready, told = os.pipe()
    with warnings.catch_warnings():
        # of the threads that numpy's BLAS has: it stops them before a fork by itself
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        connection.close()
        os.close(ready)
        _work(handed, told, asked.mark)
    for descriptor in (*handed, told):
        os.close(descriptor)
    os.read(ready, 1)  # ends when the child leads a group of its own, and can be killed with it
    os.close(ready)
    return pid


def _work(handed: list[int], told: int, mark: str) -> None:
    """The life of a child; does not return."""
    code = 1
    try:
        os.setsid()  # a terminal's interrupt is for the run, which passes it on
        os.close(told)
        line, life, out, err = handed
        os.dup2(out, 1)
        os.dup2(err, 2)
        os.close(out)
        os.close(err)
        if "numpy" in sys.modules:
            sys.modules["numpy"].random.seed()  # else all children draw the same numbers
        worker.work(line, life, mark)
        code = 0
    finally:
        os._exit(code)


def _end_of(pid: int) -> WorkerEnd:
    _, status, usage = os.wait4(pid, 0)
    return WorkerEnd(os.waitstatus_to_exitcode(status), usage.ru_maxrss * 1024)


if __name__ == "__main__":
    main()
