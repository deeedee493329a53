"""What a process uses of the computer, as Linux tells it."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

_TICKS = os.sysconf("SC_CLK_TCK")
_KILOBYTE = 1024


class ProcessUse(msgspec.Struct, frozen=True):
    """What one process has used so far."""

    memory: int = 0
    """Bytes of memory that are resident now."""
    peak: int = 0
    """The most of that, so far."""
    cpu: float = 0.0
    """Seconds of processor time, also of processes that it started and waited for."""


def use_of(pid: int) -> ProcessUse | None:
    """What the process ``pid`` uses; None if it is gone, or nobody tells."""
    folder = Path(f"/proc/{pid}")
    try:
        status = (folder / "status").read_text()
        stat = (folder / "stat").read_text()
    except OSError:
        return None
    kilobytes = dict(
        line.split(":", 1) for line in status.splitlines() if line.startswith(("VmRSS", "VmHWM"))
    )
    if "VmRSS" not in kilobytes:  # a zombie has no memory any more
        return None
    resident, peak = (int(kilobytes[name].split()[0]) for name in ("VmRSS", "VmHWM"))
    fields = stat.rpartition(")")[2].split()
    return ProcessUse(resident * _KILOBYTE, peak * _KILOBYTE, sum(map(int, fields[11:15])) / _TICKS)
