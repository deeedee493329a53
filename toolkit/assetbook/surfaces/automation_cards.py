"""The lines that a cell leaves behind of the schedules and sensors that it defined."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from assetbook.automation.known_schedules import KnownSchedule
from assetbook.automation.known_sensors import KnownSensor
from assetbook.instance.schedule_record import schedule_id, schedule_records
from assetbook.instance.sensor_record import sensor_id, sensor_records
from assetbook.notebook.session import Cell
from assetbook.surfaces.cards import Line, show_lines
from assetbook.surfaces.display.formatting import every_text
from assetbook.surfaces.display.status import OFF, ON
from assetbook.surfaces.live import LiveNotebook
from assetbook.surfaces.suggestion import typed


def show_new_automations(live: LiveNotebook, cell: Cell) -> None:
    """Displays a line for each schedule and sensor that the code of ``cell`` made; the magic
    ``%schedule`` tells of its own."""
    lines = [*_schedules(live, cell), *_sensors(live, cell)]
    if lines:
        show_lines(lines)


def _schedules(live: LiveNotebook, cell: Cell) -> Iterator[Line]:
    made = [each for each in live.session.schedules if _is_of(live, each.place.filename, cell)]
    for record in schedule_records((each, "") for each in made):
        location = live.location or ""
        state = live.instance.own.automation(schedule_id(location, record.name))
        known = KnownSchedule(location, record, state)
        coming = next(record.ticks.after(live.instance.clock.now()), None)
        zone = ZoneInfo(record.timezone)
        due = "" if coming is None else f"next {coming.astimezone(zone):%Y-%m-%d %H:%M}"
        said = (record.target, record.ticks.describe(), due)
        yield Line(ON if known.is_on else OFF, record.name, (*said, _how("schedules", known)))


def _sensors(live: LiveNotebook, cell: Cell) -> Iterator[Line]:
    made = [each for each in live.session.sensors if _is_of(live, each.place.filename, cell)]
    for record in sensor_records((each, "") for each in made):
        location = live.location or ""
        state = live.instance.own.automation(sensor_id(location, record.name))
        known = KnownSensor(location, record, state)
        said = (record.target, f"every {every_text(record.seconds)}")
        yield Line(ON if known.is_on else OFF, record.name, (*said, _how("sensors", known)))


def _is_of(live: LiveNotebook, filename: str, cell: Cell) -> bool:
    return live.places.cell(filename) == str(cell)


def _how(verb: str, known: KnownSchedule | KnownSensor) -> str:
    if known.is_on:
        return "on"
    return f"off: `{typed(f'{verb} on {known.record.name}')}` turns it on here"
