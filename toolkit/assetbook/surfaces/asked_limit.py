"""Processes that the daemon asks something: each ends in time, and all of them with it."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress


class Asking:
    """The processes that are asked something now."""

    def __init__(self) -> None:
        self.is_over = False
        """Whether nobody waits for answers any more."""
        self._pids: set[int] = set()
        self._mutex = threading.Lock()

    def end(self) -> None:
        """Ends all of them, and each that begins after this."""
        with self._mutex:
            self.is_over = True
            for pid in self._pids:
                _kill(pid)

    def begun(self, pid: int) -> None:
        """Takes note of one."""
        with self._mutex:
            self._pids.add(pid)
            if self.is_over:
                _kill(pid)

    def ended(self, pid: int) -> None:
        """That one has ended: its number may be another one's by now."""
        with self._mutex:
            self._pids.discard(pid)


class Limit:
    """Kills a process that takes too long; to be entered for as long as it is waited for."""

    def __init__(self, seconds: float, among: Asking) -> None:
        self.expired = False
        self._seconds = seconds
        self._among = among
        self._timer: threading.Timer | None = None
        self._pid = 0

    def watch(self, pid: int) -> None:
        """Begins to count."""
        self._pid = pid
        self._among.begun(pid)
        self._timer = threading.Timer(self._seconds, self._expire, (pid,))
        self._timer.daemon = True
        self._timer.start()

    def _expire(self, pid: int) -> None:
        self.expired = True
        _kill(pid)

    def __enter__(self) -> Limit:
        return self

    def __exit__(self, *error: object) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._among.ended(self._pid)


def _kill(pid: int) -> None:
    """Kills it, with what it has started where it is the head of a group of its own."""
    with suppress(ProcessLookupError):
        if os.getpgid(pid) == pid:
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGKILL)
