"""What it costs to see what an asset reads through text: as a ratio to the same work unobserved.

Run: ``python benchmarks/observed_reads.py``. Prints a table; medians of several rounds.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import pandas as pd

from assetbook.execution.name_reads import observe_names

RATE = 2
FRAME = pd.DataFrame({"a": range(1_000)})
ROUNDS = 7


def global_reads() -> int:
    """A million reads of a global name."""
    total = 0
    for _ in range(1_000_000):
        total += RATE
    return total


def queries() -> None:
    """Two hundred queries that name a global."""
    for _ in range(200):
        FRAME.query("a > @RATE")


def texts() -> None:
    """Ten thousand texts that are run."""
    for _ in range(10_000):
        eval("RATE")


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _observed(work: Callable[[], object]) -> None:
    with observe_names():
        work()


def main() -> None:
    """Prints a line for each kind of work."""
    print(f"{'work':<36}{'alone':>10}{'observed':>10}{'ratio':>8}")
    for work in (global_reads, queries, texts):
        alone, seen = [], []
        for _ in range(ROUNDS):  # in turn, so that both meet the same noise
            alone.append(_seconds(work))
            seen.append(_seconds(lambda work=work: _observed(work)))
        one, other = median(alone), median(seen)
        name = (work.__doc__ or "").rstrip(".")
        print(f"{name:<36}{one:>9.3f}s{other:>9.3f}s{other / one:>8.2f}")


if __name__ == "__main__":
    main()
