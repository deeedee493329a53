"""What a failure of SQLite means for a person: where, why, and what can be done."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from assetbook.errors import CorruptStoreError, StoreError

_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_BROKEN = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_REFUSED = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM})
_NEARLY_FULL = 1 << 20  # bytes; a failed write of SQLite's may show as a plain I/O error


def is_busy(error: sqlite3.Error) -> bool:
    """Whether trying again may help: another program was writing."""
    return _code(error) in _BUSY


def explain(error: sqlite3.Error, path: Path, doing: str = "using") -> StoreError:
    """The error to raise for one of SQLite's, naming the database and the remedy."""
    code, asked = _code(error), f"{doing} {path}"
    if code in _BROKEN:
        return damaged(path, str(error), doing)
    if code in _REFUSED:
        return StoreError(asked, str(error), unwritable_remedy(path.parent))
    if code in _BUSY:
        return StoreError(
            asked,
            "another program has been writing to the database all the time",
            "Close other programs that have it open, then run again.",
        )
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and _free(path) < _NEARLY_FULL):
        return StoreError(
            asked,
            f"the disk is full ({_free(path):,} bytes free)",
            "Free some space, then run again; everything recorded before is intact.",
        )
    return StoreError(asked, str(error), "Everything recorded before is intact.")


def damaged(path: Path, found: str, doing: str = "opening") -> CorruptStoreError:
    """The error for a database file that does not hold what was written."""
    return CorruptStoreError(
        f"{doing} {path}",
        found,
        f"Restore the file from a backup{copies_beside(path)}; or move it and its -wal and -shm "
        "files away: the value files stay, and assets materialize anew.",
    )


def copies_beside(path: Path) -> str:
    """The words that name older copies of the database beside it; empty if there are none."""
    copies = sorted(each.name for each in path.parent.glob(f"{path.name}.before-*"))
    return f", or an older copy beside it ({', '.join(copies)})" if copies else ""


def unwritable_remedy(folder: Path) -> str:
    """What to do where ``folder`` cannot be written."""
    return (
        f"Make {folder} writable for this user, or name another folder by ASSETBOOK_STORE "
        "(on a local disk)."
    )


def _code(error: sqlite3.Error) -> int:
    # errors of the Python module itself carry no code; the low byte is the primary code
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _free(path: Path) -> int:
    return shutil.disk_usage(path.parent).free
