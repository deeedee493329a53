"""A line on the standard error for what takes more than a second."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from assetbook.surfaces.display.html import visible

SLOW = 1.0
"""Seconds that pass before anything is said."""


@contextmanager
def told_if_slow(text: str) -> Iterator[None]:
    """While the block lasts longer than a second, ``text`` says once what goes on.

    It goes to the process's own standard error, also where ``sys.stderr`` leads elsewhere.
    """
    lock, going_on = threading.Lock(), [text]

    def tell() -> None:
        with lock:
            for each in going_on:
                _tell(each)

    timer = threading.Timer(SLOW, tell)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        with lock:  # else it may be told after the end
            going_on.clear()


def _tell(text: str) -> None:
    with suppress(OSError, ValueError, AttributeError):  # whoever read it is gone
        print(f"assetbook: {visible(text, one_line=True)} ...", file=sys.__stderr__, flush=True)
