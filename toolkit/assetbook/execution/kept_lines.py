"""How much of a step's output the store itself keeps: its first lines and its last ones.

The database holds what people look at: how a step began, and what came before its end. A flood of
lines between the two is counted, and stands in the run's log files alone.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence

from msgspec import structs

from assetbook.events.log_record import LogRecord
from assetbook.execution.file_text import file_size, in_bytes

FIRST_LINES = 5_000
"""Enough that a step seldom says more, and that what goes on is seen from elsewhere."""
FIRST_SIZE = 1_000_000
"""Characters; whichever of the two is reached first."""
LAST_LINES = 1_000
LAST_SIZE = 250_000
_DISPLAYED = 50_000_000
"""Characters of displays, as figures are, that are kept of one step."""


class KeptLines:
    """Lets the first lines pass as they come, and holds the last ones back until the end."""

    def __init__(self) -> None:
        self._lines = FIRST_LINES
        self._size = FIRST_SIZE
        self._shown = _DISPLAYED
        self._last: deque[LogRecord] = deque()
        self._last_lines = 0
        self._last_size = 0
        self._omitted: Counter[str] = Counter()
        self._bytes: Counter[str] = Counter()  # of those lines, in the files

    def take(self, records: Sequence[LogRecord]) -> list[LogRecord]:
        """Those to keep now, in order."""
        kept: list[LogRecord] = []
        for record in records:
            if record.stream == "display":
                kept += self._displayed(record)
                continue
            first, rest = self._split(record)
            kept += [first] if first is not None else []
            if rest is not None:
                self._hold(rest)
        return kept

    def rest(self) -> list[LogRecord]:
        """The last lines, behind a record that says how many are left out before them."""
        last, self._last = list(self._last), deque()
        if last and self._last_lines > LAST_LINES:
            last[0] = self._shortened(last[0], self._last_lines - LAST_LINES)
        if not self._omitted:
            return last
        said = f"{self._omitted.total():,} lines are left out here"
        sizes = dict(self._bytes)
        return [like(last[0], said, omitted=dict(self._omitted), omitted_bytes=sizes), *last]

    def _split(self, record: LogRecord) -> tuple[LogRecord | None, LogRecord | None]:
        """What of a record is among the first lines, and what is not."""
        if self._last or self._omitted or self._lines <= 0 or self._size <= 0:
            return None, record
        if record.stream == "log":
            at = len(record.text) if len(record.text) <= self._size else 0
        else:
            at = _end_of_line(record.text, self._lines, self._size)
        if at == len(record.text):
            self._lines -= _lines(record)
            self._size -= at
            return record, None
        self._size = 0
        first = structs.replace(record, text=record.text[:at]) if at else None
        return first, structs.replace(record, text=record.text[at:])

    def _hold(self, record: LogRecord) -> None:
        if len(record.text) > LAST_SIZE:
            whole, record = file_size(record), self._cut(record)
            self._bytes[record.stream] += whole - file_size(record)
        self._last.append(record)
        self._last_lines += _lines(record)
        self._last_size += len(record.text)
        while self._is_dispensable(self._last[0]):
            gone = self._last.popleft()
            self._last_lines -= _lines(gone)
            self._last_size -= len(gone.text)
            self._omitted[gone.stream] += _lines(gone)
            self._bytes[gone.stream] += file_size(gone)

    def _is_dispensable(self, first: LogRecord) -> bool:
        if len(self._last) == 1:
            return False
        enough = self._last_lines - _lines(first) >= LAST_LINES
        return enough or self._last_size > LAST_SIZE

    def _cut(self, record: LogRecord) -> LogRecord:
        """Its end; a line of the log keeps its beginning."""
        if record.stream == "log":
            more = len(record.text) - LAST_SIZE
            text = f"{record.text[:LAST_SIZE]} ... and {more:,} characters more"
            return structs.replace(record, text=text)
        at = len(record.text) - LAST_SIZE
        at = record.text.find("\n", at) + 1 or at
        self._omitted[record.stream] += record.text.count("\n", 0, at) or 1
        return structs.replace(record, text=record.text[at:])

    def _shortened(self, record: LogRecord, lines: int) -> LogRecord:
        """The record without so many of its first lines."""
        if record.stream == "log":
            return record
        at = _end_of_line(record.text, lines, len(record.text))
        self._omitted[record.stream] += lines
        self._bytes[record.stream] += len(in_bytes(record.text[:at]))
        return structs.replace(record, text=record.text[at:])

    def _displayed(self, record: LogRecord) -> list[LogRecord]:
        size = len(record.text) + sum(len(str(each)) for each in (record.bundle or {}).values())
        if size <= self._shown:
            self._shown -= size
            return [record]
        self._shown = 0
        said = f"a display of {size:,} characters is left out: the step has shown too much"
        return self.take([like(record, said)])


def like(
    record: LogRecord,
    text: str,
    *,
    omitted: dict[str, int] | None = None,
    omitted_bytes: dict[str, int] | None = None,
) -> LogRecord:
    """A warning of our own in that record's place."""
    return LogRecord(
        run_id=record.run_id,
        step=record.step,
        at=record.at,
        stream="log",
        level="WARNING",
        text=text,
        omitted=omitted or {},
        omitted_bytes=omitted_bytes,
    )


def _lines(record: LogRecord) -> int:
    return 1 if record.stream == "log" else record.text.count("\n")


def _end_of_line(text: str, lines: int, size: int) -> int:
    """Where so many lines of ``text`` end, within ``size``; anywhere, if not even one fits."""
    at = 0
    for _ in range(lines):
        end = text.find("\n", at, size) + 1
        if not end:
            # the last line is not over, or does not fit
            return len(text) if len(text) <= size else at or size
        at = end
    return at
