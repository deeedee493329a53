"""The line that says that the disk of the store is nearly full, once a session."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol
from weakref import WeakSet

from assetbook.instance.disk_use import disk_use
from assetbook.instance.instance import Instance
from assetbook.surfaces.display.formatting import size_text
from assetbook.surfaces.suggestion import typed

LITTLE_SPACE = 0.2
"""The share of a disk that is free, below which there is a warning."""
_LARGEST = 3

_told: WeakSet[Instance] = WeakSet()


class Usage(Protocol):
    """What is told of a disk, in bytes."""

    @property
    def used(self) -> int:
        """What is written on it."""
        ...

    @property
    def free(self) -> int:
        """What this user may still write."""
        ...


def warn_of_little_space(
    instance: Instance, usage: Callable[[Path], Usage] = shutil.disk_usage
) -> None:
    """Writes a line to the standard error if less than a fifth of the store's disk is free.

    Once for each instance: a session has one, and so has a call of the command line.
    """
    folder = instance.values.root.parent
    if instance in _told or not folder.exists():
        return
    disk = usage(folder)
    if free_share(disk) >= LITTLE_SPACE:
        return
    _told.add(instance)
    print(f"assetbook: {_line(instance, disk)}", file=sys.stderr)


def free_share(disk: Usage) -> float:
    """Which share of what this user may fill is free; some of a disk may be nobody's."""
    return disk.free / max(disk.used + disk.free, 1)


def _line(instance: Instance, disk: Usage) -> str:
    share = f"{size_text(disk.free)} ({free_share(disk):.0%})"
    found = disk_use(instance).largest(_LARGEST)
    largest = ", ".join(f"{key} {size_text(size)}" for key, size in found)
    said = f"only {share} of the store's disk is free"
    said += f"; the largest assets: {largest}" if largest else ""
    return f"{said}. `{typed('store gc --plan')}` says what could go"
