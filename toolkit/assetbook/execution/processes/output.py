"""What a worker prints, read from its pipe step by step."""

from __future__ import annotations

import codecs
import os

_MOST_AT_ONCE = 1 << 16  # bytes


class StepOutput:
    """The text of one of a worker's streams; ``mark`` ends that of each step."""

    def __init__(self, descriptor: int, mark: bytes) -> None:
        self.descriptor = descriptor
        self._mark = mark
        self._rest = b""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.step_over = False
        self.closed = False

    def begin(self) -> None:
        """What comes from now on is another step's."""
        self.step_over = False

    def read(self) -> str:
        """What has come, waiting for something; empty at the step's end and the pipe's."""
        data = os.read(self.descriptor, _MOST_AT_ONCE)
        if not data:
            self.closed = self.step_over = True
            return self._text(self._rest)
        data = self._rest + data
        if self._mark in data:
            self.step_over = True
            data, _, self._rest = data.partition(self._mark)
            return self._text(data, final=True)
        kept = _end_within(data, self._mark)
        self._rest = data[len(data) - kept :]
        return self._text(data[: len(data) - kept])

    def close(self) -> None:
        """Lets go of the pipe."""
        os.close(self.descriptor)

    def _text(self, data: bytes, *, final: bool = False) -> str:
        text = self._decoder.decode(data, final)
        if final:
            self._decoder.reset()
        return text


def _end_within(data: bytes, mark: bytes) -> int:
    """How many bytes at the end of ``data`` may be the beginning of ``mark``."""
    for size in range(min(len(mark) - 1, len(data)), 0, -1):
        if data.endswith(mark[:size]):
            return size
    return 0
