"""What one run of a notebook may take: each limit interrupts first, and kills what goes on."""

from __future__ import annotations

import msgspec

from assetbook.errors import DefinitionError

SHOWN = 1_000_000
"""Characters of printed text that a cell of the output notebook has; the log has all."""
LONGEST_KEPT = 12 * 3600.0
"""Seconds for which the kernel of a run that failed is kept, at most."""


class Limits(msgspec.Struct, frozen=True):
    """What a notebook's run may take; None for as much as it likes."""

    cell_seconds: float | None = None
    memory: int | None = None
    """Bytes that its kernel may hold."""
    whole_output: int | None = None
    """Bytes that all its cells together may print and display."""
    output: int = SHOWN
    """Characters of printed text that each cell shows."""


def limits_of(
    asked: str, cell_timeout: float | None, memory_limit: int | None, output_limit: int | None
) -> Limits:
    """The limits that an author gives; raises DefinitionError for one that is no number above 0."""
    given = {
        "cell_timeout": cell_timeout,
        "memory_limit": memory_limit,
        "output_limit": output_limit,
    }
    for name, value in given.items():
        if value is not None and not _is_limit(value):
            unit = "seconds" if name == "cell_timeout" else "bytes"
            remedy = f"Give {unit}, as {name}=600, or leave it out for no limit."
            raise DefinitionError(asked, f"`{name}={value!r}` is no number above 0", remedy)
    return Limits(cell_timeout, memory_limit, output_limit)


def _is_limit(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0
