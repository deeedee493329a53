"""What happened in a run, a line each among what it printed."""

from __future__ import annotations

from typing import Any

from assetbook.events.canceling import canceled_by
from assetbook.events.parts import ErrorInfo
from assetbook.events.run_events import (
    HookEnded,
    RunCanceling,
    RunEnded,
    RunQueued,
    RunStarted,
    StepStarted,
    StepUpForRetry,
)
from assetbook.storage.store import StoredEvent
from assetbook.surfaces.display.formatting import counted, duration_text, first_line
from assetbook.surfaces.display.run_table import origin_text
from assetbook.surfaces.display.status import FAILED, RUNNING, WARNED, run_look
from assetbook.surfaces.display.step_ends import step_ends
from assetbook.surfaces.display.theme import Look
from assetbook.surfaces.widgets.look_json import look_json
from assetbook.surfaces.widgets.step_lines import RETRYING

_BEGUN = Look(RUNNING.colour, RUNNING.symbol, "begins")
_AGAIN = Look(RETRYING.colour, RETRYING.symbol, "retry")


def event_line(stored: StoredEvent) -> dict[str, Any] | None:
    """The event as a page reads it: its look, and what is said of it; None for nothing."""
    event = stored.event
    if isinstance(event, StepStarted):
        tried = f"try {event.retry + 1}" if event.retry else ""
        said = " · ".join(filter(None, [tried, event.reason])) or "the step begins"
        return _line(stored, _BEGUN, said, event.step)
    for end in step_ends([event]).values():
        said = " · ".join(each for each in end.said[1:] if each)
        return _line(stored, end.look, said or end.look.word, end.step, end.error)
    found = _of_run(event)
    if found is not None:
        return _line(stored, *found)
    if isinstance(event, StepUpForRetry):
        said = (
            f"number {event.retry}, in {duration_text(event.seconds)}: {first_line(event.message)}"
        )
        return _line(stored, _AGAIN, said, event.step, event.error)
    if isinstance(event, HookEnded) and event.error is not None:
        said = f"the hook {event.hook} failed: {first_line(event.error.message)}"
        return _line(stored, WARNED, said, event.step, event.error)
    return None


def _of_run(event: object) -> tuple[Look, str] | None:
    if isinstance(event, RunQueued):
        return run_look("queued"), f"the run waits for its turn, {origin_text(event.origin)}"
    if isinstance(event, RunStarted):
        steps = counted(len(event.steps), "step")
        return _BEGUN, f"the run begins: {steps}, {origin_text(event.origin)}"
    if isinstance(event, RunCanceling):
        return run_look("canceling"), canceled_by(event)
    if isinstance(event, RunEnded):
        why = f": {first_line(event.message)}" if event.message else ""
        return run_look(event.status), f"the run ends{why}"
    return None


def _line(
    stored: StoredEvent, look: Look, said: str, step: str = "", error: ErrorInfo | None = None
) -> dict[str, Any]:
    more = f"\n{error.traceback.rstrip()}" if error is not None and error.traceback else ""
    return {
        "event": stored.id,
        "at": round(stored.event.at.timestamp() * 1000, 3),
        "step": step,
        "stream": "event",
        "look": look_json(look),
        "level": "ERROR" if look == FAILED else "INFO",
        "text": said + more,
    }
