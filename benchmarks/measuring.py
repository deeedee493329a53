"""Contestants measured in turn, round by round, so that a busy moment meets all of them alike."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from peers import PEERS, peer_python

HERE = Path(__file__).parent
PACKAGE = HERE.parent / "toolkit"


@dataclass(frozen=True)
class Contestant:
    """A program that can do the tasks, its interpreter, and how many assets it is given."""

    name: str
    script: str
    assets: int
    python: str = sys.executable


def ours(assets: int) -> Contestant:
    """This checkout."""
    return Contestant("assetbook", "ours.py", assets)


def raw(assets: int) -> Contestant:
    """The raw limit."""
    return Contestant("raw limit", "raw.py", assets)


def dagster(assets: int) -> Contestant:
    """Dagster, whose environment is made if need be."""
    return Contestant("Dagster", "peer_dagster.py", assets, str(peer_python("dagster")))


def hamilton(assets: int) -> Contestant:
    """Hamilton, whose environment is made if need be."""
    return Contestant("Hamilton", "peer_hamilton.py", assets, str(peer_python("hamilton")))


def of_dagster(script: str, task: str, count: int, *, payload: int = 0) -> dict[str, float]:
    """What one run of a script of Dagster's gives, for all of it together."""
    contestant = Contestant("Dagster", script, count, str(peer_python("dagster")))
    figures = in_turn(task, [contestant], 1, payload=payload)[contestant.name]
    return {name: figure * count for name, figure in figures.items()}


Figures = dict[str, dict[str, float]]
"""By contestant and figure, the median over the rounds, for one asset."""


def in_turn(
    task: str, contestants: Sequence[Contestant], rounds: int, *, payload: int = 0
) -> Figures:
    """Each contestant's medians for one asset, after so many rounds of one run each."""
    found: dict[str, dict[str, list[float]]] = {each.name: {} for each in contestants}
    for number in range(rounds):
        for contestant in contestants:
            print(f"{task}, round {number + 1}: {contestant.name}", file=sys.stderr)
            for name, figure in _run(contestant, task, payload).items():
                found[contestant.name].setdefault(name, []).append(figure / contestant.assets)
    return {
        who: {name: median(figures) for name, figures in each.items()}
        for who, each in found.items()
    }


def _run(contestant: Contestant, task: str, payload: int) -> dict[str, float]:
    with scratch_folder() as folder:
        done = subprocess.run(
            [
                contestant.python,
                str(HERE / contestant.script),
                task,
                f"--assets={contestant.assets}",
                f"--folder={folder}",
                f"--payload={payload}",
            ],
            capture_output=True,
            text=True,
            env=environment_of(contestant),
            cwd=folder,
        )
    if done.returncode != 0:
        raise SystemExit(f"{contestant.name} failed at {task}:\n{done.stderr[-4000:]}")
    return {
        name: float(figure) for name, figure in json.loads(done.stdout.splitlines()[-1]).items()
    }


def environment_of(contestant: Contestant) -> dict[str, str]:
    """The variables of a contestant's process: ours reads this checkout, the others do not.

    Byte code is written, as where a person works, but not into the checkout.
    """
    unset = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE")
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    environment["PYTHONPYCACHEPREFIX"] = str(PEERS / "bytecode")
    if contestant.script.startswith("ours"):
        environment["PYTHONPATH"] = str(PACKAGE)
    return environment


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """An empty folder on the disk of this checkout, never one in memory; removed afterwards."""
    PEERS.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="scratch-", dir=PEERS))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
