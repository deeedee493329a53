"""The list of runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from assetbook.clock import SystemClock
from assetbook.events.parts import UNATTENDED, Origin
from assetbook.storage.store import RunRecord
from assetbook.surfaces.display.formatting import (
    age_text,
    count_text,
    duration_text,
    first_line,
    short_id,
)
from assetbook.surfaces.display.grid import Cell, Grid
from assetbook.surfaces.display.html import Html, join, tag
from assetbook.surfaces.display.parity_words import answer_counts
from assetbook.surfaces.display.re_execution_words import again_json, asked_again_text
from assetbook.surfaces.display.status import badge, run_look
from assetbook.surfaces.display.view import View, headline, muted
from assetbook.surfaces.suggestion import typed

_HEADS = ("run", "status", "asked for", "steps", "started", "took", "by", "message")


class RunTable(View):
    """Runs, newest first. ``now`` is the moment that ages are told from; None is the present."""

    def __init__(self, runs: Sequence[RunRecord], *, now: datetime | None = None) -> None:
        self.runs = tuple(runs)
        self.now = now or SystemClock().now()

    def __len__(self) -> int:
        """How many runs there are."""
        return len(self.runs)

    def __iter__(self) -> Iterator[RunRecord]:
        """The runs, newest first."""
        return iter(self.runs)

    def __str__(self) -> str:
        return runs_grid(self.runs, self.now).without("steps").text() or no_runs()

    def html(self) -> Html:
        """It as HTML without a frame or style rules."""
        if not self.runs:
            return muted(no_runs())
        return join((headline("Runs"), runs_grid(self.runs, self.now).html()))

    def to_json(self) -> list[dict[str, Any]]:
        """One dict a run."""
        return [run_json(run) for run in self.runs]


def no_runs() -> str:
    """What stands where there are no runs: how to make one."""
    return f"No runs yet. `{typed('materialize')}` makes the first one."


def runs_grid(runs: Sequence[RunRecord], now: datetime) -> Grid:
    """The runs as a grid."""
    return Grid(_HEADS, tuple(_line(run, now) for run in runs), frozenset({"steps", "took"}))


def run_json(run: RunRecord) -> dict[str, Any]:
    """A run as plain values."""
    return {
        "id": run.id,
        "status": run.status,
        "asked": run.asked,
        "steps": list(run.steps),
        "queued_at": run.queued_at.isoformat() if run.queued_at is not None else None,
        "started_at": run.started_at.isoformat() if run.status != "queued" else None,
        "ended_at": run.ended_at.isoformat() if run.ended_at is not None else None,
        "duration_seconds": run_seconds(run),
        "origin": {"kind": run.origin.kind, "user": run.origin.user, "host": run.origin.host}
        | {"notebook": run.origin.notebook, "cell": run.origin.cell}
        | {"parity": dict(run.origin.parity), "detached": run.origin.detached},
        "tags": dict(run.tags),
        "message": run.message,
        "bundle": run.bundle,
        **again_json(run.reexecution),
    }


def run_seconds(run: RunRecord) -> float | None:
    """Seconds from its start to its end; None while it is started."""
    if run.ended_at is None:
        return None
    return (run.ended_at - run.started_at).total_seconds()


def origin_text(origin: Origin) -> str:
    """Who asked, and where: ``ada · flights.ipynb In[7]``, ``schedule · flights.ipynb``; of a
    notebook that was loaded without being run also whether that is the same."""
    place = " ".join(part for part in (origin.notebook, origin.cell) if part)
    found = answer_counts(origin.parity.values())
    if origin.kind in UNATTENDED:
        return " · ".join(filter(None, [origin.kind, place, found]))
    apart = "detached" if origin.detached else ""
    return " · ".join(part for part in (origin.user, place or origin.kind, apart, found) if part)


def run_cell(run_id: str) -> Cell:
    """The beginning of a run's id."""
    return Cell(short_id(run_id), tag("span", short_id(run_id), class_="assetbook-mono"))


def _line(run: RunRecord, now: datetime) -> tuple[Cell | str, ...]:
    look = run_look(run.status)
    seconds = run_seconds(run)
    return (
        run_cell(run.id),
        Cell(f"{look.symbol} {look.word}", badge(look)),
        asked_again_text(run),
        count_text(len(run.steps)),
        age_text(run.started_at, now),
        "" if seconds is None else duration_text(seconds),
        origin_text(run.origin),
        first_line(run.message),
    )
