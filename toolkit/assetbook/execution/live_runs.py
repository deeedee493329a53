"""The runs that this process is running at this moment."""

from __future__ import annotations

from collections.abc import Container, Iterator
from contextlib import contextmanager

from assetbook.keys import RunId

_live: set[RunId] = set()


def live_runs() -> frozenset[RunId]:
    """The runs that this process is running at this moment."""
    return frozenset(_live)


@contextmanager
def counted_as_live(run_id: RunId) -> Iterator[None]:
    """While it lasts, this process says that it is running that run."""
    _live.add(run_id)
    try:
        yield
    finally:
        _live.discard(run_id)


class LiveNow(Container[RunId]):
    """The runs that this process is running, asked anew each time.

    So a run that begins on another thread while the store is being looked through is no dead one.
    """

    def __contains__(self, run_id: object) -> bool:
        return run_id in live_runs()
