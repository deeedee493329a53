"""A sink whose records a test can look at, and streams of the test's own."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout

from assetbook.clock import ManualClock
from assetbook.events.log_record import LogRecord
from assetbook.execution.sink import Sink


class Kept:
    """A sink's records."""

    def __init__(self, step: str = "orders") -> None:
        self.delivered: list[LogRecord] = []
        self.sink = Sink("run1", step, ManualClock(), self._deliver)

    def _deliver(self, records: Sequence[LogRecord]) -> None:
        self.delivered += records

    @property
    def records(self) -> list[LogRecord]:
        """All of them, also those that would be delivered in a moment."""
        self.sink.flush()
        return self.delivered

    def text(self, stream: str) -> str:
        return "".join(each.text for each in self.records if each.stream == stream)


@contextmanager
def plain_streams() -> Iterator[tuple[io.StringIO, io.StringIO]]:
    """Streams of this test's own, in place of the test runner's."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        yield out, err
