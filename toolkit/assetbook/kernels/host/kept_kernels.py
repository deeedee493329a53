"""Kernels of failed runs, kept so that a run goes on from the cell that failed."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

from assetbook.kernels.host.hosted_kernel import HostedKernel
from assetbook.kernels.process_use import use_of

MOST = 3
"""How many are kept at a time."""
_SHARE = 0.25  # of the computer's memory, that all of them may hold
_MACHINE = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


class KeptKernels:
    """The kept ones, by run; the oldest go first where they are too many or hold too much."""

    def __init__(self, allowed: float = _MACHINE * _SHARE) -> None:
        """``allowed``: bytes of memory that all of them may hold."""
        self._by_run: dict[str, tuple[float, str, HostedKernel]] = {}
        self._allowed = allowed

    def __bool__(self) -> bool:
        return bool(self._by_run)

    @property
    def every(self) -> Iterator[HostedKernel]:
        """All of them."""
        return (kernel for _, _, kernel in self._by_run.values())

    def keep(self, run: str, of: str, kernel: HostedKernel, seconds: float) -> None:
        """Keeps the kernel of a run for so long, at most; ``of`` is its notebook."""
        self._by_run[run] = (time.monotonic() + seconds, of, kernel)

    def take(self, run: str) -> HostedKernel | None:
        """The kernel of a run, which is kept no longer; None if it is gone."""
        found = self._by_run.pop(run, None)
        return None if found is None else found[2]

    def seconds_left(self, run: str) -> float | None:
        """For how long the kernel of a run is kept yet, at most; None if it is gone."""
        found = self._by_run.get(run)
        return None if found is None else found[0] - time.monotonic()

    def gone(self, kernel: HostedKernel) -> None:
        """Takes note that one has ended."""
        self._by_run = {run: each for run, each in self._by_run.items() if each[2] is not kernel}

    def of(self, notebook: str) -> list[HostedKernel]:
        """Those of earlier runs of a notebook."""
        return [kernel for _, of, kernel in self._by_run.values() if of == notebook]

    def over(self) -> list[HostedKernel]:
        """Those that are kept no longer: their time is over, or there is no room."""
        now, left, held = time.monotonic(), 0, 0
        found: list[HostedKernel] = []
        for until, _, kernel in reversed(self._by_run.values()):
            use = use_of(kernel.pid)
            left, held = left + 1, held + (use.memory if use else 0)
            if now > until or left > MOST or held > self._allowed:
                found.append(kernel)
        return found
