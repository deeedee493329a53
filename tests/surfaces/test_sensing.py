"""``sensors``, and the daemon that has them evaluated: real processes, a real store."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.surfaces.shell import saved, told

from assetbook.automation.firing import Daemon
from assetbook.automation.known_schedules import known_schedules
from assetbook.automation.known_sensors import KnownSensor, known_sensors, turned_sensor
from assetbook.clock import SystemClock
from assetbook.instance.asset_record import Snapshot
from assetbook.instance.instance import Instance
from assetbook.instance.schedule_record import ScheduleRecord
from assetbook.instance.sensor_record import CONDITIONS_SENSOR, SensorRecord
from assetbook.instance.snapshots import remember
from assetbook.storage.process_identity import current_process
from assetbook.surfaces.daemon_hands import LocationHands

CELLS = (
    "%load_ext assetbook\nfrom assetbook import *\nfrom pathlib import Path",
    "@asset(metadata={'from': 'a file'})\ndef orders():\n    return Path('orders.txt').read_text()",
    "@asset(automation_condition=AutomationCondition.eager())\n"
    "def revenue(orders):\n    return len(orders)",
    "@sensor(target='orders', minimum_interval_seconds=3600)\n"
    "def arrivals(context):\n"
    "    text = Path('orders.txt').read_text()\n"
    "    if text == context.cursor:\n"
    "        return SkipReason('nothing new')\n"
    "    context.log.info('found %s', text)\n"
    "    context.update_cursor(text)\n"
    "    return RunRequest(run_key=text)",
    "@sensor(target='orders')\ndef broken(context):\n    raise ValueError('no such host')",
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Instance]:
    """A project whose notebook was loaded once."""
    saved(tmp_path, *CELLS)
    (tmp_path / "orders.txt").write_text("a")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ASSETBOOK_STORE", raising=False)
    assert told("materialize", "numbers.ipynb", "orders").exit_code == 0
    instance = Instance.get(tmp_path)
    yield instance
    instance.close()


class Later(SystemClock):
    """The clock of one who has rested."""

    def now(self) -> datetime:
        return super().now() + timedelta(minutes=1)


def known(instance: Instance, name: str) -> KnownSensor:
    (found,) = [each for each in known_sensors(instance) if each.record.name == name]
    return found


def looks(instance: Instance, count: int) -> None:
    """Has a daemon look until so many runs are recorded, for two minutes at most."""
    daemon = Daemon(instance, LocationHands(instance))
    until = time.monotonic() + 120
    with daemon.hold(instance.own.acquire_lease(current_process())):
        daemon.step()
        while time.monotonic() < until:
            time.sleep(0.05)
            daemon.step()
            ended = [run for run in instance.runs() if run.status == "success"]
            if not daemon.is_busy and len(ended) >= count:
                return
    raise AssertionError(f"{[run.status for run in instance.runs()]}")


def test_the_conditions_of_a_notebook_are_one_of_its_sensors(project: Instance) -> None:
    shown = told("sensors").stdout
    assert f"{CONDITIONS_SENSOR}  off  1 automation condition" in shown
    assert "arrivals" in shown
    assert [each.is_on for each in known_sensors(project)] == [False, False, False]


def test_a_dry_run_says_what_it_would_ask_for_and_stores_nothing(project: Instance) -> None:
    shown = told("sensors", "dry-run", "arrivals").stdout
    assert "would ask for 1 run; nothing was launched:\n  orders (run_key a" in shown
    assert "its cursor would be a\nINFO found a" in shown
    tried = told("sensors", "dry-run", "arrivals", "--cursor", "a").stdout
    assert "would run nothing: nothing new" in tried
    assert "would fail: ValueError: no such host" in told("sensors", "dry-run", "broken").stdout
    assert "- revenue: eager: false" in told("sensors", "dry-run", CONDITIONS_SENSOR).stdout
    assert known(project, "arrivals").state.cursor is None
    assert project.own.ticks() == []


def test_a_sensor_has_its_asset_made_and_a_condition_what_reads_it(project: Instance) -> None:
    for name in ("arrivals", "broken", CONDITIONS_SENSOR):
        assert told("sensors", "on", name).exit_code == 0
    looks(project, 2)  # the one that was asked for by hand, and the sensor's
    (tick,) = project.own.ticks(known(project, "arrivals").id)
    assert (tick.status, tick.logs, len(tick.run_ids)) == ("requested", "INFO found a", 1)
    assert known(project, "arrivals").state.cursor == "a"
    (failed,) = project.own.ticks(known(project, "broken").id)
    assert (failed.status, failed.message) == ("failed", "ValueError: no such host")
    assert "no such host" in told("sensors", "show", "broken").stdout

    (Path.cwd() / "orders.txt").write_text("ab")
    assert told("materialize", "numbers.ipynb", "orders", "--sources").exit_code == 0
    project.clock = Later()
    looks(project, 4)
    newest = project.runs(limit=1)[0]
    assert newest.tags["dagster/from_automation_condition"] == "true"
    assert newest.origin.kind == "condition"
    (asked,) = [each for each in project.runs() if "dagster/sensor_name" in each.tags]
    assert asked.origin.kind == "sensor"
    assert "revenue" in newest.steps
    assert "+ revenue: eager: true" in told("sensors", "show", CONDITIONS_SENSOR).stdout


def test_a_schedule_of_the_same_name_is_another_one() -> None:
    instance = Instance.ephemeral()
    schedule, sensor = (
        ScheduleRecord(name="a", cron=("@daily",)),
        SensorRecord(name="a", seconds=30),
    )
    taken = Snapshot(
        location="x.ipynb",
        at=instance.clock.now(),
        assets=(),
        schedules=(schedule,),
        sensors=(sensor,),
    )
    remember(instance, taken, {})
    (looked,), (timed,) = known_sensors(instance), known_schedules(instance)
    turned_sensor(instance.own, looked, instance.clock.now(), on=True)
    assert known_sensors(instance)[0].is_on
    assert known_schedules(instance) == [timed]


def test_the_cursor_is_set_and_removed(project: Instance) -> None:
    assert "is set to a" in told("sensors", "cursor", "arrivals", "--cursor", "a").stdout
    assert "nothing new" in told("sensors", "dry-run", "arrivals").stdout
    assert "it begins anew" in told("sensors", "cursor", "arrivals").stdout
    assert known(project, "arrivals").state.cursor is None


def test_a_slip_is_told(project: Instance) -> None:
    slips = {
        ("show", "arivals"): "no location defines it\nDid you mean `arrivals`",
        ("show",): "which one is not said\nThere are: arrivals, broken",
        ("list", "arrivals"): "it lists all",
        ("on", "arrivals", "--cursor", "a"): "a cursor is set or tried",
    }
    for words, said in slips.items():
        result = told("sensors", *words)
        assert result.exit_code != 0
        assert said in str(result.exception)
