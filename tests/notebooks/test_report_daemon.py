"""The weekly report on real flights: a daemon runs it by its own schedule, it fails for want of its
asset, and goes on from that cell once that is there."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbformat
import pytest
from tests.notebooks.fast_clock import FastClock, has_done
from tests.surfaces.shell import told

from assetbook.automation.firing import Daemon
from assetbook.automation.known_schedules import known_schedules, turned
from assetbook.instance.instance import Instance
from assetbook.storage.process_identity import current_process
from assetbook.surfaces.daemon_hands import LocationHands
from assetbook.surfaces.warm_locations import WarmLocations

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
MONDAY = datetime(2030, 1, 7, 6, tzinfo=UTC)  # an hour before it is due


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Instance:
    (tmp_path / "pyproject.toml").write_text('[tool.assetbook]\nlocations = ["*.ipynb"]\n')
    for name in ("flights.ipynb", "report.ipynb"):
        shutil.copy(NOTEBOOKS / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ASSETBOOK_STORE", raising=False)
    done = told("reload")
    assert done.exit_code == 0, done.output
    return Instance.get(tmp_path)


def test_it_runs_on_monday_fails_and_goes_on(instance: Instance) -> None:
    clock = instance.clock = FastClock(MONDAY)
    (weekly,) = known_schedules(instance)
    turned(instance.own, weekly, clock.now(), on=True)
    locations = WarmLocations()

    daemon = Daemon(instance, LocationHands(instance, calling=locations))
    with daemon.hold(instance.own.acquire_lease(current_process())):
        clock.pass_time(timedelta(hours=1))
        assert has_done(daemon, lambda: [e.status for e in instance.store.runs()] == ["failed"])
        daemon.end()
    locations.close()
    (failed,) = instance.runs()
    assert told("materialize", "flights.ipynb", "arrivals").exit_code == 0

    done = told("resume", failed.id)

    assert done.exit_code == 0, done.output
    assert "the kernel of the run before is gone" not in done.output
    assert instance.notebook_files is not None
    kept = instance.notebook_files / instance.runs()[0].id / "report" / "report.ipynb"
    cells = {each.id: each for each in nbformat.read(kept, as_version=4).cells}
    assert cells["summary"].outputs[0].text.startswith("23 December to 29 December 2013: 6,005")
    assert "image/png" in cells["by-day"].outputs[0].data
    assert "JetBlue Airways" in cells["airlines"].outputs[0].data["text/html"]
    instance.close()
