"""The queue of processes that want to write: one at a time, and none waits for ever behind others.

SQLite's own wait is a lottery in which a busy process keeps winning. Here a process first takes the
turn, with it waits for the pen, and passes the turn on once it has the pen: whoever has just
written finds the turn taken by the next one. Both are advisory locks, which the kernel releases
when their holder dies.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from assetbook.errors import StoreError
from assetbook.storage.process_identity import is_stopped

_LOOK_AGAIN = 0.0003  # seconds; about one commit. The same for all, so that none has the advantage
_LONG = 1.0  # seconds after which looking again may be slower
_LOOK_SLOWLY = 0.005
_STANDING = 5.0  # seconds for which a holder may stand stopped; it will not go on by itself


class WriteLock:
    """The right to write one database, among processes.

    Threads of one process must take turns before: the same process gets it twice.
    """

    def __init__(self, database: Path) -> None:
        self._paths = (
            database.with_name(f"{database.name}-turn"),
            database.with_name(f"{database.name}-pen"),
        )
        self._files: tuple[int, int] | None = None
        self._until = 0.0

    def held(self, until: float) -> WriteLock:
        """Itself, to hold inside ``with``.

        Entering raises StoreError, naming the process that has it, if it was not to be had by
        ``until`` (of ``time.monotonic``) or if that process stands stopped.
        """
        self._until = until
        return self

    def __enter__(self) -> None:
        turn, pen = self._files or self._open()
        self._take(turn)
        try:
            self._take(pen)
        finally:
            fcntl.flock(turn, fcntl.LOCK_UN)

    def __exit__(self, *error: object) -> None:
        if self._files is not None:
            fcntl.flock(self._files[1], fcntl.LOCK_UN)

    def leave_note(self, note: bytes) -> None:
        """Leaves bytes for :func:`note_in`, in place of those before. The caller holds the lock."""
        if self._files is not None:
            os.pwrite(self._files[1], note, 0)

    def close(self) -> None:
        """Closes the lock's files.

        In a forked child this leaves the parent's lock alone: closing is not unlocking there.
        """
        files, self._files = self._files, None
        for file in files or ():
            os.close(file)

    def _open(self) -> tuple[int, int]:
        turn, pen = (os.open(path, os.O_RDWR | os.O_CREAT, 0o600) for path in self._paths)
        self._files = turn, pen
        return self._files

    def _take(self, file: int) -> None:
        if _taken(file):
            return
        began = looked = time.monotonic()
        stopped: int | None = None
        while not _taken(file):
            now = time.monotonic()
            if now > self._until:
                raise self._too_long(file, now - began)
            if now - looked > _STANDING / 2:
                # at two looks: a debugger may halt it for a moment
                before, stopped, looked = stopped, _stopped_holder(file), now
                if stopped is not None and stopped == before:
                    raise self._too_long(file, now - began)
            time.sleep(_LOOK_AGAIN if now - began < _LONG else _LOOK_SLOWLY)

    def _too_long(self, file: int, waited: float) -> StoreError:
        holder = holder_of(file)
        who = f"process {holder}" if holder else "another process"
        return StoreError(
            f"writing to {self._paths[1].with_name(self._paths[1].name.removesuffix('-pen'))}",
            f"{who} has held its write lock for {waited:.0f} s",
            f"If {who} is stopped, continue it (kill -CONT) or end it; then run again.",
        )


def note_in(database: Path) -> bytes:
    """What the last holder of the database's lock that left a note has left; empty if none did."""
    try:
        return database.with_name(f"{database.name}-pen").read_bytes()
    except FileNotFoundError:
        return b""


def holder_of(file: int) -> int | None:
    """The pid of the process that holds an advisory lock on the open file; None if unknown."""
    status = os.fstat(file)
    name = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"
    try:
        lines = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return None
    # "1: FLOCK  ADVISORY  WRITE 1234 fe:00:5678 0 EOF"; waiting ones have "->" as second word
    held = [line.split() for line in lines if "FLOCK" in line and "->" not in line]
    return next((int(words[4]) for words in held if words[5] == name), None)


def _stopped_holder(file: int) -> int | None:
    """The pid of the holder if it stands stopped; None if it does not or is unknown."""
    holder = holder_of(file)
    return holder if holder is not None and is_stopped(holder) else None


def _taken(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
