"""The program that the fault tests kill: it materializes three assets, over and over.

Every value holds the number of the run that made it, and a consumer the numbers that it read. So
whoever reads a version can tell whether its value is that version's own data.
"""

from __future__ import annotations

import argparse
import os
import signal
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd
from tests.faults import naive_protocols

from assetbook import AssetExecutionContext, Instance, asset, materialize
from assetbook.errors import AssetbookError
from assetbook.execution.background import BackgroundWriter
from assetbook.execution.reporter import StepOutcome
from assetbook.keys import RunId
from assetbook.planning.steps import Plan
from assetbook.project import find_project
from assetbook.surfaces.progress import TerminalProgress

ROWS = 200_000
CRASH, PROTOCOL, ENGINE = (f"ASSETBOOK_TEST_{name}" for name in ("CRASH", "PROTOCOL", "ENGINE"))
"""Variables that say where a worker process is to die, by which protocol, and who is none."""


def run_number(run_id: str) -> int:
    """The run's id as a number, which fits into a column."""
    return int(run_id, 16)


@asset
def prices(context: AssetExecutionContext) -> dict[str, int]:
    """A small value, which needs no file."""
    return {"run": run_number(context.run_id)}


@asset
def orders(context: AssetExecutionContext) -> pd.DataFrame:
    """A table of one or two megabytes that no compression makes smaller."""
    if CRASH in os.environ and os.getpid() != int(os.environ[ENGINE]):
        _die_in_this_process()
    number = run_number(context.run_id)
    amounts = np.random.default_rng(number).random(ROWS)
    return pd.DataFrame({"run": np.full(ROWS, number), "amount": amounts})


@asset
def turnover(
    context: AssetExecutionContext, orders: pd.DataFrame, prices: dict[str, int]
) -> dict[str, object]:
    """What it read of the other two."""
    return {
        "run": run_number(context.run_id),
        "orders": int(orders["run"].iloc[0]),
        "prices": prices["run"],
        "amount": float(orders["amount"].sum()),
    }


ASSETS = (prices, orders, turnover)


class Lines(TerminalProgress):
    """A terminal's lines, which are the acknowledgements, with the run's whole id before them."""

    def run_started(self, run_id: RunId, plan: Plan) -> None:
        """Names the run."""
        self._write(f"run {run_id}")
        super().run_started(run_id, plan)

    def step_ended(self, outcome: StepOutcome) -> None:
        """The step's line, and what went wrong in the words that a person sees."""
        super().step_ended(outcome)
        if outcome.exception is not None:
            self._write(f"{type(outcome.exception).__name__}: {outcome.exception}")


def open_store(project: Path) -> Instance:
    """The project's store, opened anew."""
    found = find_project(project)
    return Instance.open(found.store, project=found)


def work(
    project: Path, rounds: int, assets: Sequence[object] = ASSETS, executor: str = "in-process"
) -> bool:
    """Materializes all assets so many times; whether every run ended well."""
    os.environ[ENGINE] = str(os.getpid())
    try:
        instance = open_store(project)
        ended_well = [_materialize(assets, instance, executor) for _ in range(rounds)]
        instance.close()
    except AssetbookError as error:
        print(f"{type(error).__name__}: {error}", flush=True)
        return False
    return all(ended_well)


def _materialize(assets: Sequence[object], instance: Instance, executor: str) -> bool:
    return materialize(
        assets,
        instance=instance,
        force=True,
        reporter=Lines(),
        raise_on_error=False,
        executor=executor,
    ).success


def _die_in_this_process() -> None:
    """Takes the protocol, and arms the point, that the environment names."""
    from tests.faults import crash_points

    naive_protocols.take(os.environ[PROTOCOL])
    points = (*crash_points.WORKER_POINTS, *crash_points.SHARING_POINTS)
    crash_points.arm(os.environ[CRASH], signal.SIGKILL, points)


CALLS: Mapping[str, Callable[[int], object]] = {
    "fsync": os.fsync,
    "fdatasync": os.fdatasync,
    "write": lambda file: os.write(file, b""),
    "pwrite64": lambda file: os.pwrite(file, b"", 0),
    "linkat": lambda file: os.link("/", "/", src_dir_fd=file, dst_dir_fd=file),
}
"""Harmless calls to the system, by their names. Some fail, which counts as well."""
AHEAD = 500
"""More calls of one kind than the main thread makes."""


def count_ahead(call: Callable[[int], object]) -> None:
    """Has each thread that writes values make the call so often before it does anything.

    strace counts calls by thread: so the writers' have numbers that no other thread's reach.
    """
    write = BackgroundWriter._write

    def counted(self: BackgroundWriter) -> None:
        with tempfile.TemporaryFile(buffering=0) as file:
            for _ in range(AHEAD):
                with suppress(OSError):
                    call(file.fileno())
        write(self)

    BackgroundWriter._write = counted  # type: ignore[method-assign]


def main() -> int:
    """0 if every run ended well."""
    parser = argparse.ArgumentParser()
    parser.add_argument("project", type=Path)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--protocol", default="assetbook")
    parser.add_argument("--ahead", choices=tuple(CALLS), help="a call that writer threads count")
    arguments = parser.parse_args()
    if arguments.ahead:
        count_ahead(CALLS[arguments.ahead])
    naive_protocols.take(arguments.protocol)
    return 0 if work(arguments.project, arguments.rounds) else 1


if __name__ == "__main__":
    raise SystemExit(main())
