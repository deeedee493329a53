"""Folders below a root, opened part by part so that no link can lead out of it.

A new folder lasts once its parent is synced. Whoever finds one that is there already cannot know
whether its maker came that far, so each process syncs the parent of each folder once.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC

_lasting: set[tuple[int, int]] = set()
"""The folders, by device and inode, whose parents this process has synced."""


@contextmanager
def opened_folder(root: Path, parts: Sequence[str], *, make: bool = False) -> Iterator[int]:
    """A descriptor of the folder ``parts`` below ``root``, open until the end of the block.

    ``make`` makes what is missing, durably, for this user alone. No part may be a symbolic link.
    Raises OSError (FileNotFoundError for a missing part).
    """
    here = _made_root(root) if make else os.open(root, _FOLDER)
    try:
        for part in parts:
            below = _made(part, here) if make else _below(part, here)
            os.close(here)
            here = below
        yield here
    finally:
        os.close(here)


def _made_root(root: Path) -> int:
    """The root, made if need be; what is above it is the store's own, and lasts already."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    here = os.open(root, _FOLDER)
    if _place(here) not in _lasting:
        above = os.open(root.parent, _FOLDER)
        try:
            _keep(here, above)
        finally:
            os.close(above)
    return here


def _made(part: str, above: int) -> int:
    with suppress(FileExistsError):
        os.mkdir(part, 0o700, dir_fd=above)
    here = _below(part, above)
    if _place(here) not in _lasting:
        _keep(here, above)
    return here


def _below(part: str, above: int) -> int:
    return os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=above)


def _keep(folder: int, above: int) -> None:
    """Makes the folder last; closes it if that fails."""
    try:
        os.fsync(above)
    except BaseException:
        os.close(folder)
        raise
    _lasting.add(_place(folder))


def _place(folder: int) -> tuple[int, int]:
    status = os.fstat(folder)
    return status.st_dev, status.st_ino
