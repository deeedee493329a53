"""A terminal has a line of what runs below all else; a pipe has none."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from typing import TextIO

import pytest

from assetbook.clock import ManualClock
from assetbook.execution.reporter import StepOutcome
from assetbook.keys import AssetKey, RunId
from assetbook.planning.steps import Plan, Step
from assetbook.surfaces.progress import TerminalProgress
from assetbook.surfaces.status_line import StatusLine, is_terminal

STEP = Step("delays", "asset", (AssetKey("delays").at(None),))
DRAWN = "0 of 1 step: 1 running · delays 3.0 s"


class Terminal:
    """The user's side of a pseudo-terminal."""

    def __init__(self) -> None:
        self._user, theirs = os.openpty()
        self.stream: TextIO = os.fdopen(theirs, "w", encoding="utf-8")

    def until(self, text: str) -> str:
        """All that was written, up to ``text``."""
        found = ""
        while text not in found:
            found += os.read(self._user, 10_000).decode()
        return found

    def close(self) -> None:
        self.stream.close()
        os.close(self._user)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    made = Terminal()
    yield made
    made.close()


def test_it_says_what_runs_and_leaves_only_lines(terminal: Terminal) -> None:
    clock = ManualClock()
    progress = TerminalProgress(terminal.stream, clock)
    progress.run_started(RunId("4f2a1c9d0e11"), Plan("delays", (STEP,)))
    progress.step_started(STEP, ago=3.0)
    seen = terminal.until(DRAWN)
    progress.step_ended(StepOutcome(STEP, "done"))
    progress.run_ended("success", 3.0)
    terminal.stream.write("END\n")
    terminal.stream.flush()
    seen += terminal.until("END")
    left = [line.rpartition("\r\x1b[K")[2] for line in re.split("\r?\n", seen)]
    assert not any("running" in line for line in left)
    assert "done  delays" in left


def test_what_a_step_prints_has_its_own_line(terminal: Terminal) -> None:
    line = StatusLine(terminal.stream, lambda: "running")
    terminal.until("running")
    terminal.stream.write("begun ")
    terminal.stream.write("and ended\n")
    terminal.stream.flush()
    seen = terminal.until("running")  # it comes back
    line.end()
    assert re.fullmatch(r"(\r\x1b\[K(running)?)*\r\x1b\[Kbegun and ended\r\nrunning", seen)


@pytest.mark.parametrize("kind", ["dumb", ""])
def test_a_terminal_that_cannot_has_none(
    kind: str, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_terminal(terminal.stream)
    monkeypatch.setenv("TERM", kind)
    assert not is_terminal(terminal.stream)


def test_a_pipe_has_none() -> None:
    assert not is_terminal(io.StringIO())
