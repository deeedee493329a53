"""Turning Python's times into Arrow's with their zones, whatever a library told pyarrow."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

_DROPS_ZONES = "PYARROW_IGNORE_TIMEZONE"
"""With this variable ``pyarrow.array`` takes 01:00 in Paris for 01:00 UTC. It is there for Spark,
and importing pandera sets it."""


@contextmanager
def zones_kept() -> Iterator[None]:
    """While it lasts, pyarrow counts the zones of Python's times."""
    found = os.environ.pop(_DROPS_ZONES, None)
    try:
        yield
    finally:
        if found is not None:
            os.environ[_DROPS_ZONES] = found
