"""Which file system a folder is on, and whether a database may live there.

On file systems that several computers can mount, SQLite's locks and shared memory do not hold, and
acknowledged events vanish without any error.
"""

from __future__ import annotations

import re
from pathlib import Path

from assetbook.errors import StoreError

_SHARED = re.compile(
    r"(nfs|cifs|smb|fuse|9p|virtiofs|afs|ceph|lustre|gpfs|beegfs|glusterfs|ocfs2|gfs2"
    r"|vboxsf|vmhgfs|prl_fs)"
)
_MOUNTS = Path("/proc/self/mountinfo")


def filesystem_of(folder: Path, mounts: Path = _MOUNTS) -> str:
    """The type of the file system that ``folder`` is on; empty if that cannot be known here."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except FileNotFoundError:
        return ""
    place = folder.resolve()
    best, kind = -1, ""
    for line in lines:
        before, _, after = line.partition(" - ")
        point = Path(_unescaped(before.split(" ")[4]))
        # of two mounts on one folder the later one hides the earlier
        if place.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), after.split(" ")[0]
    return kind


def refuse_shared(folder: Path, mounts: Path = _MOUNTS) -> None:
    """Raises StoreError if the database's ``folder`` is on a file system made for sharing."""
    kind = filesystem_of(_existing(folder), mounts)
    if _SHARED.match(kind):
        raise StoreError(
            f"opening the store in {folder}",
            f"it is on a shared file system ({kind}), where a database silently loses events",
            "Keep the database on a local path by ASSETBOOK_STORE; values may stay.",
        )


def _existing(folder: Path) -> Path:
    """``folder``, or its nearest ancestor that exists."""
    return next(each for each in (folder, *folder.parents) if each.exists())


def _unescaped(text: str) -> str:
    """A mount point as it is: the kernel writes blanks and backslashes in octal."""
    return re.sub(r"\\(\d{3})", lambda match: chr(int(match[1], 8)), text)
