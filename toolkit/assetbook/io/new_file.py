"""A file that appears under a new name, whole and lasting, or not at all.

It is written under a temporary name in its own folder, synced, linked to its final name (which must
not exist yet), and its folder is synced.
"""

from __future__ import annotations

import errno
import os
import secrets
from contextlib import suppress
from pathlib import Path

from assetbook.io.hashing_file import HashingFile
from assetbook.io.stored_value import Writable

_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_CANNOT_LINK = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})


def write_new_file(form: Writable, folder: int, name: str) -> tuple[str, int]:
    """Writes, syncs and publishes; gives the integrity hash and the size in bytes.

    ``folder`` is a descriptor. Raises FileExistsError rather than replace a file, and OSError.
    """
    temporary = temporary_name(name)
    descriptor = os.open(temporary, _NEW, 0o600, dir_fd=folder)
    try:
        written = _write_temporary(form, descriptor)
        _sync(descriptor)
        _publish(temporary, name, folder)
    finally:
        os.close(descriptor)
        with suppress(OSError):  # what went wrong is being raised already
            os.unlink(temporary, dir_fd=folder)
    _sync_folder(folder)
    return written


def temporary_name(name: str) -> str:
    """A name for what is to become ``name``, which nothing has yet and no version is stored as."""
    return f".{name}.{secrets.token_hex(4)}.tmp"


def sync(descriptor: int) -> None:
    """Returns when an open file or folder is as it is on the disk. Raises OSError."""
    os.fsync(descriptor)


def sync_path(path: Path) -> None:
    """Returns when what is in the file or folder lasts. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        sync(descriptor)
    finally:
        os.close(descriptor)


def _write_temporary(form: Writable, descriptor: int) -> tuple[str, int]:
    file = HashingFile(descriptor)
    form.write(file)  # type: ignore[arg-type]
    return file.integrity, file.size


def _sync(descriptor: int) -> None:
    sync(descriptor)


def _publish(temporary: str, name: str, folder: int) -> None:
    """Gives the file its final name; raises FileExistsError rather than replace another."""
    try:
        os.link(temporary, name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _CANNOT_LINK:
            raise
        _claim_and_rename(temporary, name, folder)


def _claim_and_rename(temporary: str, name: str, folder: int) -> None:
    """The same where the file system has no links: replaces only a file made here for it."""
    os.close(os.open(name, _NEW, 0o600, dir_fd=folder))
    os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)


def _sync_folder(folder: int) -> None:
    sync(folder)
