"""One sensor: what it asked for stays in sight among evaluations that asked for nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from assetbook.automation.known_sensors import KnownSensor
from assetbook.instance.sensor_record import SensorRecord
from assetbook.keys import RunId
from assetbook.storage.automations import AutomationState, Tick
from assetbook.surfaces.display.sensor_view import SensorView

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def tick(
    minutes: int, status: str = "skipped", message: str = "nothing new", logs: str = ""
) -> Tick:
    runs = (RunId("aaaaaa000001"),) if status == "requested" else ()
    at = NOON + timedelta(minutes=minutes)
    return Tick("x", at, status, message, at, at, logs=logs, run_ids=runs)  # type: ignore[arg-type]


def test_evaluations_that_skip_alike_have_one_line() -> None:
    ticks = [
        *(tick(minutes) for minutes in (9, 8, 7)),
        tick(6, "requested", ""),
        tick(5),
        tick(4, message="another reason"),
        tick(3, message="another reason", logs="it said something"),
    ]
    record = SensorRecord(name="looks", seconds=60)
    view = SensorView(KnownSensor("a.ipynb", record, AutomationState("x")), ticks, {})
    lines = str(view).splitlines()
    rows = [line for line in lines if line.startswith("2026-03-01")]
    assert len(rows) == 5
    assert "nothing new, since 2026-03-01 12:07:00, 3 times" in rows[0]
    assert "requested  aaaaaa" in rows[1]
    assert len(view.to_json()["ticks"]) == len(ticks)
