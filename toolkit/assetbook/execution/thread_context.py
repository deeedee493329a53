"""Threads that a step starts, and what it has pools of threads do, run in the step's context.

So what they print, log, display and read is the step's. Python itself does that only from 3.14 on,
in the free-threaded build. A pool's threads have no step's context of their own, since they go on
when the step has ended: each call that is submitted brings that of whoever submits it.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from contextvars import Context, copy_context
from types import ModuleType
from typing import Any

from assetbook.execution.after_import import Undo, after_import, replaced, together
from assetbook.execution.sink import current_sink

_POOL_METHODS = ("apply_async", "_map_async", "imap", "imap_unordered")
"""Those of ``multiprocessing.pool.ThreadPool`` by which all others hand over a function."""


def carry_contexts() -> Undo:
    """Carries contexts into threads from now on; gives back what ends it."""
    return together(
        [
            replaced(threading.Thread, "start", _starting(threading.Thread.start)),
            after_import("concurrent.futures.thread", _carry_submitted),
            after_import("multiprocessing.pool", _carry_pooled),
        ]
    )


def _starting(start: Callable[[threading.Thread], None]) -> Callable[[threading.Thread], None]:
    @functools.wraps(start)
    def start_in_context(thread: threading.Thread) -> None:
        # `_context` is what Python 3.14 was given by the author: it counts
        if current_sink.get() is not None and getattr(thread, "_context", None) is None:
            _carry_into(thread)
        start(thread)

    return start_in_context


def _carry_into(thread: threading.Thread) -> None:
    """Has the thread run in a copy of this context."""
    run, context = thread.run, copy_context()

    def run_in_context() -> None:
        put_back()  # a thread would keep itself alive
        context.run(run)

    put_back = replaced(thread, "run", run_in_context)


class _Carried:
    """A function that is called in copies of the context in which this was made."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self._context = copy_context()

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        # a copy for each call, as several threads call it at a time
        return self._context.copy().run(self._function, *arguments, **named)


def _carrying(hand_over: Callable[..., Any]) -> Callable[..., Any]:
    """The method of a pool that takes a function first."""

    @functools.wraps(hand_over)
    def hand_over_with_context(
        pool: Any, function: Callable[..., Any], /, *arguments: Any, **named: Any
    ) -> Any:
        if current_sink.get() is None:
            return hand_over(pool, function, *arguments, **named)
        # in an empty context, since the threads that this may start outlive the step
        return Context().run(hand_over, pool, _Carried(function), *arguments, **named)

    return hand_over_with_context


def _carry_submitted(module: ModuleType) -> Undo:
    executor = module.ThreadPoolExecutor
    return replaced(executor, "submit", _carrying(executor.submit))


def _carry_pooled(module: ModuleType) -> Undo:
    pool = module.ThreadPool
    undo = [replaced(pool, name, _carrying(getattr(pool, name))) for name in _POOL_METHODS]
    return together(undo)
