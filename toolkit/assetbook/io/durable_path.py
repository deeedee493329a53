"""Files and folders that are written beside their place, synced, and then put there at once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assetbook.io.new_file import sync_path, temporary_name


@contextmanager
def new_beside(path: Path) -> Iterator[Path]:
    """A path that is not there yet, in the same folder and with the same suffix.

    What is left of it at the end of the block is removed.
    """
    new = path.with_name(temporary_name(path.stem) + path.suffix)
    try:
        yield new
    finally:
        _remove(new)


def put_in_place(new: Path, path: Path) -> None:
    """Puts the file or folder ``new`` where ``path`` is, durably, in place of what was there.

    A file is replaced at once; a folder goes a moment before the new one comes. Raises OSError.
    """
    for each in [new, *new.rglob("*")] if new.is_dir() else [new]:
        sync_path(each)
    if new.is_dir() or path.is_dir():
        with new_beside(path) as old:
            if path.exists():
                path.rename(old)
            new.rename(path)
    else:
        new.replace(path)
    sync_path(path.parent)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
