"""The notebook's schedule and its sensor on a folder, run for real by a daemon whose clock runs
fast: it is set to the next tick as soon as there is nothing else to do."""

from __future__ import annotations

import csv
import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.notebooks.fast_clock import FastClock, has_done
from tests.surfaces.shell import told

from assetbook.automation.firing import Daemon
from assetbook.automation.known_schedules import known_schedules, turned
from assetbook.automation.known_sensors import known_sensors, turned_sensor
from assetbook.instance.instance import Instance
from assetbook.storage.process_identity import current_process
from assetbook.surfaces.daemon_hands import LocationHands
from assetbook.surfaces.warm_locations import WarmLocations

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "weather.ipynb"
DAYS = 2
SECOND_OF_JANUARY = datetime(2030, 1, 2, 8, tzinfo=UTC)  # an hour before four in New York


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Instance:
    (tmp_path / "pyproject.toml").touch()
    shutil.copy(NOTEBOOK, tmp_path / "weather.ipynb")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ASSETBOOK_STORE", raising=False)
    assert told("plan", "weather.ipynb", "readings").exit_code == 0
    return Instance.get(tmp_path)


def test_each_morning_makes_a_day_and_each_file_is_read(instance: Instance) -> None:
    clock = instance.clock = FastClock(SECOND_OF_JANUARY)
    (timed,), (looks,) = known_schedules(instance), known_sensors(instance)
    turned(instance.own, timed, clock.now(), on=True)
    turned_sensor(instance.own, looks, clock.now(), on=True)
    store, locations = instance.store, WarmLocations()

    def runs(count: int) -> bool:
        found = store.runs()
        return len(found) == count and all(run.status == "success" for run in found)

    daemon = Daemon(instance, LocationHands(instance, calling=locations))
    with daemon.hold(instance.own.acquire_lease(current_process())):
        for morning in range(DAYS):
            clock.pass_time(timedelta(hours=1 if morning == 0 else 24))
            assert has_done(daemon, lambda: runs(morning + 1))  # noqa: B023 - asked at once
        Path("remarks").mkdir()
        with Path("remarks/jfk.csv").open("w") as file:
            csv.writer(file).writerows([["airport", "said"], ["JFK", "snow"]])
        time.sleep(1.1)  # it is taken once nothing was written to it for a second
        clock.pass_time(timedelta(minutes=1))
        assert has_done(daemon, lambda: runs(DAYS + 1))
        daemon.end()
    locations.close()
    made = [each.partition for each in instance.versions("weather")]
    assert made == ["2013-01-02", "2013-01-01"]
    ticks = [f"{each.at:%m-%d %H:%M}" for each in instance.own.ticks(timed.id)]
    assert ticks == ["01-03 09:00", "01-02 09:00"]
    assert instance.value("remarks")["said"].tolist() == ["snow"]
    instance.close()
