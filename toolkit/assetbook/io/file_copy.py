"""A file that is never written again, once more under another path: as a link or as a copy."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path

from assetbook.io.new_file import sync_path

_CANNOT_LINK = frozenset(
    {errno.EXDEV, errno.EPERM, errno.EACCES, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
)

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_AT_ONCE = 1 << 20  # bytes


def same_disk(one: Path, other: Path) -> bool:
    """Whether a link may lead from one folder to the other; both must be there."""
    return one.stat().st_dev == other.stat().st_dev


def put_copy(source: Path, target: Path) -> int:
    """The bytes that were copied to ``target``, where nothing may be; 0 if a link was enough.

    It appears whole or not at all; that it lasts is seen to by ``settle``. Raises OSError,
    FileNotFoundError if ``source`` is gone.
    """
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        os.link(source, target, follow_symlinks=False)
        return 0
    except OSError as error:
        if error.errno not in _CANNOT_LINK:
            raise
    return put_bytes(source, target)


def put_bytes(source: Path, target: Path) -> int:
    """The bytes that were copied to ``target``, in the place of what is there.

    It appears whole or not at all. Raises OSError, FileNotFoundError if ``source`` is gone.
    """
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = target.with_name(f".{secrets.token_hex(4)}.tmp.{target.name}")
    try:
        with source.open("rb") as before, os.fdopen(os.open(new, _NEW, 0o600), "wb") as file:
            shutil.copyfileobj(before, file, _AT_ONCE)
            file.flush()
            os.fsync(file.fileno())
        new.rename(target)
    finally:
        new.unlink(missing_ok=True)
    return target.stat().st_size


def settle(files: Iterable[Path], root: Path) -> None:
    """Returns when it lasts that ``files`` are in their folders, and these below ``root``."""
    folders = {folder for each in files for folder in each.parents if folder.is_relative_to(root)}
    for folder in sorted(folders, reverse=True):
        sync_path(folder)
