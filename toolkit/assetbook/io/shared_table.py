"""Tables that several processes map: written once, copied by none, pickled never.

Such a table lies as an uncompressed Arrow file in an anonymous file, of memory or of a folder's
disk. It has no name: the system lets go of it with the last process that has it open, however that
one ends. Its Parquet file is written from it, as from any table.
"""

from __future__ import annotations

import fcntl
import os
import weakref
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from assetbook.io.arrow_file import read_arrow, write_arrow
from assetbook.io.mapped_file import mapped_bytes
from assetbook.io.table_form import TableForm

if TYPE_CHECKING:
    import pyarrow as pa

SMALLEST = 8 << 20
"""Bytes; a smaller table is read from its own file as fast."""
_PART_OF_FREE_MEMORY = 4
"""A table goes into memory if it needs no more than one such part of what is available."""
_SEALS = ("F_SEAL_SHRINK", "F_SEAL_GROW", "F_SEAL_WRITE", "F_SEAL_SEAL")


class SharedTable(TableForm):
    """A table in an anonymous file, whose descriptor another process can be given.

    It is read when somebody asks for it, so that who only passes it on holds nobody up.
    """

    def __init__(self, kind: str, descriptor: int, *, asked: str) -> None:
        """The table in an open file, which is closed with it."""
        self.kind = kind
        self.descriptor = descriptor
        self._notes = ()
        self._asked = asked
        weakref.finalize(self, os.close, descriptor)

    @cached_property
    def _table(self) -> pa.Table:
        """Raises CorruptStoreError for a file without a table."""
        data = mapped_bytes(self.descriptor)
        return TableForm.read(self.kind, data, asked=self._asked, parse=read_arrow).table

    @cached_property
    def size(self) -> int:
        """Bytes of the file."""
        return os.fstat(self.descriptor).st_size


def shared_file(form: object, *, room: int, folder: Path) -> int | None:
    """The descriptor of an anonymous file with the table; None for a form that is no large table.

    It lies in memory if that leaves enough of it, and ``room`` bytes are not exceeded; else on the
    disk of ``folder``. None too where neither takes it, as then its own file has to.
    """
    if type(form) is not TableForm or form.size < SMALLEST:
        return None
    if form.size <= min(room, free_memory() // _PART_OF_FREE_MEMORY):
        return _written(form, _memory_file())
    return _written(form, _disk_file(folder))


def free_memory() -> int:
    """The bytes of memory that are available, as the system estimates it; 0 if it does not say."""
    with suppress(OSError, ValueError):
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return 0


def _memory_file() -> int | None:
    if not hasattr(os, "memfd_create"):
        return None
    return os.memfd_create("assetbook table", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)


def _disk_file(folder: Path) -> int | None:
    if not hasattr(os, "O_TMPFILE"):
        return None
    with suppress(OSError):  # not every file system has files without a name
        folder.mkdir(parents=True, exist_ok=True)
        return os.open(folder, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC | os.O_EXCL, 0o600)
    return None


def _written(form: TableForm, descriptor: int | None) -> int | None:
    """The same descriptor, when the table is there and cannot change any more."""
    import pyarrow as pa

    if descriptor is None:
        return None
    try:
        with pa.OSFile(f"/proc/self/fd/{descriptor}", "wb") as file:
            write_arrow(form.table, file)
    except OSError:  # it is full; so is the disk for its own file, which says so
        os.close(descriptor)
        return None
    with suppress(OSError):  # files on a disk have no seals
        for name in _SEALS:
            fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, getattr(fcntl, name))
    return descriptor
