"""The log files and notebooks that a store has, and those among them whose run it does not know."""

from __future__ import annotations

from pathlib import Path

import msgspec

from assetbook.instance.disk_use import StrayFile, files_below
from assetbook.instance.instance import Instance
from assetbook.keys import folder_name


class LogUse(msgspec.Struct, frozen=True):
    """The files of one kind that runs have left in a store."""

    files: tuple[StrayFile, ...] = ()
    """Each by its path below their folder, which begins with its run."""
    orphans: tuple[StrayFile, ...] = ()
    """Those of runs that the store does not know, as a copy of files leaves them."""


def log_use(instance: Instance) -> LogUse:
    """What is there now; reads no file. An instance that leaves nothing behind has none."""
    return LogUse() if instance.log_files is None else _use_below(instance.log_files.root, instance)


def notebook_use(instance: Instance) -> LogUse:
    """The same of the notebooks that runs ran, and of the logs of their outputs."""
    root = instance.notebook_files
    return LogUse() if root is None else _use_below(root, instance)


def _use_below(root: Path, instance: Instance) -> LogUse:
    # the files first: a run is recorded before it has any
    files = tuple(files_below(root))
    known = {folder_name(run.id) for run in instance.own.runs()} if files else set[str]()
    orphans = tuple(each for each in files if each.path.partition("/")[0] not in known)
    return LogUse(files, orphans)


def size_of(files: tuple[StrayFile, ...]) -> int:
    """Their bytes."""
    return sum(each.size for each in files)
