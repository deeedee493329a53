"""Running a coroutine to its end from ordinary code, also where a loop runs already."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from assetbook.execution.cancellation import cancel_asked


def run_coroutine(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """What ``coroutine`` returns; runs on a helper thread with this context.

    A kernel's own loop is busy with the cell. An interrupt cancels the coroutine.
    """
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
    thread.start()
    try:
        # An interrupt inside Thread.join() makes Python 3.11 believe that the thread has ended.
        while not ended.wait(0.1):
            pass
    except BaseException:
        canceled.set()
        _cancel(tasks, ended)
        raise
    finally:
        thread.join()
    if failure:
        raise failure[0]
    return outcome[0]


def _cancel(tasks: list[asyncio.Task[Any]], ended: threading.Event) -> None:
    """Cancels the coroutine on its own loop, and waits until it has ended."""
    while not tasks and not ended.wait(0.01):
        pass
    with suppress(RuntimeError):  # its loop is closed: it has ended by itself
        tasks[0].get_loop().call_soon_threadsafe(tasks[0].cancel)
    ended.wait()
