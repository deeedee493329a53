"""Where the kernel host of a store listens: a socket that this user alone can reach."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from assetbook.errors import StoreError

FOLDER_VARIABLE = "ASSETBOOK_KERNEL_HOST"
"""The environment variable that names a folder for the host, which several stores may share."""


_LONGEST = 95  # bytes: a socket's path has 103 at most on some systems, and its name takes the rest


def host_folder(store: Path) -> Path:
    """The folder of the host of ``store``, which is made (mode 0700): no part of the store, since a
    socket's path may be 100 bytes long at most.

    Raises StoreError if somebody else's folder is there.
    """
    given = os.environ.get(FOLDER_VARIABLE)
    if given:
        return _own(Path(given))
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    above = Path(runtime if runtime and Path(runtime).is_dir() else tempfile.gettempdir())
    ours = _own(above / f"assetbook-kernels-{os.getuid()}")
    name = hashlib.sha256(str(store.absolute()).encode("utf-8", "surrogateescape")).hexdigest()
    return _own(ours / name[:16])


def _own(folder: Path) -> Path:
    asked = f"the folder {folder} of the kernel host"
    if len(os.fsencode(folder)) > _LONGEST:
        remedy = f"Set {FOLDER_VARIABLE} to a folder with a shorter path."
        raise StoreError(asked, "its path is too long for sockets in it", remedy)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise StoreError(asked, f"it cannot be made: {error.strerror}") from None
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise StoreError(
            asked,
            "it is not this user's alone",
            "Remove it, or set XDG_RUNTIME_DIR to a folder that is.",
        )
    return folder
