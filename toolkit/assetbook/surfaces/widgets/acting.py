"""What a person does in a dashboard: a verb with its words, as one would type it.

So that every click has a line of code that does the same. In a notebook the verb runs in this
kernel, on a thread of its own, for the main one runs cells; elsewhere in a process of the command
line, so that no location's code ever runs where the dashboard is served.
"""

from __future__ import annotations

import contextvars
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from assetbook.errors import RunFailedError, UsageError, did_you_mean
from assetbook.execution.reporter import Silent
from assetbook.surfaces.commands import VERBS
from assetbook.surfaces.desk import Desk
from assetbook.surfaces.display.formatters import FORMS
from assetbook.surfaces.live import LiveNotebook
from assetbook.surfaces.magics import run_command
from assetbook.surfaces.suggestion import NEED_NOTEBOOK
from assetbook.surfaces.verb import Verb, call

DOABLE: Final = (
    *("materialize", "backfill", "launch", "observe", "resume", "retry", "cancel"),
    *("backfills", "schedules", "sensors", "daemon", "restore", "keep", "export", "wipe"),
)
"""The verbs that a dashboard may call."""
_SILENT: Final = frozenset({"materialize", "launch", "resume", "retry", "backfill"})
"""Those that tell of their progress in a cell, which a click has none of."""
_ENDS: Final = re.compile(r" · run |^\w+ \w+: [\d,]+ of [\d,]+ runs? done")
"""In a line that says how a run ended, or a backfill, which prints such a line of each run, too."""
PATIENCE = 2.0
"""Seconds that an answer waits for the end of what was begun: slips show until then."""


class Done(msgspec.Struct, frozen=True):
    """What became of an action."""

    line: str
    """The line of code that does the same."""
    said: str = ""
    """What it says at its end; empty while it goes on."""
    goes_on: bool = False


def line_of(desk: Desk, verb: str, words: Sequence[str], location: str = "") -> str:
    """The line of code that does it, as a person types it here: a magic, or a command."""
    said = f"{verb} {shlex.join(words)}".rstrip()
    if isinstance(desk, LiveNotebook):
        return f"%{said}"
    if location and verb in NEED_NOTEBOOK:
        said = f"{verb} {shlex.join([location, *words])}"
    return f"assetbook {said}"


AtEnd = Callable[[Done | BaseException], None]
"""Is told, on another thread, how something ended that went on after it was answered."""


def act(desk: Desk, verb: str, words: Sequence[str], location: str = "", *, at_end: AtEnd) -> Done:
    """Does it; answers when it has ended, or when it goes on for longer than `PATIENCE` seconds:
    then ``at_end`` is told how it ended.

    Raises what the verb raises until then, and UsageError for what a dashboard does not do.
    """
    if verb not in DOABLE:
        raise UsageError(
            f"to do {verb!r}",
            "a dashboard does nothing of that name",
            did_you_mean(verb, DOABLE) or f"There are: {', '.join(DOABLE)}.",
        )
    line = line_of(desk, verb, words, location)
    if isinstance(desk, LiveNotebook):
        return _on_a_thread(line, lambda: _called(desk, VERBS[verb], words), at_end)
    return _on_a_thread(line, lambda: _outcome_first(commanded(desk, line)), at_end)


def _outcome_first(said: str) -> str:
    """What a command printed, first the last line that says how something ended."""
    lines = said.split("\n")
    at = _outcome_at(lines)
    return said if at is None else "\n".join([lines.pop(at), *lines])


def _end_of(said: str) -> str:
    """What a command printed from how its run ended on: what failed, and why."""
    lines = said.split("\n")
    return "\n".join(lines[_outcome_at(lines) or 0 :])


def _outcome_at(lines: Sequence[str]) -> int | None:
    ends = [at for at, line in enumerate(lines) if _ENDS.search(line)]
    return ends[-1] if ends else None


def _called(desk: Desk, verb: Verb, words: Sequence[str]) -> str:
    """What the verb says at its end, called in this process."""
    more: dict[str, Any] = {"desk": desk}
    if verb.name in _SILENT:
        more |= {"reporter": Silent()}
    command = verb.command(lambda **arguments: call(verb, arguments, **more), "%")
    return _text_of(run_command(command, shlex.join(words), f"%{verb.name}"))


def _text_of(outcome: object) -> str:
    """What a cell would show of it as plain text."""
    for kind, _, to_text in FORMS:
        if isinstance(outcome, kind):
            return to_text(outcome)
    return "" if outcome is None else str(outcome)


def commanded(desk: Desk, line: str) -> str:
    """What the command line says at its end; raises RunFailedError with that if it fails."""
    _, *words = shlex.split(line)
    done = subprocess.run(
        [sys.executable, "-m", "assetbook", *words],
        cwd=desk.instance.root,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = (done.stderr.strip() or _end_of(done.stdout.strip())).removeprefix("UsageError: ")
        raise RunFailedError(f"`{line}`", said or f"it ended with {done.returncode}")
    return done.stdout.strip()


def _on_a_thread(line: str, work: Callable[[], str], at_end: AtEnd) -> Done:
    ended: list[Done | BaseException] = []
    answered, lock = [False], threading.Lock()

    def run() -> None:
        try:
            end: Done | BaseException = Done(line, work())
        except BaseException as error:  # noqa: BLE001 - raised again, or told, where it was asked
            end = error
        with lock:
            ended.append(end)
            late = answered[0]
        if late:
            at_end(end)

    target = contextvars.copy_context().run
    thread = threading.Thread(target=target, args=(run,), name="assetbook action", daemon=True)
    thread.start()
    thread.join(PATIENCE)
    with lock:
        answered[0] = True
    if not ended:
        return Done(line, goes_on=True)
    [end] = ended
    if isinstance(end, BaseException):
        raise end
    return end
