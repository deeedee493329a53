"""Who shows a run while it goes: lines in a terminal, a display in a notebook.

Both are told on the thread that runs. Neither may stop a run: where a line cannot be shown any
more, showing ends and the run goes on.
"""

from __future__ import annotations

import contextvars
import logging
import sys
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TextIO

from assetbook.clock import Clock, SystemClock
from assetbook.execution.after_import import replaced
from assetbook.execution.capture import running_shell
from assetbook.execution.reporter import StepOutcome
from assetbook.execution.sink import current_sink
from assetbook.instance.instance import Instance
from assetbook.keys import RunId
from assetbook.planning.run_queue import Waiting
from assetbook.planning.steps import Plan, Step
from assetbook.surfaces.display.formatting import counted
from assetbook.surfaces.display.html import visible
from assetbook.surfaces.display.outcome_words import (
    facts_of,
    message_of,
    outcome_look,
    summary_text,
)
from assetbook.surfaces.display.plan_view import plan_text
from assetbook.surfaces.display.progress_view import progress_html, progress_text, running_text
from assetbook.surfaces.display.run_progress import RunProgress
from assetbook.surfaces.display.status import QUEUED
from assetbook.surfaces.status_line import StatusLine, is_terminal

TICK = 0.5
"""Seconds between two updates while a step runs."""
SHORTEST = 0.1
"""Seconds that pass at least between two updates, however many steps end."""
MANY = 20
"""Partitions of one asset in a plan, beyond which a line in a terminal stands for several."""
_log = logging.getLogger("assetbook.progress")


class TerminalProgress:
    """Plain lines: the plan, a line when each step has ended, a summary; below them, on a terminal,
    what runs just now and for how long.

    ``stream`` takes them; None is the standard output. The line of a step is flushed, and is
    written only once what it says is committed. Of more than 20 partitions of one asset that are
    made, a line tells of a tenth of them.
    """

    def __init__(self, stream: TextIO | None = None, clock: Clock | None = None) -> None:
        self._stream = stream
        self._clock = clock or SystemClock()
        self._progress = RunProgress("", Plan("", ()))
        self._noting = threading.Lock()  # the status line asks on a thread of its own
        self._status: StatusLine | None = None
        self._has_reader = True
        self._plan = Plan("", ())
        self._run_id = RunId("")
        self._outcomes: list[StepOutcome] = []
        self._many: dict[str, Tally] = {}

    def run_queued(self, run_id: RunId, plan: Plan, waiting: Waiting) -> None:
        """Writes why it waits."""
        self._run_id = run_id
        self._write(f"{QUEUED.word}, {visible(waiting.text, one_line=True)}")

    def run_started(self, run_id: RunId, plan: Plan) -> None:
        """Writes the plan."""
        self._run_id = run_id
        self._plan = plan
        self._outcomes = []
        self._many = _tallies(plan)
        self._write(plan_text(plan))
        self._progress = RunProgress(run_id, plan)
        stream = self._stream or sys.stdout
        if self._status is None and is_terminal(stream):
            self._status = StatusLine(stream, self._running)

    def step_waits(self, step: Step, why: str) -> None:
        """Writes why it waits."""
        name = visible(step.name, one_line=True)
        self._write(f"waits {name}  {visible(why, one_line=True)}")

    def step_started(self, step: Step, ago: float = 0.0) -> None:
        """Writes nothing: the status line shows it."""
        with self._noting:
            self._progress.started(step, self._clock.monotonic() - ago)

    def step_progress(self, step: Step, said: str) -> None:
        """Writes a line."""
        self._write(f"      {visible(step.name, one_line=True)}  {visible(said, one_line=True)}")

    def step_ended(self, outcome: StepOutcome) -> None:
        """Writes the step's line; one of many partitions that were made is counted first."""
        with self._noting:
            self._progress.ended(outcome)
        self._outcomes.append(outcome)
        many = self._many.get(_base(outcome.step))
        plain = outcome.status == "done" and not outcome.message
        if many is None or not plain:
            self._write_end(outcome)
        if many is not None and many.tells(done=plain):
            self._write(f"done  {visible(_base(outcome.step), one_line=True)}  {many.text}")

    def _write_end(self, outcome: StepOutcome) -> None:
        said = (message_of(outcome), facts_of(outcome))
        words = visible(" · ".join(part for part in said if part), one_line=True)
        name = visible(outcome.step.name, one_line=True)
        self._write(f"{outcome_look(outcome).word:<5} {name}  {words}".rstrip())

    def run_ended(self, status: str, duration: float) -> None:
        """Writes the summary."""
        if self._status is not None:
            self._status.end()
            self._status = None
        self._write(summary_text(self._outcomes, self._plan, duration, self._run_id, status))

    def _running(self) -> str:
        with self._noting:
            return running_text(self._progress, self._clock.monotonic())

    def _write(self, text: str) -> None:
        if not self._has_reader:
            return
        try:
            write_line(self._stream or sys.stdout, text)
        except (OSError, ValueError):  # whoever read it is gone: the run goes on without
            self._has_reader = False


@dataclass(slots=True)
class Tally:
    """How many partitions of an asset were made of those that a run makes."""

    total: int
    done: int = 0
    ended: int = 0

    def tells(self, *, done: bool) -> bool:
        """Counts one more that ended, and whether that is worth a line."""
        self.ended += 1
        self.done += done
        return self.ended == self.total or (done and self.done % -(-self.total // 10) == 0)

    @property
    def text(self) -> str:
        """``120 of 322 partitions``."""
        return f"{self.done:,} of {counted(self.total, 'partition')}"


def _base(step: Step) -> str:
    return ", ".join(map(str, step.assets)) if step.kind == "asset" and step.partitions else ""


def _tallies(plan: Plan) -> dict[str, Tally]:
    counts = Counter(_base(step) for step in plan.steps)
    return {name: Tally(count) for name, count in counts.items() if name and count > MANY}


class NotebookProgress:
    """One display in the running cell, updated in place; its last form stays in the notebook.

    In IPython without a notebook it is lines, as a terminal has no displays to update.
    """

    def __init__(self, instance: Instance) -> None:
        self._clock = instance.clock
        self._lock = threading.RLock()
        self._progress: RunProgress | None = None
        self._lines: TerminalProgress | None = None
        self._shell: Any = None
        self._handle: Any = None
        self._shown_at = 0.0
        self._waiting = False
        self._over = threading.Event()
        self._let_clear: Callable[[], None] = lambda: None

    def run_queued(self, run_id: RunId, plan: Plan, waiting: Waiting) -> None:
        """Shows why it waits."""
        if not hasattr(running_shell(), "kernel"):
            self._lines = self._lines or TerminalProgress()
            self._lines.run_queued(run_id, plan, waiting)
            return
        self._show(RunProgress(run_id, plan, waiting=waiting))

    def run_started(self, run_id: RunId, plan: Plan) -> None:
        """Shows the plan, and begins to count the seconds."""
        shell: Any = running_shell()
        if not hasattr(shell, "kernel"):
            self._lines = self._lines or TerminalProgress()
            self._lines.run_started(run_id, plan)
            return
        self._show(RunProgress(run_id, plan))
        self._shell = shell
        # a run that breaks off without its end must not be counted on after its cell
        shell.events.register("post_run_cell", self._stop)
        self._stay_when_cleared(shell.display_pub)
        # the copied context is what keeps the thread's updates in this cell
        tick = contextvars.copy_context().run
        threading.Thread(
            target=tick, args=(self._tick,), name="assetbook progress", daemon=True
        ).start()

    def step_waits(self, step: Step, why: str) -> None:
        """Shows why it waits."""
        if self._lines is not None:
            self._lines.step_waits(step, why)
        self._note(lambda progress: progress.waits(step, why))

    def step_started(self, step: Step, ago: float = 0.0) -> None:
        """Shows that it runs, since so many seconds."""
        self._note(lambda progress: progress.started(step, self._clock.monotonic() - ago))

    def step_progress(self, step: Step, said: str) -> None:
        """Shows how far it is."""
        if self._lines is not None:
            self._lines.step_progress(step, said)
        self._note(lambda progress: progress.told(step, said))

    def step_ended(self, outcome: StepOutcome) -> None:
        """Shows how it ended."""
        if self._lines is not None:
            self._lines.step_ended(outcome)
        self._note(lambda progress: progress.ended(outcome))

    def run_ended(self, status: str, duration: float) -> None:
        """Shows the summary, and stops counting."""
        if self._lines is not None:
            self._lines.run_ended(status, duration)
        if self._shell is not None:
            self._shell.events.unregister("post_run_cell", self._stop)
        self._stop()
        self._note(lambda progress: progress.finished(status, duration), now=True)

    def _show(self, progress: RunProgress) -> None:
        """Shows a run from now on, in the place where it waited if it did."""
        waited = self._progress is not None and self._progress.waiting is not None
        self._progress = progress
        self._quietly(self._update if waited else self._display)

    def _stop(self, result: object = None) -> None:
        self._over.set()
        self._let_clear()

    def _stay_when_cleared(self, publisher: Any) -> None:
        """Shows itself again whenever a step clears what the cell shows."""
        clear = publisher.clear_output

        def clear_the_rest(wait: bool = False) -> None:
            clear(wait)
            with self._lock:
                token = current_sink.set(None)  # it is no output of the step
                try:
                    self._quietly(self._display)
                finally:
                    current_sink.reset(token)

        self._let_clear = replaced(publisher, "clear_output", clear_the_rest)

    def _note(self, change: Callable[[RunProgress], None], *, now: bool = False) -> None:
        """Notes a change and shows it, at once if none was shown just before."""
        if self._progress is None:
            return
        with self._lock:
            change(self._progress)
            if now or self._clock.monotonic() - self._shown_at >= SHORTEST:
                self._quietly(self._update)
            else:
                self._waiting = True

    def _tick(self) -> None:
        """Counts on while a step runs, and shows what had to wait."""
        beats = 0
        while not self._over.wait(SHORTEST):
            beats += 1
            with self._lock:
                running = self._progress is not None and bool(self._progress.running)
                due = running and beats * SHORTEST >= TICK
                if self._over.is_set() or not (self._waiting or due):
                    continue
                beats = 0
                self._quietly(self._update)

    def _display(self) -> None:
        from IPython.display import display

        name = True if self._handle is None else self._handle.display_id
        self._handle = display(self._bundle(), raw=True, display_id=name)
        self._shown_at = self._clock.monotonic()

    def _update(self) -> None:
        self._shown_at = self._clock.monotonic()
        self._waiting = False
        if self._handle is not None:
            self._handle.update(self._bundle(), raw=True)

    def _bundle(self) -> dict[str, str]:
        if self._progress is None:
            return {}
        now = self._clock.monotonic()
        return {
            "text/html": progress_html(self._progress, now),
            "text/plain": progress_text(self._progress, now),
        }

    def _quietly(self, show: Callable[[], None]) -> None:
        try:
            show()
        except Exception as error:  # noqa: BLE001 - a display that fails must not end the run
            self._over.set()
            self._handle = None
            _log.warning("the progress of this run is no longer shown: %r", error)


def write_line(stream: TextIO, text: str) -> None:
    """Writes a line and flushes it; characters that the stream cannot encode are escaped."""
    try:
        stream.write(text + "\n")
    except UnicodeEncodeError as error:
        plain = text.encode(error.encoding, "backslashreplace").decode(error.encoding)
        stream.write(plain + "\n")
    stream.flush()
