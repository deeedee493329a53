"""Keeping an interrupt away from a commit: it is held back and raised right after; and interrupting
what runs on another thread."""

from __future__ import annotations

import ctypes
import threading

from assetbook.storage.interrupts import InterruptsDeferred


def interrupts_held() -> InterruptsDeferred:
    """Holds back SIGINT until the end of the block, then raises it; off the main thread, nothing.

    A person's interrupt stops their code at once; what is being committed is finished first.
    """
    return InterruptsDeferred()


def raise_in(thread: threading.Thread, error: type[BaseException] | None) -> None:
    """Raises ``error`` in a thread, as soon as it runs Python code again; None takes back one that
    was not raised yet. One long call into native code cannot be stopped."""
    if thread.ident is not None:
        raised = None if error is None else ctypes.py_object(error)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), raised)


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
