"""Importing, in CPU time of a fresh interpreter; the raw limit is one that imports nothing."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from statistics import median

from measuring import environment_of, ours
from peers import peer_python
from table import Row, run_alone

_NAMES = "asset, materialize, Instance"


def measure(assets: int, rounds: int) -> list[Row]:
    """Two rows: the package, and what a first cell needs of it; the raw limit is ``pass``."""
    del assets  # an import has no size
    dagster, hamilton = str(peer_python("dagster")), str(peer_python("hamilton"))
    commands = {
        "assetbook": (sys.executable, "import assetbook"),
        "first names": (sys.executable, f"from assetbook import {_NAMES}"),
        "Dagster": (dagster, "import dagster"),
        "Hamilton": (hamilton, "from hamilton import driver"),
        "raw limit": (sys.executable, "pass"),
    }
    for python, code in commands.values():
        cpu_of([python, "-c", code])  # writes the byte code, reads the files
    found: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, (python, code) in commands.items():
            found[name].append(cpu_of([python, "-c", code]))
    medians = {name: median(each) for name, each in found.items()}
    first_names = medians.pop("first names")
    theirs = {"Dagster": "`import dagster`", "Hamilton": "`hamilton.driver`"}
    return [
        _row("`import assetbook`", medians, theirs),
        _row(f"`from assetbook import {_NAMES}`", {**medians, "assetbook": first_names}, theirs),
    ]


def _row(work: str, figures: Mapping[str, float], theirs: Mapping[str, str]) -> Row:
    notes = {**theirs, "raw limit": "`python -c pass`"}
    return Row(work, figures, "ms", "≤ 100 ms beyond the raw limit", notes)


def cpu_of(command: Sequence[str]) -> float:
    """The CPU seconds, user's and system's, of a command that must succeed."""
    environment = environment_of(ours(0))
    process = os.posix_spawn(command[0], list(command), environment)
    _, status, usage = os.wait4(process, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"{command} failed")
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    run_alone(measure, assets=0, rounds=15)
