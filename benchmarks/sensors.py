"""What an evaluation of a sensor costs, in wall time: by itself, of runs, and of many files.

Dagster's are evaluated by ``evaluate_tick``, within the process that measures as well.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from measuring import PACKAGE, of_dagster, scratch_folder
from table import Row, run_alone
from task import Stopwatch

sys.path.insert(0, str(PACKAGE))

from assetbook import (
    AssetMaterialization,
    Instance,
    RunRequest,
    SensorEvaluationContext,
    SkipReason,
    asset_sensor,
    file_sensor,
    run_failure_sensor,
    sensor,
)
from assetbook.automation.sensor_commit import commit_sensor_tick
from assetbook.automation.sensor_tick import SensorAnswer, sensor_tick
from assetbook.instance.sensor_record import sensor_id
from assetbook.storage.process_identity import current_process

MADE = 1_000
"""Materializations of the asset that sensors look at."""
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@sensor(target="*")
def skips(context: SensorEvaluationContext) -> SkipReason:
    """Moves its cursor, and skips."""
    context.update_cursor("x")
    return SkipReason("nothing new")


@asset_sensor("orders", target="*")
def made(context: SensorEvaluationContext) -> RunRequest:
    """Asks for a run."""
    return RunRequest()


@run_failure_sensor
def failed() -> None:
    """Does nothing."""


def measure(files: int, rounds: int) -> list[Row]:
    """Rows for evaluations, of a folder with so many files among others."""
    dagster = of_dagster("peer_dagster_automation.py", "sensors", MADE)
    with scratch_folder() as folder:
        instance = Instance.open(Path(folder) / ".assetbook")
        for _ in range(MADE):
            instance.report_runless_asset_event(AssetMaterialization("orders"))
        rows = [
            _row(
                "evaluate a sensor that skips",
                lambda: sensor_tick(skips, instance),
                rounds,
                dagster=dagster["skips"],
            ),
            _row(
                "a new materialization",
                lambda: sensor_tick(made, instance, "1"),
                rounds,
                dagster=dagster["made"],
            ),
            _row(
                "no run that failed",
                lambda: sensor_tick(failed, instance, "1000"),
                rounds,
                dagster=dagster["failed"],
            ),
            _row("evaluate and commit", _committing(instance), rounds),
            *_files(instance, Path(folder), files, rounds),
        ]
        instance.close()
    return rows


def _row(
    work: str,
    ask: Callable[[], object],
    rounds: int,
    times: int = 100,
    *,
    dagster: float | None = None,
) -> Row:
    spent = []
    for _ in range(rounds * times):
        with Stopwatch() as watch:
            ask()
        spent.append(watch.wall)
    theirs = {} if dagster is None else {"Dagster": dagster}
    return Row(work, {"assetbook": median(spent), **theirs}, "ms")


def _committing(instance: Instance) -> Callable[[], object]:
    lease = instance.own.acquire_lease(current_process())
    minutes = iter(range(1_000_000))

    def commit() -> None:
        at = NOON + timedelta(minutes=next(minutes))
        answer = sensor_tick(
            skips, instance, instance.own.automation(sensor_id("a.ipynb", "skips")).cursor
        )
        commit_sensor_tick(instance.own, lease, "a.ipynb", "skips", at, answer)

    return commit


def _files(instance: Instance, folder: Path, files: int, rounds: int) -> list[Row]:
    for number in range(files):
        (folder / f"{number}.csv").touch()
    time.sleep(1.1)  # until they have settled
    arrivals = file_sensor("arrivals", str(folder / "*.csv"), "*")

    def look(cursor: str | None) -> SensorAnswer:
        return sensor_tick(arrivals, instance, cursor)

    cursor: str | None = None
    while (answer := look(cursor))["requests"]:
        cursor = answer["cursor"]
    return [
        _row(f"the first of {files:,} new files", lambda: look(None), rounds, 1),
        _row(f"no new file among {files:,}", lambda: look(cursor), rounds, 1),
    ]


if __name__ == "__main__":
    run_alone(measure, assets=10_000, rounds=3)
