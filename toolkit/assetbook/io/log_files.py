"""The log files of a store: the whole text that each step of a run printed and logged.

A step has up to three files in the folder of its run: ``.out`` and ``.err`` as it was printed, and
``.log`` with a line for each that was logged. They are appended to in batches, are not synced, and
end where they reach their largest size. They never take the last room on a disk, which the run
itself needs to record what it made.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal, get_args

from assetbook.keys import folder_name

LogStream = Literal["stdout", "stderr", "log"]
LOG_STREAMS: Final[tuple[LogStream, ...]] = get_args(LogStream)
_SUFFIXES: Final[dict[LogStream, str]] = {"stdout": "out", "stderr": "err", "log": "log"}
_APPEND: Final = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
_LEFT_FREE = 16 << 20  # bytes of the disk
_PIECE: Final = 1 << 16  # bytes


class LogFiles:
    """The log files below ``root``, a folder that comes to be with the first of them.

    ``max_bytes`` is how large one of them may become.
    """

    def __init__(self, root: Path, max_bytes: int) -> None:
        self.root = root
        self.max_bytes = max_bytes

    def path(self, run_id: str, step: str, stream: LogStream) -> Path:
        """Where the file is, or would be; any text is safe for a run and a step."""
        name = f"{folder_name(step)}.{_SUFFIXES[stream]}"
        return self.root / folder_name(run_id) / name

    def size(self, run_id: str, step: str, stream: LogStream) -> int:
        """The bytes of a file as it is now; 0 for none, or one that cannot be looked at."""
        try:
            return self.path(run_id, step, stream).lstat().st_size
        except OSError:
            return 0

    def appended(self, run_id: str, step: str) -> AppendedLog:
        """What appends to the files of a step; touches no disk before there is something."""
        return AppendedLog(self, run_id, step)

    def pieces(self, run_id: str, step: str, stream: LogStream) -> Iterator[bytes]:
        """The bytes of a file as it is now, in pieces of up to 64 kB; none if there is no file.

        Raises OSError if it cannot be read.
        """
        try:
            descriptor = os.open(
                self.path(run_id, step, stream), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
            )
        except FileNotFoundError:
            return
        with os.fdopen(descriptor, "rb") as file:
            while piece := file.read(_PIECE):
                yield piece

    def part(self, run_id: str, step: str, stream: LogStream, begin: int, end: int) -> bytes:
        """The bytes of a file between two places, as far as there are any.

        Raises OSError if it cannot be read.
        """
        path = self.path(run_id, step, stream)
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            return b""
        with os.fdopen(descriptor, "rb") as file:
            file.seek(begin)
            return file.read(max(end - begin, 0))

    def remove_step(self, run_id: str, step: str) -> None:
        """Removes what there is of a step. Raises OSError if that is not possible."""
        for stream in LOG_STREAMS:
            self.path(run_id, step, stream).unlink(missing_ok=True)

    def remove(self, path: str) -> None:
        """Removes a file, and the folder of its run with the last one; ``path`` begins below
        ``root``. Does nothing for one that is gone. Raises OSError."""
        file = self.root / path
        file.unlink(missing_ok=True)
        with suppress(OSError):
            file.parent.rmdir()


class AppendedLog:
    """The files of one step, while it runs. Not for several threads at once."""

    def __init__(self, files: LogFiles, run_id: str, step: str) -> None:
        self._files = files
        self._run_id = run_id
        self._step = step
        self._open: dict[LogStream, int] = {}
        self._room: dict[LogStream, int] = {}
        self.dropped: Counter[LogStream] = Counter()
        """Bytes beyond the largest size."""
        self.problem = ""
        """Why nothing more is written, if something went wrong with the disk."""

    def write(self, stream: LogStream, text: str) -> None:
        """Appends text; never raises for what is wrong with the disk: see ``problem``."""
        data = text.encode("utf-8", "backslashreplace")
        if self.problem:
            self.dropped[stream] += len(data)
            return
        try:
            self._append(stream, data)
        except OSError as error:
            self.problem = error.strerror or str(error)
            self.dropped[stream] += len(data)

    def close(self) -> None:
        """Closes what is open."""
        while self._open:
            os.close(self._open.popitem()[1])

    def _append(self, stream: LogStream, data: bytes) -> None:
        descriptor = self._descriptor(stream)
        kept = _whole_lines(data, self._room[stream])
        if kept and not _fits(descriptor, len(kept)):
            self.problem = f"less than {_LEFT_FREE >> 20} MB of the disk are free"
            kept = b""
        _write(descriptor, kept)
        self._room[stream] -= len(kept)
        if len(kept) == len(data):
            return
        self.dropped[stream] += len(data) - len(kept)
        self._room[stream] = 0
        if not self.problem and self.dropped[stream] == len(data) - len(kept):
            _write(descriptor, b"[what followed was dropped: max_bytes of the log is reached]\n")

    def _descriptor(self, stream: LogStream) -> int:
        if stream not in self._open:
            path = self._files.path(self._run_id, self._step, stream)
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._open[stream] = os.open(path, _APPEND, 0o600)
            # an earlier attempt of the step may have written
            size = os.fstat(self._open[stream]).st_size
            self._room[stream] = max(self._files.max_bytes - size, 0)
        return self._open[stream]


def _whole_lines(data: bytes, room: int) -> bytes:
    """As much of ``data`` as there is room for, up to the end of a line if it is not all."""
    return data if len(data) <= room else data[: data.rfind(b"\n", 0, room) + 1]


def _fits(descriptor: int, size: int) -> bool:
    status = os.fstatvfs(descriptor)
    return status.f_bavail * status.f_frsize >= size + _LEFT_FREE


def _write(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
