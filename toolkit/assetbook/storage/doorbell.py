"""Wakes processes that wait: each has a pipe in one folder, and whoever rings writes to all.

Nobody looks again and again. A process that died leaves a pipe that nobody reads, which the next
one who rings removes; that it died, those who wait for it learn from the kernel.
"""

from __future__ import annotations

import errno
import itertools
import os
import select
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from assetbook.storage.process_identity import ProcessIdentity, current_process, is_alive

_UNFINISHED = ".new"
_number = itertools.count()


class Doorbell:
    """The bells of all who wait at one store, by a folder beside its database."""

    def __init__(self, database: Path) -> None:
        self._folder = database.with_name(f"{database.name}-waiting")
        self._name = str(self._folder)

    def ring(self) -> None:
        """Wakes all who wait. What cannot be rung is left: they look by themselves in the end."""
        try:
            names = os.listdir(self._name)  # noqa: PTH208 - at each run's end, and cheaper
        except OSError:
            return
        for name in names:
            if not name.endswith(_UNFINISHED):
                _ring(self._folder / name)

    def listen(self) -> PipeBell:
        """A new bell; raises OSError if the folder cannot be written."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        return PipeBell(self._folder / f"{os.getpid()}-{next(_number)}")


class PipeBell:
    """One who waits. See :class:`assetbook.storage.turns.Bell`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        unfinished = path.with_name(path.name + _UNFINISHED)
        unfinished.unlink(missing_ok=True)
        os.mkfifo(unfinished, 0o600)
        # for writing too: else it would be at its end, and wake, once somebody had rung
        self._file = os.open(unfinished, os.O_RDWR | os.O_NONBLOCK)
        unfinished.rename(path)  # whoever sees it finds a reader

    def wait(self, seconds: float, owners: Collection[ProcessIdentity] = ()) -> None:
        """See :meth:`assetbook.storage.turns.Bell.wait`."""
        with _ends_of(owners) as ends:
            if ends is None:
                return
            poll = select.poll()
            for file in (self._file, *ends):
                poll.register(file, select.POLLIN)
            poll.poll(seconds * 1000)
        with suppress(BlockingIOError):
            while os.read(self._file, 4096):
                pass

    def close(self) -> None:
        """See :meth:`assetbook.storage.turns.Bell.close`."""
        self._path.unlink(missing_ok=True)
        os.close(self._file)


def _ring(pipe: Path) -> None:
    try:
        file = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    except OSError as error:
        if error.errno == errno.ENXIO:  # its reader has died
            pipe.unlink(missing_ok=True)
        return
    try:
        os.write(file, b".")
    except OSError:  # it is full, and will wake all the same
        pass
    finally:
        os.close(file)


@contextmanager
def _ends_of(owners: Collection[ProcessIdentity]) -> Iterator[list[int] | None]:
    """Files that can be read once a process has ended; None if one has already.

    None for those of other hosts, and where the kernel has no such files.
    """
    with ExitStack() as opened:
        files: list[int] | None = []
        for owner in set(owners) - {current_process()}:
            file = _end_of(owner)
            if file is not None:
                opened.callback(os.close, file)
            alive = is_alive(owner)  # looked at after the file was opened: pids are reused
            if alive is False:
                files = None
                break
            if file is not None and files is not None:
                files.append(file)
        yield files


def _end_of(owner: ProcessIdentity) -> int | None:
    if not hasattr(os, "pidfd_open") or is_alive(owner) is None:
        return None
    try:
        return os.pidfd_open(owner.pid)
    except OSError:
        return None
