"""Old snapshots and bundles go; the newest, the named and the young stay."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from assetbook.automation.known_schedules import KnownSchedule, turned
from assetbook.automation.known_sensors import KnownSensor, turned_sensor
from assetbook.clock import ManualClock
from assetbook.events.parts import Origin
from assetbook.events.run_events import RunStarted
from assetbook.instance.asset_record import AssetRecord, Snapshot
from assetbook.instance.bundles import Bundle, BundleCell, bundle_at, keep_bundle
from assetbook.instance.collecting import collect
from assetbook.instance.instance import Instance
from assetbook.instance.pins import pin
from assetbook.instance.schedule_record import ScheduleRecord
from assetbook.instance.sensor_record import SensorRecord
from assetbook.instance.snapshots import recall, recall_content, remember
from assetbook.storage.automations import AutomationState
from assetbook.storage.backfill_records import Backfill
from assetbook.storage.sqlite_store import SqliteStore
from assetbook.surfaces.display.collected_view import CollectedView

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANN = Origin(kind="cli", user="ann", host="laptop")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
def instance(tmp_path: Path, clock: ManualClock) -> Iterator[Instance]:
    (tmp_path / "pyproject.toml").write_text("[tool.assetbook.retention]\nscheduled_days = 7\n")
    opened = Instance.get(tmp_path)
    opened.clock = clock
    assert isinstance(opened.store, SqliteStore)
    opened.store._clock = clock
    yield opened
    opened.close()


def taken(instance: Instance, description: str, location: str = "shop.ipynb") -> str:
    record = AssetRecord(key="orders", description=description)
    snapshot = Snapshot(location=location, at=instance.clock.now(), assets=(record,))
    return remember(instance, snapshot, {})


def bundled(instance: Instance, text: str) -> str:
    cells = (BundleCell("c1", text),)
    return keep_bundle(instance, Bundle("shop.ipynb", cells, {}, "python3", "CPython 3.11", {}))


def contents(instance: Instance, *digests: str) -> list[bool]:
    return [instance.store.content(each) is not None for each in digests]


def later(clock: ManualClock, days: float) -> None:
    clock.advance(timedelta(days=days).total_seconds())


def test_old_ones_go_and_the_newest_stays(instance: Instance, clock: ManualClock) -> None:
    old, new, other = (
        taken(instance, "old"),
        taken(instance, "new"),
        taken(instance, "other", "other.ipynb"),
    )
    later(clock, 8)
    found = collect(instance)
    assert (len(found.sources.snapshots), found.sources.contents) == (1, (old,))
    assert found.size > 0
    assert contents(instance, old, new, other) == [False, True, True]
    assert recall(instance, "shop.ipynb") is not None
    assert recall_content(instance, new)[0].description == "new"


def test_a_plan_says_so_and_removes_nothing(instance: Instance, clock: ManualClock) -> None:
    old, _ = taken(instance, "old"), taken(instance, "new")
    later(clock, 8)
    view = CollectedView(collect(instance, plan=True), planned=True)
    assert view.summary.startswith("1 old snapshot and 1 stored source would go: ")
    assert view.to_json()["snapshots"] == 1
    assert contents(instance, old) == [True]
    assert collect(instance).size == view.collected.size
    assert collect(instance).sources.contents == ()


def test_what_is_younger_than_the_rule_stays(instance: Instance, clock: ManualClock) -> None:
    old, _ = taken(instance, "old"), taken(instance, "new")
    later(clock, 6.9)
    assert collect(instance).sources.contents == ()
    assert contents(instance, old) == [True]


def test_what_runs_and_pins_name_stays(instance: Instance, clock: ManualClock) -> None:
    of_run, of_pin = taken(instance, "of run"), taken(instance, "of pin")
    run, pinned, gone = (bundled(instance, f"x = {number}") for number in range(3))
    origin = Origin(kind="cli", user="ann")
    started = RunStarted(
        at=NOON, run_id="r1", asked="*", steps=(), origin=origin, snapshot=of_run, bundle=run
    )
    instance.store.commit([started])
    pin(instance, "shop.ipynb", pinned, of_pin, by=ANN)
    taken(instance, "new")
    later(clock, 100)
    collect(instance)
    assert contents(instance, of_run, of_pin, run, pinned, gone) == [True] * 4 + [False]
    assert bundle_at(instance, pinned).cells[0].text == "x = 1"


def test_what_is_stored_again_counts_as_young(instance: Instance, clock: ManualClock) -> None:
    digest = bundled(instance, "x = 1")
    later(clock, 8)
    assert bundled(instance, "x = 1") == digest
    collect(instance)
    assert contents(instance, digest) == [True]


def test_what_is_turned_on_and_what_a_backfill_is_to_run_stays(
    instance: Instance, clock: ManualClock
) -> None:
    """Though no run names it: most evaluations of a sensor ask for none."""
    of_sensor, of_schedule, of_backfill = (bundled(instance, f"x = {each}") for each in range(3))
    defined = taken(instance, "when it was turned on")
    schedule, sensor = (
        ScheduleRecord(name="nightly", cron=("@daily",)),
        SensorRecord(name="looks", seconds=30),
    )
    turned(
        instance.own,
        KnownSchedule("shop.ipynb", schedule, AutomationState("shop.ipynb:nightly")),
        NOON,
        on=True,
        bundle=of_schedule,
    )
    known = KnownSensor("shop.ipynb", sensor, AutomationState("shop.ipynb:sensor:looks"))
    turned_sensor(instance.own, known, NOON, on=True, bundle=of_sensor, snapshot=defined)
    instance.own.add_backfill(
        Backfill("b1", "paused", "all", NOON, "ann@laptop", bundle=of_backfill), ["{}"]
    )
    taken(instance, "new")
    later(clock, 100)
    collect(instance)
    assert contents(instance, of_sensor, of_schedule, of_backfill, defined) == [True] * 4
    state = instance.own.automation(known.id)
    turned_sensor(instance.own, replace(known, state=state), NOON, on=False)
    collect(instance)
    assert contents(instance, of_sensor, defined) == [False, False]
