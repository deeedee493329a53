"""The computing that every contestant's steps do."""

from __future__ import annotations


def computed(iterations: int) -> int:
    """A sum, by a loop of so many turns."""
    total = 0
    for number in range(iterations):
        total += number * number
    return total
