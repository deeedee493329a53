"""What one run of a notebook may take."""

from __future__ import annotations

from dataclasses import dataclass

SHOWN = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What a notebook's run may take; None for as much as it likes."""

    cell_seconds: float | None = None
    memory: int | None = None
    """Bytes that its kernel may hold."""
    output: int = SHOWN
    """Characters of printed text that each cell shows."""
