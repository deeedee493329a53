"""What all views share, and that hostile text stays text in each of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

import msgspec
import pytest
from msgspec.structs import replace
from tests.surfaces.view_examples import (
    DELAYS,
    DIFFERENCE,
    EDGES,
    FAILED_EVENTS,
    FAILED_RUN,
    HOSTILE,
    INSTANCE,
    LOGS,
    NOW,
    ROW,
    ROWS,
    STORE,
    VERSION,
    column,
    faults_of,
    hostile_row,
    key,
    printed,
    text_of,
)

from assetbook.automation.known_schedules import KnownSchedule
from assetbook.automation.known_sensors import KnownSensor
from assetbook.events.parts import ErrorInfo, InputVersion, Reexecution
from assetbook.events.run_events import StepEnded
from assetbook.instance.code_difference import Difference
from assetbook.instance.pool_standing import PoolStanding
from assetbook.instance.schedule_record import ScheduleRecord
from assetbook.instance.sensor_record import SensorRecord
from assetbook.keys import AssetKey, RunId
from assetbook.metadata import MetadataValue, TableSchema
from assetbook.metadata.wire import to_wire
from assetbook.storage.automations import AutomationState, Tick
from assetbook.storage.backfill_records import Backfill, Chunk
from assetbook.storage.turns import PoolSlot
from assetbook.storage.version import Version
from assetbook.surfaces.display.alerts_view import AlertsView, TargetStanding
from assetbook.surfaces.display.asset_table import AssetTable
from assetbook.surfaces.display.asset_view import AssetView
from assetbook.surfaces.display.backfill_view import BackfillTable, BackfillView
from assetbook.surfaces.display.lineage_view import LineageView
from assetbook.surfaces.display.log_view import LogView
from assetbook.surfaces.display.overview_view import Overview
from assetbook.surfaces.display.pool_table import PoolTable
from assetbook.surfaces.display.run_table import RunTable
from assetbook.surfaces.display.schedule_view import ScheduleTable, ScheduleView, TickRuns
from assetbook.surfaces.display.sensor_view import SensorTable, SensorView
from assetbook.surfaces.display.version_table import VersionTable
from assetbook.surfaces.display.view import View
from assetbook.surfaces.display.why_view import WhyView

ERROR = ErrorInfo(kind=HOSTILE, message=HOSTILE, where=HOSTILE, traceback=HOSTILE)
HOSTILE_KEY = AssetKey([HOSTILE])
HOSTILE_EVENT = msgspec.structs.replace(
    DELAYS,
    key=HOSTILE_KEY.text,
    step=HOSTILE,
    data_version=f"xxh3_128/1:{HOSTILE}",
    config_text=HOSTILE,
    as_of=NOW,
    readers=(HOSTILE,),
    inputs={HOSTILE: InputVersion(key=HOSTILE_KEY.text, version=1, data_version=f"a:{HOSTILE}")},
    metadata={
        HOSTILE: to_wire(MetadataValue.text(HOSTILE)),
        "url": to_wire(MetadataValue.url(f"https://example.org/{HOSTILE}")),
        "md": to_wire(MetadataValue.md(HOSTILE)),
        "json": to_wire(MetadataValue.json({HOSTILE: [HOSTILE]})),
        "other": {"type": HOSTILE, "value": HOSTILE},
        "dagster/column_schema": to_wire(
            MetadataValue.table_schema(TableSchema([column(HOSTILE, HOSTILE)]))
        ),
    },
)
HOSTILE_RUN = replace(
    FAILED_RUN,
    asked=HOSTILE,
    message=HOSTILE,
    origin=msgspec.structs.replace(FAILED_RUN.origin, user=HOSTILE, notebook=HOSTILE, cell=HOSTILE),
    reexecution=Reexecution(
        kind="selection", parent_run_id=HOSTILE, root_run_id=HOSTILE, selection=HOSTILE
    ),
)
HOSTILE_END = StepEnded(
    at=NOW, run_id=FAILED_RUN.id, step=HOSTILE, status="failed", message=HOSTILE, error=ERROR
)
HOSTILE_LOGS = [
    printed(HOSTILE, "stdout", HOSTILE),
    printed(HOSTILE, "stderr", HOSTILE),
    printed(HOSTILE, "log", HOSTILE, HOSTILE),
    printed(HOSTILE, "display", HOSTILE),
]


SLOTS = (PoolSlot("db", FAILED_RUN.id, "delays", 0, True), PoolSlot("db", FAILED_RUN.id, "late"))
HOSTILE_SLOTS = tuple(PoolSlot(HOSTILE, RunId(HOSTILE), HOSTILE, 0, each) for each in (True, False))


def automations(text: str, changed: Difference) -> dict[str, View]:
    """The views of what happens by itself, with that text in every place that takes some."""
    tick = Tick("x", NOW, "failed", text, NOW, NOW, logs=text, run_ids=(RunId(text),))
    state = AutomationState("x", on=True, cursor=text)
    timed = ScheduleRecord(name="nightly", cron=("@daily",), selection=text, description=text)
    looking = SensorRecord(name="looks", seconds=30, selection=text, description=text)
    schedule, sensor = KnownSchedule(text, timed, state), KnownSensor(text, looking, state)
    told = TargetStanding("team", text, text, True, text, 1, (tick,))
    last, ahead = {schedule.id: tick, sensor.id: tick}, {schedule.id: (text,), sensor.id: (text,)}
    backfill = Backfill("b1", "failed", text, NOW, text, message=text)
    chunk = Chunk("b1", 0, json.dumps({"partitions": {text: [text]}}), "failed", RunId(text))
    runs, code = TickRuns([], []), [changed]
    return {
        "schedules": ScheduleTable([schedule], last, NOW, text, ahead),
        "schedule": ScheduleView(schedule, [NOW], [tick], runs, text, (text,), code),
        "sensors": SensorTable([sensor], last, text, ahead),
        "sensor": SensorView(sensor, [tick], {}, text, (text,), code),
        "alerts": AlertsView([told]),
        "backfill": BackfillView(backfill, {"failed": 1}, [chunk]),
        "backfills": BackfillTable([backfill], {"b1": {"failed": 1}}),
    }


def views() -> dict[str, View]:
    """Each view once, on the example."""
    row, version = ROW["delays"], VERSION["delays"]
    return {
        "assets": AssetTable(ROWS, checks=True, now=NOW),
        "asset": AssetView(row, version, [key("flights")], [key("monthly")], LOGS, now=NOW),
        "lineage": LineageView(ROWS, EDGES, now=NOW),
        "why": WhyView(row, version, [DIFFERENCE], now=NOW),
        "runs": RunTable(STORE.runs(), now=NOW),
        "pools": PoolTable([PoolStanding("db", 1, SLOTS)]),
        "versions": VersionTable(key("delays"), STORE.versions(key("delays")), now=NOW),
        "logs": LogView(FAILED_RUN, LOGS, FAILED_EVENTS, now=NOW),
        "overview": Overview(INSTANCE, ROWS, STORE.runs(), "session", "flights.ipynb", now=NOW),
        **automations("a word", DIFFERENCE),
    }


@pytest.mark.parametrize("name", views())
def test_each_view_shows_itself_in_all_forms(name: str) -> None:
    view = views()[name]
    bundle = view._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert bundle["text/plain"] == str(view) == repr(view)
    assert set(view._repr_mimebundle_(include=["text/plain"])) == {"text/plain"}
    assert faults_of(bundle["text/html"]) == []
    assert json.loads(json.dumps(view.to_json())) == view.to_json()


def hostile_views() -> dict[str, Callable[[], View]]:
    """Each view with hostile text in every place that takes text."""
    rows = [hostile_row(ROW["delays"]), ROW["flights"]]
    row, known = rows[0], [HOSTILE_KEY]
    version = Version(HOSTILE_KEY, 1, None, 1, HOSTILE_EVENT)
    difference = Difference(HOSTILE, HOSTILE, (f"-{HOSTILE}", f"+{HOSTILE}", HOSTILE))
    edges = [(key("flights"), HOSTILE_KEY)]
    return {
        "assets": lambda: AssetTable(rows, checks=True, now=NOW),
        "asset": lambda: AssetView(row, version, known, known, HOSTILE_LOGS, now=NOW),
        "lineage": lambda: LineageView(rows, edges, now=NOW),
        "why": lambda: WhyView(row, version, [difference], now=NOW),
        "runs": lambda: RunTable([HOSTILE_RUN], now=NOW),
        "pools": lambda: PoolTable([PoolStanding(HOSTILE, None, HOSTILE_SLOTS)]),
        "versions": lambda: VersionTable(HOSTILE_KEY, [version], now=NOW),
        "logs": lambda: LogView(HOSTILE_RUN, HOSTILE_LOGS, [HOSTILE_END], now=NOW),
        "overview": lambda: Overview(INSTANCE, rows, [HOSTILE_RUN], "session", HOSTILE, now=NOW),
        **{name: partial(_given, each) for name, each in automations(HOSTILE, difference).items()},
    }


def _given(view: View) -> View:
    return view


@pytest.mark.parametrize("name", hostile_views())
def test_hostile_text_stays_text_in_each_view(name: str) -> None:
    view = hostile_views()[name]()
    bundle = view._repr_mimebundle_()
    assert faults_of(bundle["text/html"]) == []
    assert "<script>alert(1)</script>" in text_of(bundle["text/html"])
    assert not set(bundle["text/plain"]) & set("\x00\x1b\r\u202e\u2066")
