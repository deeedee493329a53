"""Private copies of stored files for consumers, below one folder that goes with the process."""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from functools import cache
from pathlib import Path


def new_private_folder() -> Path:
    """A new folder for this user alone; it lasts as long as the process."""
    return Path(tempfile.mkdtemp(dir=_folder()))


def is_private_copy(path: str) -> bool:
    """Whether an absolute path lies below the folder of this process's private copies."""
    return any(path.startswith(f"{folder}{os.sep}") for folder in _made)


_made: list[str] = []


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="assetbook-"))
    _made.append(str(folder.resolve()))
    weakref.finalize(_folder, _remove, folder, os.getpid())
    return folder.resolve()


def _remove(folder: Path, process: int) -> None:
    if os.getpid() == process:  # a fork of it may end earlier
        shutil.rmtree(folder, ignore_errors=True)
