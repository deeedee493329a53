"""Work inside a library that hears no interrupt while it waits for its own threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import pyarrow as pa

Result = TypeVar("Result")
_AGAIN = 0.05  # seconds


def interruptibly(work: Callable[[], Result], stop: Callable[[], None]) -> Result:
    """What ``work`` gives, or raises; on the main thread, an interrupt ends it at once.

    Then ``stop`` is called, from here, until ``work`` has ended, and the interrupt goes on.
    """
    if threading.current_thread() is not threading.main_thread():
        return work()
    done: Future[Result] = Future()
    thread = threading.Thread(target=copy_context().run, args=(_carry_out, work, done), daemon=True)
    thread.start()
    try:
        # not for ever at once: where a library has set SIGINT's handler anew, a wait may outlast it
        while not done.done():
            wait([done], _AGAIN)
        thread.join()  # else the interpreter may end while it lets the library's objects go
        return done.result()
    except BaseException:
        while thread.is_alive():  # it may not have begun, and then hears no stop
            stop()
            thread.join(_AGAIN)
        raise


def interruptible_batches(
    reader: pa.RecordBatchReader, connection: Any
) -> Iterator[pa.RecordBatch]:
    """The batches that DuckDB computes as they are read."""
    while (batch := interruptibly(lambda: next(reader, None), connection.interrupt)) is not None:
        yield batch


def _carry_out(work: Callable[[], Result], done: Future[Result]) -> None:
    try:
        done.set_result(work())
    except BaseException as error:  # noqa: BLE001 - raised where it is waited for
        done.set_exception(error)
