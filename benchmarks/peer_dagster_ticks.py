"""Dagster's schedules as contestants; runs in its own environment."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster
from dagster._core.test_utils import create_test_daemon_workspace_context
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import PythonFileTarget
from dagster._scheduler.scheduler import ScheduleIterationTimes, launch_scheduled_runs
from peer_dagster import instance_in
from task import Answer, Stopwatch, Task, perform

SCHEDULES = Path(__file__).with_name("dagster_schedules.py")
LONGEST = 180.0  # seconds


def looked(task: Task) -> Answer:
    """A minute of so many schedules, each due once an hour: their runs are put into the queue.

    CPU time of this process, without that of its code server.
    """
    target = PythonFileTarget(str(SCHEDULES), "defs", str(SCHEDULES.parent), "shop")
    os.environ["SCHEDULES"] = str(task.assets)
    with (
        instance_in(task.folder / "home") as instance,
        create_test_daemon_workspace_context(target, instance) as context,
    ):
        now = datetime.now(UTC).replace(second=30)
        known: dict[str, ScheduleIterationTimes] = {}
        _look(context, now, known)
        with Stopwatch() as watch:
            _look(context, now + timedelta(minutes=1), known)
        if not 0 < instance.get_runs_count() <= task.assets // 60 + 1:
            raise RuntimeError(f"{instance.get_runs_count()} runs")
    return watch.answer()


def _look(
    context: WorkspaceProcessContext, now: datetime, known: dict[str, ScheduleIterationTimes]
) -> None:
    for _ in launch_scheduled_runs(context, logging.getLogger("quiet"), now, known):
        pass


def first_step(task: Task) -> Answer:
    """From the creation of a tick's run to the start of its step, with a daemon that runs."""
    os.environ["SCHEDULES"] = "1"
    instance_in(task.folder / "home").dispose()
    daemon = subprocess.Popen(
        [sys.executable, "-m", "dagster._daemon", "run", "-f", str(SCHEDULES), "-a", "defs"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with instance_in(task.folder / "home") as instance:
            return {"wall": _first_step(instance)}
    finally:
        daemon.terminate()
        daemon.wait()


def _first_step(instance: dagster.DagsterInstance) -> float:
    until = time.monotonic() + LONGEST
    while time.monotonic() < until:
        time.sleep(0.2)
        event = instance.get_latest_materialization_event(dagster.AssetKey("one"))
        if event is not None:
            begun = instance.get_records_for_run(
                event.run_id, of_type=dagster.DagsterEventType.STEP_START
            ).records[0]
            run = instance.get_run_record_by_id(event.run_id)
            assert run is not None
            return begun.timestamp - run.create_timestamp.timestamp()
    raise TimeoutError("it never came")


if __name__ == "__main__":
    # code servers print to what they inherit, also after the answer
    sys.stdout = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    perform({"looked": looked, "first_step": first_step})
