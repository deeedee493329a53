"""Folders below a root, opened part by part so that no link can lead out of it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


@contextmanager
def opened_folder(root: Path, parts: Sequence[str], *, make: bool = False) -> Iterator[int]:
    """A descriptor of the folder ``parts`` below ``root``, open until the end of the block.

    ``make`` makes what is missing, durably, for this user alone. No part may be a symbolic link.
    Raises OSError (FileNotFoundError for a missing part).
    """
    if make:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
    here = os.open(root, _FOLDER)
    try:
        for part in parts:
            if make:
                _make(part, here)
            below = os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=here)
            os.close(here)
            here = below
        yield here
    finally:
        os.close(here)


def _make(part: str, parent: int) -> None:
    try:
        os.mkdir(part, 0o700, dir_fd=parent)
    except FileExistsError:
        return
    os.fsync(parent)
