"""How a kernel's process ended, or stands, and what it had used: as a person reads it."""

from __future__ import annotations

import signal

import msgspec

from assetbook.kernels.process_use import ProcessUse


class KernelGoneError(Exception):
    """The kernel of a run is kept no longer."""


class KernelEnd(msgspec.Struct, frozen=True):
    """How the kernel of a run ended, or that it was there to the end."""

    code: int | None
    """Its exit code, negative for a signal; None if it has not ended by itself, or nobody can
    tell."""
    use: ProcessUse
    """What it had used: of memory at most, of time since the run has it."""
    said: str = ""
    """What it wrote last by itself, not through a cell."""

    def __str__(self) -> str:
        last = self.said.strip().rpartition("\n")[2].strip()
        # with that line ipykernel's own greeting ends, behind which it said nothing
        said = f"; it said last: {last}" if last and not last.startswith("--existing ") else ""
        return f"{ended_text(self.code)}, peak memory {memory_text(self.use.peak)}{said}"


def ended_text(code: int | None) -> str:
    """``killed (SIGKILL)``, ``exit code 3``; ``ended`` for None."""
    if code is None:
        return "ended"
    if code >= 0:
        return f"exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:  # one of real time
        name = f"signal {-code}"
    return f"killed ({name})" if -code == signal.SIGKILL else f"ended by {name}"


def memory_text(size: int) -> str:
    """Bytes as people read them: ``11.8 GB``, ``312 MB``."""
    return f"{size / 1e9:.1f} GB" if size >= 999_500_000 else f"{size / 1e6:.0f} MB"
