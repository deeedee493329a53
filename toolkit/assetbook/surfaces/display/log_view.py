"""What a run printed, logged and displayed, step by step."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from types import MappingProxyType
from typing import Any, Final

from msgspec import structs

from assetbook.clock import SystemClock
from assetbook.events.log_record import LogRecord
from assetbook.events.parts import ErrorInfo
from assetbook.events.records import Event
from assetbook.io.log_files import LogStream
from assetbook.storage.run_record import ON_THEIR_WAY
from assetbook.storage.store import RunRecord
from assetbook.surfaces.display.formatting import duration_text, instant_text, short_id, size_text
from assetbook.surfaces.display.html import Html, join, tag, visible
from assetbook.surfaces.display.output_text import printed_text
from assetbook.surfaces.display.re_execution_words import asked_again_text
from assetbook.surfaces.display.run_table import origin_text, run_json, run_seconds
from assetbook.surfaces.display.status import RUNNING, badge, run_look
from assetbook.surfaces.display.step_ends import StepEnd, step_ends
from assetbook.surfaces.display.theme import Look
from assetbook.surfaces.display.view import View, card, muted
from assetbook.surfaces.suggestion import typed

MOST_LINES = 400
"""Lines of one step that HTML shows: the last ones. Plain text has them all."""
NOTHING_MORE: Final[Mapping[tuple[str, LogStream], int]] = MappingProxyType({})
NO_OUTPUT = "It printed, logged and displayed nothing."


class LogView(View):
    """The log of ``run``: its ``lines`` and ``events``; ``step`` narrows it to one step."""

    def __init__(
        self,
        run: RunRecord,
        lines: Sequence[LogRecord],
        events: Sequence[Event],
        step: str | None = None,
        *,
        now: datetime | None = None,
        in_files: Mapping[tuple[str, LogStream], int] = NOTHING_MORE,
    ) -> None:
        """``in_files`` says, by step and stream, how many bytes the log files have beyond that."""
        self.run = run
        self.lines = tuple(lines)
        self.events = tuple(events)
        self.step = step
        self.in_files = in_files
        self.now = now or SystemClock().now()

    def __str__(self) -> str:
        look = run_look(self.run.status)
        head = [f"run {short_id(self.run.id)}  {look.symbol} {look.word}", *self._about()]
        parts = [
            "  ".join([head[0], " · ".join(visible(each, one_line=True) for each in head[1:])])
        ]
        if self._message:
            parts.append(visible(self._message))
        for end, text in self._steps():
            parts.append(_step_text(end, text))
            parts += [f"    {each}" for each in self._left_out(end.step)]
        if self._is_silent:
            parts.append(f"\n{NO_OUTPUT}")
        return "\n".join(parts)

    def html(self) -> Html:
        """It as HTML without a frame or style rules."""
        head = tag(
            "div",
            tag("span", f"run {short_id(self.run.id)}", class_="assetbook-title"),
            badge(run_look(self.run.status)),
            tag("span", " · ".join(self._about()), class_="assetbook-muted assetbook-small"),
            class_="assetbook-line",
        )
        steps = [
            join(
                [
                    _step_html(end, text, self.run.id),
                    *(muted(each) for each in self._left_out(end.step)),
                ]
            )
            for end, text in self._steps()
        ]
        message = tag("div", self._message, style="white-space: pre-line")
        said = message if self._message else None
        return card(head, said, *steps, muted(NO_OUTPUT) if self._is_silent else None)

    def to_json(self) -> dict[str, Any]:
        """The run, how its steps ended, and each line."""
        return {
            "run": run_json(self.run),
            "steps": [end.to_json() for end, _ in self._steps()],
            "lines": [
                {
                    "at": line.at.isoformat(),
                    "step": line.step,
                    "stream": line.stream,
                    "level": line.level,
                    "text": line.text,
                    **({"logger": line.logger} if line.logger else {}),
                    **({"extra": line.extra} if line.extra else {}),
                    **({"omitted": line.omitted} if line.omitted else {}),
                }
                for line in self.lines
            ],
        }

    @property
    def _message(self) -> str:
        """What the run says of its end, if none of the steps that are shown says it."""
        said = self.run.message
        told = any(end.message and end.message in said for end, _ in self._steps())
        return "" if told or self.step is not None else said

    @property
    def _is_silent(self) -> bool:
        return not any(text or end.error or end.more for end, text in self._steps())

    def _left_out(self, step: str) -> list[str]:
        """For each stream of which lines are in the log files alone, how to see them all."""
        counts: Counter[str] = Counter()
        for line in self.lines:
            if line.step == step and line.omitted:
                counts.update(line.omitted)
        more = {stream: f"{count:,} more lines" for stream, count in counts.items()}
        for (name, stream), size in self.in_files.items():
            if name == step:
                more[stream] = f"{size_text(size)} more, in the log file alone"
        asked = f"logs {short_id(self.run.id)} --step {shlex.quote(step)}"
        return [f"{what}: {typed(f'{asked} --{stream}')}" for stream, what in sorted(more.items())]

    def _about(self) -> list[str]:
        seconds = run_seconds(self.run)
        said = [
            asked_again_text(self.run),
            instant_text(self.run.started_at),
            "" if seconds is None else duration_text(seconds),
            origin_text(self.run.origin),
            f"source {self.run.bundle[:7]}" if self.run.bundle else "",
        ]
        return [each for each in said if each]

    def _steps(self) -> list[tuple[StepEnd, str]]:
        """Each step of interest with its output, in the order in which they began."""
        texts = _texts(self.lines)
        ends = step_ends(self.events)
        names = dict.fromkeys([*ends, *texts, *(name for name, _ in self.in_files)])
        on_its_way = self.run.status in ON_THEIR_WAY
        look = RUNNING if on_its_way else run_look(self.run.status)  # of a step that had no end
        return [
            (_ended(ends.get(name) or StepEnd(name), look), texts.get(name, ""))
            for name in names
            if self.step is None or name == self.step
        ]


def _ended(end: StepEnd, look: Look) -> StepEnd:
    """How a step ended; one whose process was killed ended with its run."""
    return structs.replace(end, look=look) if end.look == RUNNING else end


def _texts(lines: Iterable[LogRecord]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for step, records in groupby(lines, lambda line: line.step):
        texts[step] = texts.get(step, "") + printed_text(records)
    return texts


def _step_text(end: StepEnd, text: str) -> str:
    said = " · ".join(visible(part, one_line=True) for part in end.said if part)
    lines = ["", f"{end.look.symbol} {visible(end.step, one_line=True)}  {said}".rstrip()]
    lines += [f"    {line}".rstrip() for line in visible(end.more).splitlines()]
    lines += [f"    {line}".rstrip() for line in visible(text).splitlines()]
    if end.error is not None:
        lines += [f"    {line}".rstrip() for line in visible(_error(end.error)).splitlines()]
    return "\n".join(lines)


def _step_html(end: StepEnd, text: str, run_id: str) -> Html:
    head = tag(
        "div",
        badge(end.look),
        tag("span", end.step, class_="assetbook-name"),
        tag("span", " · ".join(end.said[1:]), class_="assetbook-muted assetbook-small"),
        class_="assetbook-line",
        style="margin-top: 10px",
    )
    lines = text.splitlines()
    hidden = len(lines) - MOST_LINES
    note = None
    if hidden > 0:
        where = typed(f"logs {short_id(run_id)} --step {shlex.quote(end.step)}", shell=True)
        note = muted(f"{hidden:,} earlier lines are left out; in a terminal: {where}")
    shown = "\n".join(lines[-MOST_LINES:])
    output = tag("pre", shown, class_="assetbook-text") if shown.strip() else None
    error = tag("pre", _error(end.error), class_="assetbook-text") if end.error else None
    more = tag("pre", end.more, class_="assetbook-text") if end.more else None
    return join(part for part in (head, more, note, output, error) if part)


def _error(error: ErrorInfo) -> str:
    where = f"{error.where}\n" if error.where else ""
    return f"{where}{error.traceback or f'{error.kind}: {error.message}'}".rstrip()
