"""What one run of a notebook may take."""

from __future__ import annotations

from dataclasses import dataclass

SHOWN = 1_000_000
"""Characters of printed text that a cell of the output notebook has; the log has all."""
LONGEST_KEPT = 12 * 3600.0
"""Seconds for which the kernel of a run that failed is kept, at most."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a notebook's run may take; None for as much as it likes."""

    cell_seconds: float | None = None
    memory: int | None = None
    """Bytes that its kernel may hold."""
    output: int = SHOWN
    """Characters of printed text that each cell shows."""
