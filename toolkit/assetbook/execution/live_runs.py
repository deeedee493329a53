"""The runs that this process is running at this moment."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Container, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from assetbook.execution.interrupts import raise_in
from assetbook.keys import RunId

_live: dict[RunId, threading.Thread] = {}
_inside: ContextVar[RunId | None] = ContextVar("assetbook_inside_a_run", default=None)


def live_runs() -> frozenset[RunId]:
    """The runs that this process is running, or waits to run, at this moment."""
    return frozenset(_live)


def interrupt_live(run_id: RunId) -> bool:
    """Whether this process is running that run, which then is interrupted as by a person."""
    thread = _live.get(run_id)
    if thread is None:
        return False
    if thread is threading.main_thread():
        os.kill(os.getpid(), signal.SIGINT)
    else:
        raise_in(thread, KeyboardInterrupt)
    return True


def is_inside_a_run() -> bool:
    """Whether the calling code is a run's, or was called by one of its steps in this process."""
    # an interrupt may come before the variable is set back: a run that has ended counts for nothing
    return _inside.get() in _live


@contextmanager
def counted_as_live(run_id: RunId) -> Iterator[None]:
    """While it lasts, this process says that this thread is running that run, and what is called is
    its."""
    before = _inside.get()
    try:
        _live[run_id] = threading.current_thread()
        _inside.set(run_id)
        yield
    finally:
        _live.pop(run_id, None)
        _inside.set(before)


class LiveNow(Container[RunId]):
    """The runs that this process is running, asked anew each time.

    So a run that begins on another thread while the store is being looked through is no dead one.
    """

    def __contains__(self, run_id: object) -> bool:
        return run_id in live_runs()
