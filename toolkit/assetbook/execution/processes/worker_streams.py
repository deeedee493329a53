"""What a worker's step prints and logs, on its way to the process that runs.

What is printed goes through the worker's own file descriptors, with what programs and native code
write there, so that nothing is lost if it dies. Log lines and displays are told apart.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from typing import Any

from assetbook.execution.capture import show_step_log
from assetbook.execution.displays import displays_kept
from assetbook.execution.figures import figures_apart
from assetbook.execution.log_lines import watch_records
from assetbook.execution.processes.messages import Shown, StreamName
from assetbook.execution.sink import current_sink
from assetbook.execution.thread_context import carry_contexts
from assetbook.execution.warned_cells import name_warned_cells


class WorkerStreams:
    """Replaces ``sys.stdout`` and ``sys.stderr``; ``mark`` ends the output of each step."""

    def __init__(self, mark: bytes, tell: Callable[[Shown], None]) -> None:
        self._mark = mark
        self.out = _Stream(1, "stdout", tell)
        self.err = _Stream(2, "stderr", tell)
        sys.stdout, sys.stderr = self.out, self.err
        show_step_log()
        watch_records()
        carry_contexts()
        figures_apart()
        displays_kept()
        name_warned_cells()

    def mark_end(self) -> None:
        """Says on both streams that the step's output is over."""
        for stream in (self.out, self.err):
            stream.flush()
            os.write(stream.fileno(), self._mark)


class _Stream(io.TextIOWrapper):
    """A stream on a file descriptor; what is written outside of a step is told instead.

    That is so while handlers show what was logged, which is kept already, and in threads that
    outlive their step: the next one's output is on its way.
    """

    def __init__(self, descriptor: int, name: StreamName, tell: Callable[[Shown], None]) -> None:
        raw = io.FileIO(descriptor, "w", closefd=False)
        super().__init__(io.BufferedWriter(raw), "utf-8", "backslashreplace", line_buffering=True)
        self._stream: StreamName = name
        self._tell = tell

    def write(self, text: str) -> int:
        sink = current_sink.get()
        if sink is None or sink.over:
            self._tell(Shown(self._stream, text))
            return len(text)
        return super().write(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)
