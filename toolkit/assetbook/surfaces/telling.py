"""What assetbook tells in a cell's output by itself, unasked."""

from __future__ import annotations

from collections.abc import Iterable


def say(lines: Iterable[str]) -> None:
    """Prints each line, marked as ours."""
    for line in lines:
        print(f"assetbook: {line}")
