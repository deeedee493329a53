"""Interrupting what takes too long, as a person would: KeyboardInterrupt in the code that runs.

On the main thread a signal does it, so that a wait ends at once and a commit is finished first; on
another thread it is raised as soon as that runs Python code again.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

from assetbook.definitions.time_limit import limit_text
from assetbook.errors import TimeLimitError
from assetbook.execution.interrupts import raise_in, take_back

GRACE = 10.0
"""Seconds that code has to react to an interrupt."""


def too_long(of: str, seconds: float) -> TimeLimitError:
    """What ``of``, a run or step, fails with."""
    remedy = "Give it more time: --timeout, or the tag assetbook/max_runtime; or less to do."
    return TimeLimitError(of, f"took longer than {limit_text(seconds)}", remedy)


class InterruptedAfter:
    """Interrupts what runs inside ``with`` after so many seconds; None never does.

    Whoever catches the interrupt looks at ``expired``. ``deaf`` is called, on a thread of its own,
    if what runs has not ended a while after it was interrupted.
    """

    def __init__(self, seconds: float | None, deaf: Callable[[], None] | None = None) -> None:
        self.seconds = seconds
        self.expired = False
        self._deaf = deaf
        self._over = False
        self._ended = True  # until it begins
        self._on_its_way = False  # the interrupt, until it is raised
        self._lock = threading.Lock()
        self._thread = threading.current_thread()
        self._before: Any = None
        self._timers: list[threading.Timer] = []

    def __enter__(self) -> InterruptedAfter:
        if self.seconds is None:
            return self
        self._thread = threading.current_thread()
        if self._is_main:
            self._before = signal.getsignal(signal.SIGINT)
        self._ended = False
        if self._is_main:
            signal.signal(signal.SIGINT, self._interrupted)
        self._start(self.seconds, self._expire)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()

    def end(self) -> None:
        """Ends it, as the end of the block does: for whoever catches an interrupt that may have
        come between the two. Does nothing the second time."""
        if self.seconds is None or self._ended:
            return
        with self._lock:
            self._over = True
        for timer in self._timers:
            timer.cancel()
        if not self._is_main:
            if self._on_its_way:
                take_back()
            self._ended = True
            return
        # else it would be raised in what follows; code that took the handler away has lost it
        while self._on_its_way and signal.getsignal(signal.SIGINT) == self._interrupted:
            time.sleep(0.001)
        signal.signal(signal.SIGINT, self._before)
        self._ended = True

    @property
    def _is_main(self) -> bool:
        return self._thread is threading.main_thread()

    def _start(self, seconds: float, call: Callable[[], None]) -> None:
        timer = threading.Timer(seconds, call)
        timer.daemon = True
        self._timers.append(timer)
        timer.start()

    def _expire(self) -> None:
        with self._lock:
            if self._over:
                return
            self.expired = self._on_its_way = True
            if self._is_main:
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
            else:
                raise_in(self._thread, KeyboardInterrupt)
            if self._deaf is not None:
                self._start(GRACE, self._call_deaf)

    def _call_deaf(self) -> None:
        with self._lock:
            if not self._over and self._deaf is not None:
                self._deaf()

    def _interrupted(self, number: int, frame: FrameType | None) -> None:
        """The interrupt that was sent from here, or a person's, or that of a limit around this."""
        if self._on_its_way:
            self._on_its_way = False
            if not self._over:
                # also where this is raised as __exit__ begins, which then does nothing of its own
                signal.signal(signal.SIGINT, self._before)
                raise KeyboardInterrupt
        elif callable(self._before):
            self._before(number, frame)
        elif self._before != signal.SIG_IGN:
            raise KeyboardInterrupt
