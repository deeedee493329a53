"""What a process may take of the machine's memory that only answers a question."""

from __future__ import annotations

import os
import resource
from contextlib import suppress
from pathlib import Path

_FIRST_TO_GO = "1000"


def bound_memory() -> None:
    """Has what allocates without end here end in a MemoryError at half of the machine's memory, and
    the system, where that runs out before, end this process and what it starts first of all."""
    with suppress(OSError):  # as where there is no such file
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO, encoding="ascii")
    half = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    allowed = half if most == resource.RLIM_INFINITY else min(half, most)
    resource.setrlimit(resource.RLIMIT_DATA, (allowed, most))
