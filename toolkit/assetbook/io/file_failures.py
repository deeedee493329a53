"""What a failure to write a value file means for a person."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

from assetbook.errors import StoreError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_REFUSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_PLANTED = frozenset({errno.ELOOP, errno.ENOTDIR})


def unwritten(error: OSError, asked: str, root: Path) -> StoreError:
    """The error to raise for a value that could not be written below ``root``."""
    if error.errno in _FULL:
        return StoreError(
            asked,
            f"the disk of {root} is full ({_free(root)})",
            "Free some space, then run it again; earlier versions are intact.",
        )
    if error.errno in _REFUSED:
        return StoreError(
            asked,
            f"{root} cannot be written ({os.strerror(error.errno)})",
            f"Make {root} writable for this user, or name another store by ASSETBOOK_STORE; "
            "earlier versions are intact.",
        )
    if error.errno in _PLANTED:
        return StoreError(
            asked,
            f"below {root} a link or a file stands where a folder should be",
            "Move it away; value files are never written through links.",
        )
    return StoreError(
        asked,
        f"writing below {root} failed: {error.strerror or error} ({_free(root)})",
        "Nothing was recorded, and earlier versions are intact. Check the disk, then run it again.",
    )


def _free(root: Path) -> str:
    try:
        return f"{shutil.disk_usage(root).free:,} bytes free"
    except OSError:
        return "free space unknown"
