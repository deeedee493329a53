"""A schedule of a job with partitions, fired by the daemon: its notebook is loaded headless."""

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
    instance = Instance.get(tmp_path)
    yield instance
    instance.close()


def test_the_last_window_is_run_under_its_key(project: Instance) -> None:
    (known,) = known_schedules(project)
    assert (known.record.job, known.record.on_missed) == ("looks", "all")
    turned(project.own, known, project.clock.now() - timedelta(minutes=10), on=True)
    daemon = Daemon(project, LocationHands(project))
    until = time.monotonic() + 120
    with daemon.hold(project.own.acquire_lease(current_process())):
        while time.monotonic() < until:
            daemon.step()
            run, *by_hand = project.runs()
            if by_hand and run.status in ("success", "failed") and not daemon.is_busy:
                break
            time.sleep(0.05)
    (tick,) = project.own.ticks(known.id)
    window = tick.at - timedelta(hours=1)
    assert (run.status, run.origin.kind) == ("success", "schedule")
    assert run.tags == {
        "dagster/partition": f"{window:%Y-%m-%d-%H:%M}",
        "dagster/run_key": f"{window:%Y-%m-%d-%H:%M}",
        "dagster/schedule_name": "looks_schedule",
        "team": "a",
    }
    assert by_hand[0].tags == {"dagster/partition": f"2026-01-01-05:{window:%M}"}
