"""The runs that this process is running at this moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from assetbook.keys import RunId

_live: set[RunId] = set()
_inside: ContextVar[bool] = ContextVar("assetbook_inside_a_run", default=False)


def live_runs() -> frozenset[RunId]:
    """The runs that this process is running, or waits to run, at this moment."""
    return frozenset(_live)


def is_inside_a_run() -> bool:
    """Whether the calling code is a run's, or was called by one of its steps in this process."""
    return _inside.get()


@contextmanager
def counted_as_live(run_id: RunId) -> Iterator[None]:
    """While it lasts, this process says that it is running that run, and what is called is its."""
    _live.add(run_id)
    before = _inside.set(True)
    try:
        yield
    finally:
        _inside.reset(before)
        _live.discard(run_id)
