"""The log files and notebooks of runs in a copy of a store: brought along as they are, and not
looked into.

Nobody keeps a checksum of them. Those of a run that has ended are never written again, so that a
link is as good as a copy; the others are copied as far as they have come.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

import msgspec

from assetbook.instance.disk_use import files_below
from assetbook.io.file_copy import put_bytes, put_copy


class LogsBrought(msgspec.Struct, frozen=True):
    """What was done for the files of runs in a copy."""

    files: int = 0
    """Those that are in the copy now."""
    new: int = 0
    """Those that are new in it, or have grown."""
    removed: int = 0
    """Those that the store no longer has."""

    def __add__(self, other: LogsBrought) -> LogsBrought:
        """What was done for both."""
        return LogsBrought(
            self.files + other.files, self.new + other.new, self.removed + other.removed
        )


def missing_logs(source: Path, target: Path) -> dict[str, int]:
    """The files below ``source`` that are not so below ``target``, with their bytes."""
    there = {each.path: each.size for each in files_below(target)}
    found = {each.path: each.size for each in files_below(source)}
    return {path: size for path, size in found.items() if there.get(path) != size}


def bring_logs(source: Path, target: Path, living: Collection[str]) -> LogsBrought:
    """Makes the files below ``target`` those below ``source``; ``living`` are the folders of runs
    that have not ended. Raises OSError."""
    wanted = {each.path for each in files_below(source)}
    missing = missing_logs(source, target)
    for path in missing:
        file = target / path
        grows = file.exists() or path.partition("/")[0] in living
        try:
            (put_bytes if grows else put_copy)(source / path, file)
        except FileNotFoundError:  # it was let go meanwhile
            wanted.discard(path)
    gone = [each.path for each in files_below(target) if each.path not in wanted]
    for path in gone:
        (target / path).unlink(missing_ok=True)
        with suppress(OSError):  # another file of the run is there
            for folder in Path(path).parents[:-1]:
                (target / folder).rmdir()
    return LogsBrought(len(wanted), len(missing), len(gone))
