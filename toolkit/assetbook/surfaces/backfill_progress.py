"""Who shows a backfill while it goes: one display in a cell, or a line for each of its runs."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, TextIO

from assetbook.clock import Clock
from assetbook.execution.capture import running_shell
from assetbook.execution.reporter import StepOutcome
from assetbook.keys import RunId
from assetbook.planning.run_queue import Waiting
from assetbook.planning.steps import Plan, Step
from assetbook.storage.backfill_records import ChunkState
from assetbook.surfaces.display.formatting import counted, duration_text, short_id
from assetbook.surfaces.display.html import tag, visible
from assetbook.surfaces.display.outcome_words import facts_of, message_of
from assetbook.surfaces.display.progress_view import bar
from assetbook.surfaces.display.status import QUEUED, run_look
from assetbook.surfaces.display.view import framed
from assetbook.surfaces.progress import SHORTEST, write_line


class BackfillProgress:
    """Is told of every run of a backfill as its reporter, and of its counts as runs end.

    ``stream`` takes the lines where there is no notebook; None is the standard output.
    """

    def __init__(self, clock: Clock, stream: TextIO | None = None) -> None:
        self._clock = clock
        self._stream = stream
        self._handle: Any = None
        self._began = self._shown_at = clock.monotonic()
        self._counts: Mapping[ChunkState, int] = {}
        self._already: int | None = None
        self._now = self._called = ""
        self._plan = Plan("", ())
        self._run_id = RunId("")
        self._outcomes: list[StepOutcome] = []

    def call(self, name: str) -> None:
        """Gives the next run a name; without one it is called by what it makes."""
        self._called = name

    # -- as the reporter of a run

    def run_queued(self, run_id: RunId, plan: Plan, waiting: Waiting) -> None:
        """Shows why it waits."""
        self._tell(f"{QUEUED.word}, {visible(waiting.text, one_line=True)}")

    def run_started(self, run_id: RunId, plan: Plan) -> None:
        """Notes what it makes."""
        self._run_id, self._plan, self._outcomes = run_id, plan, []
        self._now = visible(self._called, one_line=True) or _made_by(plan)
        self._update()

    def step_progress(self, step: Step, said: str) -> None:
        """Says nothing: runs are counted, not their cells."""

    def step_waits(self, step: Step, why: str) -> None:
        """Shows why it waits."""
        self._tell(f"waits {visible(step.name, one_line=True)}  {visible(why, one_line=True)}")

    def step_started(self, step: Step, ago: float = 0.0) -> None:
        """Shows nothing."""

    def step_ended(self, outcome: StepOutcome) -> None:
        """Notes how it ended."""
        self._outcomes.append(outcome)

    def run_ended(self, status: str, duration: float) -> None:
        """Writes the run's line where there is no notebook."""
        if self._in_notebook():
            return
        said = [*_said(self._outcomes, duration), f"run {short_id(self._run_id)}"]
        words = visible(" · ".join(filter(None, said)), one_line=True)
        word = "done" if status == "success" else run_look(status).word
        write_line(self._stream or sys.stdout, f"{word:<6} {self._now}  {words}")

    # -- of the backfill

    def counted(self, counts: Mapping[ChunkState, int]) -> None:
        """Shows how many of its runs have ended."""
        self._counts, self._now = counts, ""
        self._update(now=not self._left())

    def _left(self) -> int:
        return self._counts.get("waiting", 0) + self._counts.get("launched", 0)

    def _tell(self, line: str) -> None:
        if self._in_notebook():
            self._now = line
            self._update()
        else:
            write_line(self._stream or sys.stdout, line)

    def _in_notebook(self) -> bool:
        return hasattr(running_shell(), "kernel")

    def _update(self, *, now: bool = False) -> None:
        moment = self._clock.monotonic()
        soon = self._handle is not None and moment - self._shown_at < SHORTEST
        if not self._in_notebook() or (soon and not now):
            return
        from IPython.display import display

        self._shown_at = moment
        said = self.text()
        ended, total = self._ended(), sum(self._counts.values())
        line = tag("div", said, class_="assetbook-muted assetbook-small")
        html = framed(bar(ended, total) if self._left() else None, line)
        bundle = {"text/html": html, "text/plain": visible(said, one_line=True)}
        if self._handle is None:
            self._handle = display(bundle, raw=True, display_id=True)
        else:
            self._handle.update(bundle, raw=True)

    def _ended(self) -> int:
        return sum(self._counts.values()) - self._left()

    def text(self) -> str:
        """``12 of 31 runs ended, 2 failed · about 3 s left · weather[2026-01-13]``."""
        if not self._counts:
            return self._now
        ended, failed = self._ended(), self._counts.get("failed", 0)
        said = f"{ended:,} of {counted(sum(self._counts.values()), 'run')} ended"
        said += f", {failed:,} failed" if failed else ""
        took = self._clock.monotonic() - self._began
        if self._already is None:
            self._already = ended - 1  # the first count is of the first run that ended here
        here = ended - self._already
        left = f"about {duration_text(took / here * self._left())} left" if here else ""
        return " · ".join(
            filter(None, [said, left if self._left() else duration_text(took), self._now])
        )


def _made_by(plan: Plan) -> str:
    """What a run makes: ``weather[2026-01-13]``, or the first of several and how many more."""
    names = [visible(str(each), one_line=True) for each in plan.targets]
    if not names:
        return visible(plan.asked, one_line=True)
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1:,} more"


def _said(outcomes: list[StepOutcome], duration: float) -> list[str]:
    """What the only step made; of several, how many, and what those say that failed."""
    if len(outcomes) == 1:
        return [message_of(outcomes[0]), facts_of(outcomes[0])]
    failed = [each for each in outcomes if each.status == "failed"]
    messages = [f"{each.step.name}: {message_of(each)}" for each in failed[:_MOST_TOLD]]
    return [*messages, counted(len(outcomes), "step"), duration_text(duration)]


_MOST_TOLD = 3
