"""Processes that have imported what runs need, started ahead; each is used once."""

from __future__ import annotations

from collections import deque
from threading import Lock

from assetbook.surfaces.detaching import Runner


class WarmRunners:
    """Keeps ``count`` of them ready; those that were never used end with this process."""

    def __init__(self, count: int = 2) -> None:
        self._count = count
        self._ready: deque[Runner] = deque()
        self._mutex = Lock()
        self.refill()

    def __call__(self) -> Runner:
        """One that is ready, or else a new one."""
        with self._mutex:
            while self._ready:
                runner = self._ready.popleft()
                if runner.process.poll() is None:
                    return runner
                runner.close()
        return Runner()

    def refill(self) -> None:
        """Starts those that are missing."""
        with self._mutex:
            while len(self._ready) < self._count:
                self._ready.append(Runner())

    def close(self) -> None:
        """Ends those that were not used."""
        with self._mutex:
            while self._ready:
                self._ready.popleft().close()
