"""The kernels that a host has started ahead, each for one tenant, by how they are started."""

from __future__ import annotations

import gc
import itertools
import os
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from assetbook.execution.processes.preloads import PRELOADABLE
from assetbook.kernels.host.hosted_kernel import HostedKernel, KernelCommand
from assetbook.notebook.notebook_path import is_ours

LONGEST_IDLE = 600.0
"""Seconds for which a kernel waits that was started ahead."""
_AHEAD = 1  # kernels of a kind
_OF_THE_MOMENT = {"_", "PWD", "OLDPWD", "SHLVL", "COLUMNS", "LINES", "PYTEST_CURRENT_TEST"}
_OF_KERNELS = {"JPY_PARENT_PID", "MPLBACKEND"}
_KERNEL = ("ipykernel.ipkernel", "ipykernel.kernelapp", "IPython.core.completer")


class KernelPool:
    """Starts kernels, and has one more of each kind ready."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._waiting: list[tuple[float, HostedKernel]] = []
        self._environment = _lasting(os.environ)
        self._warm = False

    def take(self, command: KernelCommand) -> tuple[HostedKernel, bool]:
        """A kernel that nobody has used, and whether it had been started before."""
        wanted = _kind(command)
        for at, (_, kernel) in enumerate(self._waiting):
            if _kind(kernel.command) == wanted:
                del self._waiting[at]
                return kernel, True
        return self.start(command), False

    def refill(self, command: KernelCommand) -> None:
        """Has one more of that kind ready for the next tenant."""
        there = [each for _, each in self._waiting if _kind(each.command) == _kind(command)]
        if len(there) < _AHEAD:
            self._waiting.append((time.monotonic(), self.start(command)))

    @property
    def waiting(self) -> list[HostedKernel]:
        """The kernels that wait for a tenant."""
        return [kernel for _, kernel in self._waiting]

    def gone(self, kernel: HostedKernel) -> None:
        """Takes note that a kernel has ended."""
        self._waiting = [each for each in self._waiting if each[1] is not kernel]

    def too_old(self) -> list[HostedKernel]:
        """The kernels that have waited too long."""
        now = time.monotonic()
        return [kernel for since, kernel in self._waiting if now - since > LONGEST_IDLE]

    def start(self, command: KernelCommand) -> HostedKernel:
        """A new kernel; raises OSError if the computer has no room for it."""
        forked = self._may_fork(command)
        if forked:
            self._warm_up()
        path = self._folder / f"k{next(self._numbers)}"
        return HostedKernel(command, path, forked=forked)

    def _may_fork(self, command: KernelCommand) -> bool:
        """Whether a copy of this process is the kernel that the command would start: libraries that
        are imported here have read this environment."""
        if sys.platform != "linux":
            return False
        return command.is_plain and _lasting(command.environment) == self._environment

    def _warm_up(self) -> None:
        if self._warm:
            return
        for name in (*_KERNEL, *PRELOADABLE):
            with suppress(ImportError):
                import_module(name)
        gc.collect()
        gc.freeze()  # what is there now stays shared with every kernel
        self._warm = True


def _kind(command: KernelCommand) -> tuple[object, ...]:
    return command.argv, tuple(sorted(_lasting(command.environment).items()))


def _lasting(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that say how a process is, without those of a moment or of a run."""
    return {
        name: value
        for name, value in environment.items()
        if name not in _OF_THE_MOMENT and not is_ours(name) and name not in _OF_KERNELS
    }
