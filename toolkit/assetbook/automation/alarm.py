"""Wakes one who sleeps, from another thread or from a signal's handler."""

from __future__ import annotations

import os
import select
import weakref


class Alarm:
    """A pipe: its bytes are the rings that were not heard yet.

    An event or condition would not do: a handler may run while its own thread holds their lock.
    """

    def __init__(self) -> None:
        self._heard, self._rings = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        for each in (self._heard, self._rings):
            weakref.finalize(self, os.close, each)

    def ring(self) -> None:
        """Ends the wait that goes on, or else the next one."""
        try:
            os.write(self._rings, b".")
        except BlockingIOError:  # it is full of rings
            return

    def wait(self, seconds: float) -> None:
        """Returns after so many seconds, or at the first ring."""
        if select.select([self._heard], [], [], seconds)[0]:
            os.read(self._heard, 4096)
