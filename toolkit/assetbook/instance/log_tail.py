"""What a run that is followed prints and logs: as the store has it, and where that has less, as the
run's log files have it.

The store takes a step's first lines as they come and its last ones at its end; of a process that
was killed it has neither the last ones nor those that were on their way. How far its records reach
in the files is known to the byte, so that nothing is shown twice, whichever has it first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from assetbook.events.asset_events import AssetMaterialized, AssetObserved, CheckEvaluated
from assetbook.events.log_record import LogRecord
from assetbook.events.run_events import RunStarted, StepEnded, StepStarted, StepSucceeded
from assetbook.execution.file_text import file_size
from assetbook.execution.kept_lines import LAST_SIZE
from assetbook.instance.following import News, follow
from assetbook.instance.instance import Instance
from assetbook.instance.run_logs import log_files_of
from assetbook.io.log_files import LOG_STREAMS, LogFiles, LogStream
from assetbook.keys import RunId

_ENDS: Final = (AssetMaterialized, AssetObserved, CheckEvaluated, StepEnded, StepSucceeded)
_LOGGED: Final = re.compile(r"\d{4}-\d\d-\d\dT\S+ (\S+) (.*)", re.DOTALL)


def follow_output(instance: Instance, run_id: RunId, step: str | None = None) -> Iterator[News]:
    """As :func:`assetbook.instance.following.follow`, with what only the log files of the run have.

    Whoever comes late gets of what was said before what the store kept, and of a step that says
    more than its first lines the last of it.
    """
    files = log_files_of(instance, run_id)
    if files is None:
        yield from follow(instance, run_id, step=step)
        return
    tail = LogTail(files, run_id)
    for news in follow(instance, run_id, step=step, idle=True):
        found = tuple(tail.look(news, instance.clock.now(), step))
        if news.events or found:
            yield News(news.events, found)


@dataclass(slots=True)
class _Place:
    """How far one file is known, in bytes."""

    shown: int = 0
    stored: int = 0
    """Up to where the records of the store reach."""
    size: int = 0
    """How large it was at the last look."""


class LogTail:
    """Follows the log files of one run beside what its store has."""

    def __init__(self, files: LogFiles, run_id: RunId) -> None:
        self._files = files
        self._run_id = run_id
        self._places: dict[tuple[str, LogStream], _Place] = {}
        self._on_their_way: dict[str, None] = {}
        self._planned: dict[str, None] = {}  # and not ended
        self._is_first = True

    def look(self, news: News, now: datetime, step: str | None = None) -> Iterator[LogRecord]:
        """What is new in the store and in the files; ``step`` is the only one that is meant."""
        for each in news.events:
            if isinstance(each.event, RunStarted):
                self._planned = dict.fromkeys(each.event.steps)
            elif isinstance(each.event, StepStarted):
                self._on_their_way[each.event.step] = None
            elif isinstance(each.event, _ENDS):
                self._on_their_way.pop(each.event.step, None)
                self._planned.pop(each.event.step, None)
        for record in news.logs:
            yield from self._stored(record)
        # of a process that was killed the start of a step may have been on its way, too
        names = self._on_their_way | self._planned if news.is_last else self._on_their_way
        for name in names if step is None else names.keys() & {step}:
            for stream in LOG_STREAMS:
                yield from self._grown(name, stream, now, is_last=news.is_last)
        self._is_first = False

    def _stored(self, record: LogRecord) -> Iterator[LogRecord]:
        """A record, with what the files alone have before it."""
        if record.omitted:
            yield from self._left_out(record)
        elif record.stream == "display" or record.omitted is not None:
            yield record
        else:
            place = self._place(record.step, record.stream)
            begin, place.stored = place.stored, place.stored + file_size(record)
            known = place.shown > begin
            until = place.stored if known else begin
            yield from self._read(record.step, record.stream, until, record.at)
            if not known:
                yield record
                place.shown = place.stored

    def _left_out(self, record: LogRecord) -> Iterator[LogRecord]:
        """The lines in the place of the record that says how many they are; the record, if nobody
        looked on while they came, or they are in no file."""
        sizes = record.omitted_bytes or {}
        places = [(stream, self._place(record.step, stream)) for stream in LOG_STREAMS]
        for stream, place in places:
            place.stored += sizes.get(stream, 0)
            if not self._is_first:
                yield from self._read(record.step, stream, place.stored, record.at)
        if any(place.shown < place.stored for _, place in places):
            yield record
        for _, place in places:
            place.shown = max(place.shown, place.stored)

    def _grown(
        self, step: str, stream: LogStream, now: datetime, *, is_last: bool
    ) -> Iterator[LogRecord]:
        """What was in the file at the last look, and has not come from the store since."""
        place, size = self._place(step, stream), self._files.size(self._run_id, step, stream)
        until, place.size = size if is_last else min(place.size, size), size
        much = until - place.shown - LAST_SIZE
        if self._is_first and much > 0:
            begun = self._files.part(self._run_id, step, stream, place.shown + much, until)
            much += begun.find(b"\n") + 1
            said = f"{much:,} bytes before this are in the run's log files alone"
            yield _said(self._run_id, step, now, said)
            place.shown += much
        yield from self._read(step, stream, until, now, whole=is_last)

    def _read(
        self, step: str, stream: LogStream, until: int, at: datetime, *, whole: bool = True
    ) -> Iterator[LogRecord]:
        """What the file has up to there and was not shown; but for ``whole`` up to a line's end."""
        place = self._place(step, stream)
        if place.shown >= until:
            return
        data = self._files.part(self._run_id, step, stream, place.shown, until)
        data = data if whole else data[: data.rfind(b"\n") + 1]
        place.shown += len(data)
        text = data.decode("utf-8", "replace")
        if stream == "log":
            yield from _logged(self._run_id, step, at, text)
        elif text:
            yield LogRecord(run_id=self._run_id, step=step, at=at, stream=stream, text=text)

    def _place(self, step: str, stream: LogStream) -> _Place:
        return self._places.setdefault((step, stream), _Place())


def _logged(run_id: str, step: str, at: datetime, text: str) -> Iterator[LogRecord]:
    """The lines of a ``.log`` file as records; a line without a time goes on with the one before,
    and says so by no level."""
    for line in text.splitlines():
        level, said = logged_line(line)
        yield LogRecord(run_id=run_id, step=step, at=at, stream="log", level=level, text=said)


def logged_line(line: str) -> tuple[str, str]:
    """The level and the text of a line of a ``.log`` file; no level for one that goes on."""
    found = _LOGGED.fullmatch(line)
    return (found[1], found[2]) if found is not None else ("", line)


def _said(run_id: str, step: str, at: datetime, text: str) -> LogRecord:
    return LogRecord(
        run_id=run_id, step=step, at=at, stream="log", level="WARNING", text=text, omitted={}
    )
