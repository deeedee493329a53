"""Schedules of a job with partitions, and of checks, fired by the daemon: their notebook is loaded
headless."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.surfaces.shell import saved, told

from assetbook.automation.firing import Daemon
from assetbook.automation.known_schedules import known_schedules, turned
from assetbook.instance.instance import Instance
from assetbook.storage.process_identity import current_process
from assetbook.storage.run_record import RunRecord
from assetbook.surfaces.daemon_hands import LocationHands

CELLS = (
    "%load_ext assetbook\nfrom assetbook import *",
    "class Hour(Config):\n    start: str",
    "@hourly_partitioned_config(start_date='2026-01-01-00:00', minute_offset={minute})\n"
    "def each_hour(start, end):\n"
    "    return RunConfig(ops={{'look': Hour(start=f'{{start:%H:%M}}')}})",
    "@op\ndef look(context, config: Hour) -> list[str]:\n"
    "    return [context.partition_key, config.start]",
    "@job(config=each_hour)\ndef looks():\n    look()",
    "hourly = build_schedule_from_partitioned_job(looks, tags={{'team': 'a'}})",
    "@asset\ndef orders():\n    return [1]",
    "@asset_check(asset=orders)\ndef full(orders):\n    return len(orders) == 1",
    "@schedule(cron_schedule='{minute} * * * *', target='orders')\ndef checking(context):\n"
    "    return RunRequest(asset_check_keys=[CheckKey('orders', 'full')])",
)
"""The window that was over a minute ago is the last one."""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Instance]:
    minute = (datetime.now(UTC) - timedelta(minutes=1)).minute
    saved(tmp_path, *(each.format(minute=minute) for each in CELLS))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ASSETBOOK_STORE", raising=False)
    made = told(
        "launch", "numbers.ipynb", "looks", "--partition", "2026-01-01-05:" + f"{minute:02}"
    )
    assert made.exit_code == 0, made.stderr
    assert told("materialize", "numbers.ipynb", "orders").exit_code == 0
    instance = Instance.get(tmp_path)
    yield instance
    instance.close()


def fired(project: Instance) -> dict[str, RunRecord]:
    """The runs that a daemon has made of all schedules, by the schedule's name."""
    every = known_schedules(project)
    for known in every:
        turned(project.own, known, project.clock.now() - timedelta(minutes=10), on=True)
    daemon = Daemon(project, LocationHands(project))
    until = time.monotonic() + 120
    with daemon.hold(project.own.acquire_lease(current_process())):
        while time.monotonic() < until:
            daemon.step()
            runs = [each for each in project.runs() if each.origin.kind == "schedule"]
            ended = [each for each in runs if each.status in ("success", "failed")]
            if len(ended) == len(every) and not daemon.is_busy:
                return {each.tags["dagster/schedule_name"]: each for each in ended}
            time.sleep(0.05)
    raise AssertionError([each.message for each in project.own.ticks()])


def test_the_last_window_is_run_under_its_key_and_a_check_alone(project: Instance) -> None:
    runs = fired(project)
    (tick,) = project.own.ticks("numbers.ipynb:looks_schedule")
    window = tick.at - timedelta(hours=1)
    assert runs["looks_schedule"].status == "success"
    assert runs["looks_schedule"].tags == {
        "dagster/partition": f"{window:%Y-%m-%d-%H:%M}",
        "dagster/run_key": f"{window:%Y-%m-%d-%H:%M}",
        "dagster/schedule_name": "looks_schedule",
        "team": "a",
    }
    assert (runs["checking"].status, runs["checking"].steps) == ("success", ("orders:full",))
    assert len(project.versions("orders")) == 1
