"""The work that every contestant's steps do."""

from __future__ import annotations


def computed(iterations: int) -> int:
    """A sum, by a loop of so many turns."""
    total = 0
    for number in range(iterations):
        total += number * number
    return total


def used_pandas(number: int) -> int:
    """The number, by a table of one row."""
    import pandas as pd

    return int(pd.DataFrame({"a": [number]})["a"].sum())
