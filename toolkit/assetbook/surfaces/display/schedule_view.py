"""Schedules: the list of all, and one with its ticks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from assetbook.automation.known_schedules import KnownSchedule
from assetbook.automation.pinned_code import ahead_lines, ahead_text
from assetbook.instance.code_difference import Difference
from assetbook.keys import RunId
from assetbook.storage.automations import StoredRequest, Tick
from assetbook.storage.store import RunRecord
from assetbook.surfaces.display.formatting import short_id
from assetbook.surfaces.display.grid import Cell, Grid
from assetbook.surfaces.display.html import Html, join, tag
from assetbook.surfaces.display.making_text import code_html, code_section
from assetbook.surfaces.display.tick_logs import logs_html, logs_text
from assetbook.surfaces.display.view import View, headline, muted, plain, section
from assetbook.surfaces.suggestion import typed

_HEADS = ("schedule", "on", "what", "when", "next", "last tick", "where")
_TICKS = ("due", "tick", "runs", "why")
_NONE = 'No schedules: `%schedule nightly "0 6 * * *" +report` defines one.'


class ScheduleTable(View):
    """The schedules of all locations."""

    def __init__(
        self,
        schedules: Sequence[KnownSchedule],
        last: Mapping[str, Tick],
        now: datetime,
        note: str = "",
        ahead: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.schedules = tuple(schedules)
        self.last = last
        self.now = now
        self.note = note
        """What is to be done so that they run; empty for nothing."""
        self.ahead = ahead or {}
        """By id, what was changed since the source was kept that a schedule runs."""

    def __len__(self) -> int:
        """How many there are."""
        return len(self.schedules)

    def __iter__(self) -> Iterator[KnownSchedule]:
        """The schedules, by name."""
        return iter(self.schedules)

    def __str__(self) -> str:
        if not self.schedules:
            return _NONE
        return "\n".join(filter(None, [self._grid().text(), *plain([*self._ahead(), self.note])]))

    def html(self) -> Html:
        """It as HTML without a frame or style rules."""
        if not self.schedules:
            return muted(_NONE)
        notes = [*self._ahead(), *filter(None, [self.note])]
        return join((headline("Schedules"), self._grid().html(), *map(muted, notes)))

    def to_json(self) -> list[dict[str, Any]]:
        """One dict a schedule."""
        return [
            {
                **_json(each, self.last.get(each.id), self.now),
                "ahead": list(self.ahead.get(each.id, ())),
            }
            for each in self.schedules
        ]

    def _ahead(self) -> list[str]:
        told = {each.record.name: ahead_text(self.ahead.get(each.id, ())) for each in self}
        return [f"{name}: {text}" for name, text in told.items() if text]

    def _grid(self) -> Grid:
        return Grid(_HEADS, tuple(self._line(each) for each in self.schedules))

    def _line(self, known: KnownSchedule) -> tuple[Cell | str, ...]:
        record, last = known.record, self.last.get(known.id)
        coming = known.next_tick(self.now)
        return (
            Cell(record.name, tag("span", record.name, class_="assetbook-name")),
            "on" if known.is_on else "off",
            record.target,
            record.ticks.describe(),
            "" if coming is None else _local(coming, record.timezone),
            "" if last is None else f"{_local(last.at, record.timezone)} {last.status}",
            known.location,
        )


class TickRuns:
    """What became of the runs that ticks asked for."""

    def __init__(self, runs: Iterable[RunRecord], requests: Iterable[StoredRequest]) -> None:
        self._runs = {run.id: run for run in runs}
        self._requests = {each.request.run_id: each for each in requests}

    def told(self, run_id: RunId) -> str:
        """``failed``, ``refused: ...``, ``all fresh: nothing ran``; empty if it is not known."""
        run, asked = self._runs.get(run_id), self._requests.get(run_id)
        if run is not None:
            return run.status
        if asked is None:
            return ""
        if asked.state == "waiting":
            return "waits to be launched"
        return f"refused: {asked.message}" if asked.state == "refused" else asked.message


class ScheduleView(View):
    """One schedule: its next ticks, the last ones, and what became of what they asked for."""

    def __init__(
        self,
        known: KnownSchedule,
        coming: Sequence[datetime],
        ticks: Sequence[Tick],
        runs: TickRuns,
        note: str = "",
        ahead: tuple[str, ...] = (),
        differences: Sequence[Difference] = (),
    ) -> None:
        self.known = known
        self.coming = tuple(coming)
        self.ticks = tuple(ticks)
        self.runs = runs
        self.note = note
        self.ahead = ahead
        """What was changed since the source was kept that it runs."""
        self.differences = tuple(differences)
        """Their code, old against new."""

    def __str__(self) -> str:
        code = map(code_section, self.differences)
        grid, logs = self._grid().text(), logs_text(self.ticks)
        return "\n".join(filter(None, [*plain(self._lines()), *code, grid, logs]))

    def html(self) -> Html:
        """It as HTML without a frame or style rules."""
        title, *lines = self._lines()
        grid = self._grid().html() if self.ticks else muted("no tick yet")
        code = section("code: old − against new +", *map(code_html, self.differences))
        shown = code if self.differences else Html()
        logs = logs_html(self.ticks)
        return join((headline("Schedule", title), *map(muted, lines), shown, grid, logs))

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        found = _json(self.known, self.ticks[0] if self.ticks else None, None)
        coming = [each.isoformat() for each in self.coming]
        ticks = [
            {**_tick(each), "became": {run: self.runs.told(run) for run in each.run_ids}}
            for each in self.ticks
        ]
        code = [
            {"kind": each.kind, "name": each.name, "lines": list(each.lines)}
            for each in self.differences
        ]
        return {
            **found,
            "next": coming,
            "ahead": list(self.ahead),
            "differences": code,
            "ticks": ticks,
        }

    def _lines(self) -> list[str]:
        record = self.known.record
        state = "on" if self.known.is_on else "off"
        pinned = ", pinned" if self.known.bundle is not None else ""
        lines = [f"{record.name} {state}{pinned}: {record.target}, {record.ticks.describe()}"]
        coming = ", ".join(_local(each, record.timezone) for each in self.coming)
        lines.append(f"next: {coming}")
        if ahead := ahead_lines(self.known, self.ahead):
            lines += [*ahead, f"`{typed('promote')}` compares it, and moves what it runs"]
        return [*lines, self.note] if self.note else lines

    def _grid(self) -> Grid:
        return Grid(_TICKS, tuple(self._line(each) for each in self.ticks))

    def _line(self, tick: Tick) -> tuple[Cell | str, ...]:
        told = [f"{short_id(each)} {self.runs.told(each)}".strip() for each in tick.run_ids]
        runs = ", ".join(told)
        return (_local(tick.at, self.known.record.timezone), tick.status, runs, tick.message)


def _local(instant: datetime, zone: str) -> str:
    return f"{instant.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def _tick(tick: Tick) -> dict[str, Any]:
    return {
        "at": tick.at.isoformat(),
        "status": tick.status,
        "message": tick.message,
        "logs": tick.logs,
        "runs": list(tick.run_ids),
    }


def _json(known: KnownSchedule, last: Tick | None, now: datetime | None) -> dict[str, Any]:
    record = known.record
    coming = known.next_tick(now) if now is not None else None
    return {
        "name": record.name,
        "location": known.location,
        "on": known.is_on,
        "pinned": known.bundle,
        "cron": list(record.cron),
        "timezone": record.timezone,
        "selection": record.selection,
        "job": record.job,
        "on_missed": record.on_missed,
        "next": None if coming is None else coming.isoformat(),
        "last": None if last is None else _tick(last),
    }
