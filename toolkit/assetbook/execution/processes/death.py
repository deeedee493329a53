"""What is said of a step whose worker process died, or ran out of memory."""

from __future__ import annotations

import resource
import signal
from contextlib import suppress
from pathlib import Path

from assetbook.errors import RunFailedError
from assetbook.execution.processes.forking import WorkerEnd

_CAUSES: dict[int, str] = {
    signal.SIGSEGV: "Native code of a library failed; its output says what it did last.",
    signal.SIGABRT: "Native code of a library gave up; its output says why.",
    signal.SIGBUS: "A file that it had mapped was cut, or the disk below it is full or damaged.",
    signal.SIGXCPU: "It used more processor time than its limit allows (ulimit -t).",
    signal.SIGTERM: "Somebody asked it to end.",
}
_LESS_DATA = "give it less data at a time, or use fewer workers."


def death_of(step: str, end: WorkerEnd, kills: int) -> RunFailedError:
    """The error of a step whose process is gone.

    ``kills`` is how many processes the system has ended for want of memory meanwhile.
    """
    code = end.code
    if code is None:
        found = "its process ended, and so did the one that it was forked from"
        return RunFailedError(f"the step `{step}`", found, "Somebody ended both: run it again.")
    how = f"its process ended with exit code {code}"
    if code < 0:
        how = f"its process was ended by {signal.Signals(-code).name}"
    found = f"{how}; it had used {end.peak / 1e6:,.0f} MB of memory at most"
    if code == -signal.SIGKILL and kills:
        found += ", and the computer's memory ran out meanwhile"
    return RunFailedError(f"the step `{step}`", found, _remedy(code, kills))


def _remedy(code: int, kills: int) -> str:
    if code == -signal.SIGKILL and kills:
        return _LESS_DATA.capitalize()
    if code == -signal.SIGKILL:
        return f"Most often that is a limit on memory, as a container's: {_LESS_DATA}"
    return _CAUSES.get(-code, "Its output says what it did last.")


def kills_for_memory() -> int:
    """How many processes the system has ended for want of memory since it began, where it says."""
    with suppress(OSError, ValueError):
        for line in Path("/proc/vmstat").read_text(encoding="ascii").splitlines():
            if line.startswith("oom_kill "):
                return int(line.split()[1])
    return 0


def with_memory_said(error: BaseException) -> BaseException:
    """The same error; one of Python's for want of memory, which is silent, says what was used."""
    if isinstance(error, MemoryError) and not any(error.args):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        limit, _ = resource.getrlimit(resource.RLIMIT_AS)
        allowed = "" if limit == resource.RLIM_INFINITY else f", and may have {limit / 1e6:,.0f} MB"
        error.args = (f"its process had used {peak / 1e6:,.0f} MB of memory at most{allowed}",)
    return error
