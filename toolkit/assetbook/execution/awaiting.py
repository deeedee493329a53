"""Running coroutines to their end from ordinary code, also where a loop runs already."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import AsyncIterator, Coroutine
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

from assetbook.execution.cancellation import cancel_asked
from assetbook.execution.interrupts import interrupts_held


class CallersLoop:
    """The loop of whoever awaits a run, which stays free for the run's coroutines."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._tasks: set[asyncio.Task[Any]] = set()
        self._canceled = False

    def call(self, *work: Any, context: contextvars.Context) -> None:
        """Calls a function with its arguments on the loop's thread, soon, in that context."""
        self._loop.call_soon_threadsafe(*work, context=context)

    def result(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """What ``coroutine`` returns, awaited on the loop with this thread's context."""
        ended = threading.Event()
        found: list[asyncio.Task[Any]] = []

        def start() -> None:
            task = self._loop.create_task(coroutine)
            found.append(task)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            task.add_done_callback(lambda task: ended.set())
            if self._canceled:
                task.cancel()

        self._loop.call_soon_threadsafe(start)
        try:
            while not ended.wait(0.1):  # what is raised in this thread arrives between two waits
                pass
        except BaseException:
            self._loop.call_soon_threadsafe(lambda: [task.cancel() for task in found])
            ended.wait()
            raise
        return found[0].result()

    def cancel(self) -> None:
        """Cancels all that is awaited, and what will be."""

        def cancel() -> None:
            self._canceled = True
            for task in [*self._tasks]:
                task.cancel()

        self._loop.call_soon_threadsafe(cancel)


callers_loop: ContextVar[CallersLoop | None] = ContextVar("assetbook_loop", default=None)
"""Where the coroutines of this context are awaited; None: on a loop of their own."""


def run_coroutine(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """What ``coroutine`` returns; runs on a helper thread with this context, or on the loop of
    whoever awaits the run.

    A kernel's own loop is busy with the cell. An interrupt cancels the coroutine.
    """
    loop = callers_loop.get()
    if loop is not None:
        return loop.result(coroutine)
    tasks: list[asyncio.Task[Any]] = []
    outcome: list[Any] = []
    failure: list[BaseException] = []
    ended = threading.Event()

    async def main() -> Any:
        task = asyncio.current_task()
        assert task is not None
        tasks.append(task)
        return await coroutine

    def work() -> None:
        try:
            outcome.append(asyncio.run(main()))
        except BaseException as error:  # noqa: BLE001 - raised again in the calling thread
            failure.append(error)
        finally:
            ended.set()

    context = contextvars.copy_context()
    canceled = threading.Event()
    context.run(cancel_asked.set, canceled)
    thread = threading.Thread(target=context.run, args=(work,), name="assetbook-async")
    try:
        with interrupts_held():
            thread.start()
        # An interrupt inside Thread.join() makes Python 3.11 believe that the thread has ended.
        while not ended.wait(0.1):
            pass
    except BaseException:
        canceled.set()
        if thread.ident is None:
            coroutine.close()
        else:
            _cancel(tasks, ended)
        raise
    finally:
        if thread.ident is not None:
            thread.join()
    if failure:
        raise failure[0]
    return outcome[0]


async def gathered(items: AsyncIterator[Any]) -> list[Any]:
    """All that an async generator yields."""
    return [item async for item in items]


def _cancel(tasks: list[asyncio.Task[Any]], ended: threading.Event) -> None:
    """Cancels the coroutine on its own loop, and waits until it has ended."""
    while not tasks and not ended.wait(0.01):
        pass
    with suppress(RuntimeError):  # its loop is closed: it has ended by itself
        tasks[0].get_loop().call_soon_threadsafe(tasks[0].cancel)
    ended.wait()
