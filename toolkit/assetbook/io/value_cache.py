"""Copies of remote value files on this computer: a bounded folder, of which nothing is trusted.

Whoever uses a copy compares its hash with the record first; a copy that is gone or damaged is
fetched again. Beyond the bound those that were not used for longest go, but for files that some
process has handed out by their path, on which it holds a shared lock.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from assetbook.io.folders import opened_folder
from assetbook.io.hashing_file import HashingFile
from assetbook.io.mapped_file import integrity_in
from assetbook.io.new_file import temporary_name
from assetbook.io.stored_file import StoredFile
from assetbook.io.value_address import ValueAddress

LARGEST = 10 << 30
"""Bytes that the copies of a store take at most, about; one value may be larger."""
_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_HOUR = 3600.0
_ABANDONED = 24 * _HOUR
"""Seconds after which an unfinished copy belongs to no living process."""

_handed_out: dict[tuple[int, str], int] = {}
"""Descriptors with a shared lock, by process and path; the system closes them with the process."""


class ValueCache:
    """The copies below ``root``, which is made with the first one."""

    def __init__(self, root: Path, *, largest: int = LARGEST) -> None:
        self.root = root
        self._largest = largest
        self._room = -1

    def folder(self, place: str) -> Path:
        """The folder of the copies of one place."""
        return self.root / place.rpartition("/")[2]

    def fill(self, address: ValueAddress, blocks: Iterable[bytes], integrity: str | None) -> bool:
        """Whether ``blocks`` are what was written; then they are the copy, in place of any other.

        Raises OSError if the disk does not take them, and what ``blocks`` raises.
        """
        *parts, name = address.path.split("/")
        temporary = temporary_name(name)
        with opened_folder(self.folder(address.place), parts, make=True) as folder:
            descriptor = os.open(temporary, _NEW, 0o600, dir_fd=folder)
            try:
                file = HashingFile(descriptor)
                for block in blocks:
                    file.write(block)
                if file.integrity != integrity:
                    return False
                os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
            finally:
                os.close(descriptor)
                with suppress(OSError):
                    os.unlink(temporary, dir_fd=folder)
        self.added(file.size, self.folder(address.place) / address.path)
        return True

    def added(self, size: int, path: Path) -> None:
        """Takes note of a new copy, and lets others go if there are too many bytes now."""
        self._room -= size
        if self._room < 0:
            taken = self._shrink(path)
            self._room = self._largest - taken

    def drop(self, address: ValueAddress) -> None:
        """Removes a copy, if there is one."""
        with suppress(OSError):
            (self.folder(address.place) / address.path).unlink()

    @property
    def size(self) -> int:
        """Bytes of all copies now."""
        return sum(status.st_size for _, status in _files(self.root))

    def _shrink(self, new: Path) -> int:
        """Bytes that are left once the longest unused have gone; ``new`` stays."""
        found = sorted(_files(self.root), key=lambda each: each[1].st_atime)
        taken = sum(status.st_size for _, status in found)
        for path, status in found:
            unfinished = path.name.startswith(".")
            old = time.time() - status.st_mtime > _ABANDONED
            over = taken > self._largest and path != new
            if (old if unfinished else over) and _let_go(path):
                taken -= status.st_size
        return taken


class CachedFile(StoredFile):
    """A copy of a remote value file; ``fetch`` brings it (again), where it has gone meanwhile."""

    def __init__(self, cache: ValueCache, address: ValueAddress, fetch: Callable[[], None]) -> None:
        super().__init__(cache.folder(address.place), address.path)
        self._fetch = fetch

    @property
    def path(self) -> Path:
        """Where it is, and stays as long as this process."""
        path = super().path
        while not _held(path):
            self._fetch()
        return path

    def open(self) -> BinaryIO:
        """The copy, open for reading."""
        if not super().path.exists():
            self._fetch()
        return super().open()

    def is_whole(self, integrity: str | None) -> bool:
        """Whether there is a copy, and it is what was written; hashed once a process."""
        if not super().path.is_file():
            return False
        with super().open() as file:
            _touch(file.fileno())
            return integrity_in(file.fileno()) == integrity

    def integrity(self) -> str:
        """``xxh3_128:<hex>`` of its bytes."""
        with self.open() as file:
            return integrity_in(file.fileno())


def _touch(descriptor: int) -> None:
    """Notes the use, once an hour: it changes what the remembered hash goes by."""
    status = os.fstat(descriptor)
    now = time.time()
    if now - status.st_atime > _HOUR:
        os.utime(descriptor, ns=(int(now * 1e9), status.st_mtime_ns))


def _held(path: Path) -> bool:
    """Whether the file is there, and from now on locked against going."""
    named = os.getpid(), str(path)
    before = _handed_out.get(named)
    if before is not None and _is_at(path, before):
        return True
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    if not _is_at(path, descriptor):  # it went between the two
        os.close(descriptor)
        return False
    _handed_out[named] = descriptor
    if before is not None:
        os.close(before)
    return True


def _is_at(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _let_go(path: Path) -> bool:
    """Whether the file was removed, since nobody holds it."""
    try:
        with _locked_alone(path):
            path.unlink()
    except OSError:
        return False
    return True


@contextmanager
def _locked_alone(path: Path) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _files(root: Path) -> Iterator[tuple[Path, os.stat_result]]:
    for folder, _, names in os.walk(root):
        for name in names:
            path = Path(folder, name)
            with suppress(FileNotFoundError):
                yield path, path.lstat()
