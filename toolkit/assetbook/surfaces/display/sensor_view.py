"""Sensors: the list of all, and one with its evaluations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from assetbook.automation.known_sensors import KnownSensor
from assetbook.automation.pinned_code import ahead_lines, ahead_text
from assetbook.instance.code_difference import Difference
from assetbook.instance.sensor_record import CONDITIONS_SENSOR
from assetbook.storage.automations import Tick
from assetbook.storage.store import RunRecord
from assetbook.surfaces.display.formatting import every_text, short_id
from assetbook.surfaces.display.grid import Cell, Grid
from assetbook.surfaces.display.html import Html, join, tag
from assetbook.surfaces.display.making_text import code_html, code_section
from assetbook.surfaces.display.tick_logs import logs_html, logs_text
from assetbook.surfaces.display.view import View, headline, muted, plain, section
from assetbook.surfaces.suggestion import typed

_HEADS = ("sensor", "on", "what", "every", "last evaluation", "where")
_TICKS = ("at (UTC)", "tick", "runs", "why")
_NONE = "No sensors: `@sensor(...)` on a function defines one, and so does an asset's condition."
_SHOWN = 200
"""Characters of a cursor that are shown."""


class SensorTable(View):
    """The sensors of all locations."""

    def __init__(
        self,
        sensors: Sequence[KnownSensor],
        last: Mapping[str, Tick],
        note: str = "",
        ahead: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.sensors = tuple(sensors)
        self.last = last
        self.note = note
        """What is to be done so that they are evaluated; empty for nothing."""
        self.ahead = ahead or {}
        """By id, what was changed since the source was kept that a sensor runs."""

    def __len__(self) -> int:
        """How many there are."""
        return len(self.sensors)

    def __iter__(self) -> Iterator[KnownSensor]:
        """The sensors, by name."""
        return iter(self.sensors)

    def __str__(self) -> str:
        if not self.sensors:
            return _NONE
        return "\n".join(filter(None, [self._grid().text(), *plain([*self._ahead(), self.note])]))

    def html(self) -> Html:
        """It as HTML without a frame or style rules."""
        if not self.sensors:
            return muted(_NONE)
        notes = [*self._ahead(), *filter(None, [self.note])]
        return join((headline("Sensors"), self._grid().html(), *map(muted, notes)))

    def to_json(self) -> list[dict[str, Any]]:
        """One dict a sensor."""
        return [
            {**_json(each, self.last.get(each.id)), "ahead": list(self.ahead.get(each.id, ()))}
            for each in self.sensors
        ]

    def _ahead(self) -> list[str]:
        told = {each.record.name: ahead_text(self.ahead.get(each.id, ())) for each in self}
        return [f"{name}: {text}" for name, text in told.items() if text]

    def _grid(self) -> Grid:
        return Grid(_HEADS, tuple(self._line(each) for each in self.sensors))

    def _line(self, known: KnownSensor) -> tuple[Cell | str, ...]:
        record, last = known.record, self.last.get(known.id)
        return (
            Cell(record.name, tag("span", record.name, class_="assetbook-name")),
            "on" if known.is_on else "off",
            record.target or record.description,
            every_text(record.seconds),
            "" if last is None else f"{last.at:%Y-%m-%d %H:%M:%S} {last.status}",
            known.location,
        )


class SensorView(View):
    """One sensor: what it is, its cursor, and its last evaluations with what they asked for."""

    def __init__(
        self,
        known: KnownSensor,
        ticks: Sequence[Tick],
        runs: Mapping[Any, RunRecord],
        note: str = "",
        ahead: tuple[str, ...] = (),
        differences: Sequence[Difference] = (),
    ) -> None:
        self.known = known
        self.ticks = tuple(ticks)
        self.runs = runs
        self.note = note
        self.ahead = ahead
        """What was changed since the source was kept that it runs."""
        self.differences = tuple(differences)
        """The code of those, old against new."""

    def __str__(self) -> str:
        code = map(code_section, self.differences)
        grid = self._grid().text() if self.ticks else ""
        lines = plain(self._lines())
        return "\n".join(filter(None, [*lines, *code, grid, logs_text(self.ticks)]))

    def html(self) -> Html:
        """It as HTML without a frame or style rules."""
        title, *lines = self._lines()
        grid = self._grid().html() if self.ticks else muted("no evaluation yet")
        logs = logs_html(self.ticks)
        code = section("code: old − against new +", *map(code_html, self.differences))
        shown = code if self.differences else Html()
        return join((headline("Sensor", title), *map(muted, lines), shown, grid, logs))

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        found = _json(self.known, self.ticks[0] if self.ticks else None)
        code = [
            {"kind": each.kind, "name": each.name, "lines": list(each.lines)}
            for each in self.differences
        ]
        ticks = [_tick(each) for each in self.ticks]
        return {**found, "ahead": list(self.ahead), "differences": code, "ticks": ticks}

    def _lines(self) -> list[str]:
        record, cursor = self.known.record, self.known.state.cursor
        state = "on" if self.known.is_on else "off"
        pinned = ", pinned" if self.known.bundle is not None else ""
        what = record.target or record.description or "runs nothing by itself"
        lines = [f"{record.name} {state}{pinned}: {what}, every {every_text(record.seconds)}"]
        if cursor is not None and record.name != CONDITIONS_SENSOR:  # theirs is not for people
            more = "..." if len(cursor) > _SHOWN else ""
            lines.append(f"cursor: {cursor[:_SHOWN]}{more}")
        if ahead := ahead_lines(self.known, self.ahead):
            lines += [*ahead, f"`{typed('promote')}` compares it, and moves what it runs"]
        return [*lines, self.note] if self.note else lines

    def _grid(self) -> Grid:
        alike = [list(some) for _, some in groupby(self.ticks, _alike)]
        return Grid(_TICKS, tuple(self._line(*each) for each in alike))

    def _line(self, tick: Tick, *before: Tick) -> tuple[Cell | str, ...]:
        if before:
            since = f"since {before[-1].at:%Y-%m-%d %H:%M:%S}, {len(before) + 1} times"
            said = f"{tick.message}, {since}" if tick.message else since
            return (f"{tick.at:%Y-%m-%d %H:%M:%S}", tick.status, "", said)
        runs = ", ".join(f"{short_id(each)} {self._status(each)}".strip() for each in tick.run_ids)
        return (f"{tick.at:%Y-%m-%d %H:%M:%S}", tick.status, runs, tick.message)

    def _status(self, run_id: str) -> str:
        run = self.runs.get(run_id)
        return run.status if run is not None else ""


def _alike(tick: Tick) -> tuple[str, str, object]:
    """The same for evaluations in a row of which one line tells."""
    quiet = tick.status == "skipped" and not tick.logs
    return tick.status, tick.message, None if quiet else tick.at


def _tick(tick: Tick) -> dict[str, Any]:
    return {
        "at": tick.at.isoformat(),
        "status": tick.status,
        "message": tick.message,
        "logs": tick.logs,
        "runs": list(tick.run_ids),
    }


def _json(known: KnownSensor, last: Tick | None) -> dict[str, Any]:
    record = known.record
    return {
        "name": record.name,
        "location": known.location,
        "on": known.is_on,
        "pinned": known.bundle,
        "seconds": record.seconds,
        "selection": record.selection,
        "jobs": list(record.jobs),
        "description": record.description,
        "cursor": known.state.cursor,
        "last": None if last is None else _tick(last),
    }
