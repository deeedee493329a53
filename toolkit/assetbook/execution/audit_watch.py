"""Who watches Python's audit events: each context its own watcher, or one for all that have none;
one hook for the process.

The hook is put in when it is first needed, as audit hooks cannot be taken out; with nobody watching
it costs one test a raised event.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Generic, TypeVar

Watcher = TypeVar("Watcher")


class AuditWatch(Generic[Watcher]):
    """Tells ``told`` of the ``events`` that are raised in a context that is watched."""

    def __init__(
        self,
        name: str,
        events: Collection[str],
        told: Callable[[Watcher, str, tuple[Any, ...]], None],
    ) -> None:
        self._watcher: ContextVar[Watcher | None] = ContextVar(name)
        self._elsewhere: Watcher | None = None
        self._events = events
        self._told = told
        self._watching = 0
        self._hooked = False
        self._counting = threading.Lock()

    @contextmanager
    def watched_by(self, watcher: Watcher | None) -> Iterator[None]:
        """While it lasts, this context, and every one copied from it, is watched by ``watcher``;
        by nobody if that is None."""
        token = self._watcher.set(watcher)
        self._count(watcher is not None)
        try:
            yield
        finally:
            self._count(-(watcher is not None))
            self._watcher.reset(token)

    @property
    def watcher(self) -> Watcher | None:
        """Who watches this context; None for nobody."""
        return self._watcher.get(self._elsewhere)

    def watch_everywhere(self, watcher: Watcher | None) -> None:
        """From now on every context is watched by ``watcher`` that has not said who watches it; by
        nobody if that is None."""
        self._count((watcher is not None) - (self._elsewhere is not None))
        self._elsewhere = watcher

    def _count(self, more: int) -> None:
        """Steps on several threads are watched at one time."""
        with self._counting:
            self._watching += more
            if more > 0 and not self._hooked:
                self._hooked = True
                sys.addaudithook(self._on_event)

    def _on_event(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._watching or event not in self._events:
            return
        watcher = self.watcher
        if watcher is None:
            return
        token = self._watcher.set(None)  # what the watcher does may raise such events itself
        try:
            self._told(watcher, event, arguments)
        finally:
            self._watcher.reset(token)
