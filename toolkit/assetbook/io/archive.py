"""Zip archives without compression, written from beginning to end: several members in one file.

The same members give the same bytes: no times, no owners. Any tool opens them.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO
from zipfile import BadZipFile, LargeZipFile, ZipFile, ZipInfo

BROKEN = (
    BadZipFile,
    LargeZipFile,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What reading an archive raises if it is none, or damaged."""

_BEGINNING = (1980, 1, 1, 0, 0, 0)


@contextmanager
def written_archive(file: BinaryIO) -> Iterator[ZipFile]:
    """An archive into which members are written until the end of the block."""
    with ZipFile(file, "w") as archive:
        yield archive


@contextmanager
def written_member(archive: ZipFile, name: str) -> Iterator[BinaryIO]:
    """The file of a new member, open until the end of the block; it may have any size."""
    entry = ZipInfo(name, _BEGINNING)
    entry.create_system = 3
    entry.external_attr = 0o600 << 16
    with archive.open(entry, "w", force_zip64=True) as member:
        yield _Told(member)  # type: ignore[misc]


class _Told(io.RawIOBase):
    """A file that can say how much was written, which Parquet's writer asks."""

    def __init__(self, file: Any) -> None:
        super().__init__()
        self._file = file
        self._size = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._size

    def write(self, data: Any) -> int:
        part = memoryview(data).cast("B")
        self._file.write(part)
        self._size += len(part)
        return len(part)
