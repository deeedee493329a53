"""Keeping an interrupt away from a commit: it is held back and raised right after; keeping further
ones away from what the first has ended; and interrupting what runs on another thread."""

from __future__ import annotations

import ctypes
import signal
import threading
import time
from types import FrameType, TracebackType
from typing import Any

from assetbook.storage.interrupts import InterruptsDeferred


def interrupts_held() -> InterruptsDeferred:
    """Holds back SIGINT until the end of the block, then raises it; off the main thread, nothing.

    A person's interrupt stops their code at once; what is being committed is finished first.
    """
    return InterruptsDeferred()


class FirstInterrupt:
    """Inside ``with``, the first SIGINT is raised as ever, and those after it wait for the end: for
    what ends in bounded time once it was interrupted. Off the main thread this does nothing."""

    def __init__(self) -> None:
        self._before: Any = None
        self._came = 0

    def __enter__(self) -> None:
        if threading.current_thread() is threading.main_thread():
            handler = signal.getsignal(signal.SIGINT)
            if callable(handler):  # else none is raised
                self._before = handler
                signal.signal(signal.SIGINT, self._interrupted)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
            if self._came > 1:  # may be that of a time limit, which waits until it is raised
                self._before(signal.SIGINT, None)

    def _interrupted(self, number: int, frame: FrameType | None) -> None:
        self._came += 1
        if self._came > 1:
            return
        try:
            self._before(number, frame)
        finally:  # one for a time limit puts back what was before it
            signal.signal(signal.SIGINT, self._interrupted)


def raise_in(thread: threading.Thread, error: type[BaseException]) -> None:
    """Raises ``error`` in a thread, as soon as it runs Python code again, in the place of one that
    is on its way. One long call into native code cannot be stopped."""
    if thread.ident is not None:
        raised = ctypes.py_object(error)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), raised)


class _TakenBackError(BaseException):
    """Is raised in the place of what is taken back."""


def take_back() -> None:
    """Takes back what is to be raised in this thread and was not yet, if there is something.

    It is not set to nothing, as it could be: Python 3.11 would then wait for it for ever where it
    traces, as for a debugger, in any thread of the process.
    """
    try:
        raise_in(threading.current_thread(), _TakenBackError)
        while True:  # in which it is raised
            time.sleep(0)
    except _TakenBackError:
        return


def interrupt_in(error: BaseException) -> KeyboardInterrupt | None:
    """The interrupt that ``error`` was made of; None if it was made of none.

    Python 3.11 wraps whatever is raised while a class is being made, as in an import.
    """
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, KeyboardInterrupt):
            return cause
        cause = cause.__cause__
    return None
