"""Sensors evaluated where their location is loaded, its conditions among them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assetbook.automation.conditions.tick import conditions_tick
from assetbook.automation.sensor_tick import SensorAnswer, failed_answer, sensor_tick
from assetbook.errors import did_you_mean
from assetbook.instance.sensor_record import CONDITIONS_SENSOR
from assetbook.surfaces.live import LiveNotebook
from assetbook.surfaces.live_definitions import definitions_of


def sensor_answers(live: LiveNotebook, asked: Mapping[str, Any]) -> dict[str, SensorAnswer]:
    """By name, what each of the sensors that are asked for says now, as plain values."""
    return {each["name"]: _answer(live, asked["location"], each) for each in asked["sensors"]}


def _answer(live: LiveNotebook, location: str, asked: Mapping[str, Any]) -> SensorAnswer:
    name, cursor = asked["name"], asked["cursor"]
    if name == CONDITIONS_SENSOR:
        return conditions_tick(live.instance, live.loaded(), live.session.jobs, location, cursor)
    sensors = {each.name: each for each in live.session.sensors}
    if name not in sensors:
        near = did_you_mean(name, sensors)
        return failed_answer(f"nothing defines it any more. {near}".strip(), cursor)
    return sensor_tick(
        sensors[name],
        live.instance,
        cursor,
        resources=live.session.resources(),
        definitions=definitions_of(live),
        location=location,
        folder=live.folder,
        last_tick_completion_time=asked["ended"],
        last_sensor_start_time=asked["since"],
        last_run_key=asked["run_key"],
    )
