"""One run: how it stands, each of its steps, and the cells of notebooks among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from assetbook.events.records import Event
from assetbook.kernels.kept_notebook import KeptNotebook
from assetbook.storage.store import RunRecord
from assetbook.surfaces.display.cells_view import cells_html, cells_text
from assetbook.surfaces.display.formatting import duration_text, instant_text, short_id
from assetbook.surfaces.display.grid import Cell, Grid, facts_html, facts_text
from assetbook.surfaces.display.html import Html, tag, visible
from assetbook.surfaces.display.re_execution_words import asked_again_text
from assetbook.surfaces.display.run_table import origin_text, run_json, run_seconds
from assetbook.surfaces.display.status import WAITING, badge, run_look
from assetbook.surfaces.display.step_ends import StepEnd, step_ends
from assetbook.surfaces.display.view import View, card, muted
from assetbook.surfaces.suggestion import typed


class RunView(View):
    """A run with its events; ``notebooks`` are those that its steps ran, by step, ``kept_until``
    says of those whose kernel is kept until when that is."""

    def __init__(
        self,
        run: RunRecord,
        events: Sequence[Event],
        notebooks: Mapping[str, KeptNotebook],
        kept_until: Mapping[str, datetime],
    ) -> None:
        self.run = run
        self.ends = step_ends(events)
        self.notebooks = dict(notebooks)
        self.kept_until = dict(kept_until)

    def __str__(self) -> str:
        look = run_look(self.run.status)
        head = f"run {short_id(self.run.id)}  {look.symbol} {look.word}"
        parts = [head, facts_text(self._facts()), self._grid().text()]
        parts += [cells_text(each) for each in self.notebooks.values()]
        return "\n".join([*(each for each in parts if each), *self._ways_on(), self._logs])

    def html(self) -> Html:
        """It as HTML without a frame or style rules."""
        head = tag(
            "div",
            tag("span", f"run {short_id(self.run.id)}", class_="assetbook-title"),
            " ",
            badge(run_look(self.run.status)),
            class_="assetbook-line",
        )
        notebooks = (cells_html(each) for each in self.notebooks.values())
        return card(
            head,
            facts_html(self._facts()),
            self._grid().html(),
            *notebooks,
            *(muted(each) for each in (*self._ways_on(), self._logs)),
        )

    def to_json(self) -> dict[str, Any]:
        """The run, how its steps ended, and the cells of its notebooks."""
        return {
            "run": run_json(self.run),
            "steps": [end.to_json() for end in self._ends()],
            "notebooks": {step: self._notebook_json(step) for step in self.notebooks},
        }

    def _notebook_json(self, step: str) -> dict[str, Any]:
        until = self.kept_until.get(step)
        kept = {"kernel_kept_until": until.isoformat() if until is not None else None}
        return {**self.notebooks[step].to_json(), **kept}

    def _ways_on(self) -> Iterator[str]:
        """How a run is gone on with that failed in a cell, and until when with its kernel."""
        if self.run.status != "failed":
            return
        resume = typed(f"resume {short_id(self.run.id)}")
        for step, kept in self.notebooks.items():
            until = self.kept_until.get(step)
            if until is not None:
                when = instant_text(until)
                yield f"{resume} goes on from {kept.bad}: its kernel is kept until {when}"
            elif kept.bad is not None:
                yield f"{resume} begins at the first cell: its kernel is gone"
            if kept.bad is not None:
                reproduce = typed(f"reproduce {short_id(self.run.id)}")
                yield f"{reproduce} writes a copy with the modules and inputs that it had"

    @property
    def _logs(self) -> str:
        return f"what it printed: {typed(f'logs {short_id(self.run.id)}')}"

    def _facts(self) -> list[tuple[str, Cell | str]]:
        seconds = run_seconds(self.run)
        return [
            ("asked for", asked_again_text(self.run)),
            ("by", origin_text(self.run.origin)),
            ("started", instant_text(self.run.started_at)),
            ("took", "" if seconds is None else duration_text(seconds)),
            ("tags", ", ".join(f"{name}={value}" for name, value in self.run.tags.items())),
            ("source", self.run.bundle[:7] if self.run.bundle else ""),
            ("message", "" if self._is_told else self.run.message),
        ]

    @property
    def _is_told(self) -> bool:
        """Whether a step says already why the run did not succeed."""
        return any(end.message and end.message in self.run.message for end in self._ends())

    def _ends(self) -> list[StepEnd]:
        """The steps of its plan, then those that came while it ran."""
        names = dict.fromkeys([*self.run.steps, *self.ends])
        return [self.ends.get(name) or StepEnd(name, WAITING) for name in names]

    def _grid(self) -> Grid:
        rows = tuple(_line(end) for end in self._ends())
        return Grid(("step", "status", "took", "message"), rows)


def _line(end: StepEnd) -> tuple[Cell | str, ...]:
    said = " · ".join([*end.facts, *([visible(end.message)] if end.message else [])])
    took = "" if not end.duration else duration_text(end.duration)
    name = tag("span", end.step, class_="assetbook-name")
    status = Cell(f"{end.look.symbol} {end.look.word}", badge(end.look))
    return Cell(end.step, name), status, took, said
