"""A run's log while it grows, line by line: each behind the name of its step, as in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from assetbook.events.canceling import canceled_by
from assetbook.events.log_record import LogRecord
from assetbook.events.records import Event
from assetbook.events.run_events import RunCanceling
from assetbook.instance.following import News
from assetbook.surfaces.display.html import visible
from assetbook.surfaces.display.output_text import printed_text
from assetbook.surfaces.display.status import run_look
from assetbook.surfaces.display.step_ends import step_ends


class LogLines:
    """Makes lines of what is found; a line that is not at its end yet waits for the rest."""

    def __init__(self, step: str | None = None) -> None:
        self._step = step
        self._unfinished: dict[tuple[str, str], str] = {}

    def lines(self, news: News) -> Iterator[str]:
        """What is new, in the order in which it happened."""
        events = [each.event for each in news.events]
        for _, each in sorted([*_timed(news.logs), *_timed(events)], key=lambda timed: timed[0]):
            if isinstance(each, LogRecord):
                yield from self._printed(each)
            else:
                yield from self._told(each)
        if news.is_last:
            for step, stream in list(self._unfinished):
                yield from self._rest(step, stream)

    def _printed(self, record: LogRecord) -> Iterator[str]:
        text = printed_text([record])
        if record.stream in ("stdout", "stderr"):
            before = self._unfinished.pop((record.step, record.stream), "")
            text, newline, rest = (before + text).rpartition("\n")
            if rest:
                self._unfinished[record.step, record.stream] = rest
            if not newline:
                return
        for line in text.rstrip("\n").split("\n"):
            yield _line(record.step, line)

    def _told(self, event: Event) -> Iterator[str]:
        """How a step began or ended, after what it had printed last; that the run is to end."""
        if isinstance(event, RunCanceling):
            yield f"{run_look('canceling').symbol} {visible(canceled_by(event), one_line=True)}"
        for end in step_ends([event]).values():
            if self._step not in (None, end.step):
                return
            if end.duration is not None:
                yield from self._rest(end.step, "stdout")
                yield from self._rest(end.step, "stderr")
            said = " · ".join(visible(part, one_line=True) for part in end.said if part)
            yield f"{end.look.symbol} {visible(end.step, one_line=True)}  {said}"
            if end.error is not None:
                for line in (end.error.traceback or end.error.message).rstrip().split("\n"):
                    yield _line(end.step, line)

    def _rest(self, step: str, stream: str) -> Iterator[str]:
        rest = self._unfinished.pop((step, stream), "")
        if rest:
            yield _line(step, rest)


def _timed(found: Iterable[Event | LogRecord]) -> list[tuple[datetime, Event | LogRecord]]:
    return [(each.at, each) for each in found]


def _line(step: str, text: str) -> str:
    return f"{visible(step, one_line=True)} | {visible(text, one_line=True)}".rstrip()
