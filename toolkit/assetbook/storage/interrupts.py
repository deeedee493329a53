"""Keeps an interrupt from cutting a piece of work in two: it is delivered when the work is done."""

from __future__ import annotations

# the public module makes an enum member of each answer, which costs ten times the call itself
import _signal  # type: ignore[import-not-found]
import threading
from collections.abc import Callable
from signal import SIGINT
from types import FrameType, TracebackType
from typing import Any

_handler_of: Callable[[int], Any] = _signal.getsignal
_handle: Callable[[int, Any], Any] = _signal.signal


class InterruptsDeferred:
    """Inside ``with``, an interrupt (SIGINT) waits for the end.

    Only a handler in Python can raise in the middle of things, and only on the main thread: where
    there is none this does nothing, and SIGINT does what it did.
    """

    __slots__ = ("_caught", "_frame", "_handler")

    def __enter__(self) -> None:
        self._caught = False
        self._handler = None
        if threading.current_thread() is threading.main_thread():
            handler = _handler_of(SIGINT)
            if callable(handler):
                self._handler = handler
                _handle(SIGINT, self._note)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._handler is not None:
            _handle(SIGINT, self._handler)
            if self._caught:
                self._handler(SIGINT, self._frame)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._caught = True
        self._frame = frame
