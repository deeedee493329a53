"""The last line of a terminal while a run goes, drawn anew in place; there is none in a pipe.

It is taken away before anything else is written, and comes back once that has ended its line.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Callable
from typing import TextIO

from assetbook.execution.after_import import replaced, together

TICK = 0.5
"""Seconds between two drawings."""
_ERASE = "\r\x1b[K"


def is_terminal(stream: TextIO) -> bool:
    """Whether a line can be drawn anew there."""
    try:
        return stream.isatty() and os.environ.get("TERM") not in (None, "", "dumb")
    except ValueError:  # it is closed
        return False


class StatusLine:
    """Draws what ``text`` gives below all else in the terminal behind ``stream``, until ``end``.

    ``text`` is asked twice a second on a thread of its own; where it is empty nothing is drawn.
    """

    def __init__(self, stream: TextIO, text: Callable[[], str]) -> None:
        self._stream = stream
        self._text = text
        self._write = stream.write
        self._lock = threading.RLock()
        self._over = threading.Event()
        self._drawn = False
        self._within = False  # a line that somebody has begun
        others = [each for each in (sys.__stdout__, sys.__stderr__) if each and is_terminal(each)]
        streams = {id(each): each for each in (stream, *others)}.values()
        self._restore = together(
            [replaced(each, "write", self._first_erasing(each.write)) for each in streams]
        )
        threading.Thread(target=self._tick, name="assetbook status line", daemon=True).start()

    def end(self) -> None:
        """Takes the line away for good."""
        with self._lock:
            self._over.set()
            self._erase()
            self._restore()

    def _first_erasing(self, write: Callable[[str], int]) -> Callable[[str], int]:
        def erasing(text: str) -> int:
            with self._lock:
                self._erase()
                self._within = bool(text) and not text.endswith("\n")
                return write(text)

        return erasing

    def _tick(self) -> None:
        while not self._over.wait(TICK):
            with self._lock:
                if self._over.is_set() or self._within:
                    continue
                self._draw(self._text())

    def _draw(self, text: str) -> None:
        self._erase()
        if text:
            try:
                self._write(text[: shutil.get_terminal_size().columns - 1])
                self._stream.flush()
                self._drawn = True
            except (OSError, ValueError):  # nobody looks any more, or it has no such characters
                self._over.set()

    def _erase(self) -> None:
        if self._drawn:
            self._drawn = False
            self._write(_ERASE)
            self._stream.flush()
