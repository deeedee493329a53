"""The health of a store's surroundings: what may go wrong with it, before it does."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Literal

from assetbook.errors import StoreError
from assetbook.instance.disk_use import DiskUse, disk_use
from assetbook.instance.instance import Instance
from assetbook.storage.filesystems import filesystem_of
from assetbook.surfaces.display.formatting import counted, size_text
from assetbook.surfaces.suggestion import typed

LITTLE_SPACE = 0.2
"""The share of a disk that is free, below which there is a warning."""
_CLOCK_SLACK = timedelta(minutes=1)
_GIVEN = ("ipython", "ipywidgets", "papermill", "nbformat", "pandas", "pyarrow")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    said: str
    """What was found, in words."""
    status: Literal["good", "warn", "bad"] = "good"
    remedy: str = ""
    """What to do; empty if all is well."""


def findings(instance: Instance) -> list[Finding]:
    """What was found about the store and this computer, the same things in the same order.

    Reads the names and sizes of all value files; changes nothing.
    """
    folder = instance.values.root.parent
    if not folder.exists():
        return [Finding("store", "in memory, gone with this process"), *_versions()]
    use = disk_use(instance)
    return [
        _folder(folder),
        _file_system(folder),
        _space(folder, use),
        _leftovers(use),
        _clock(instance),
        _runs(instance),
        *_read_through(instance),
        *_versions(),
    ]


def _folder(folder: Path) -> Finding:
    mode = stat.S_IMODE(folder.stat().st_mode)
    if not os.access(folder, os.W_OK):
        return Finding("store", f"{folder} cannot be written", "bad", "Make it writable for you.")
    if mode & 0o077:
        remedy = f"chmod 700 {folder}"
        return Finding("store", f"others may enter {folder} ({mode:o})", "warn", remedy)
    return Finding("store", f"{folder}, for you alone")


def _file_system(folder: Path) -> Finding:
    return Finding("file system", filesystem_of(folder) or "not known here")


def _space(folder: Path, use: DiskUse) -> Finding:
    disk = shutil.disk_usage(folder)
    share = disk.free / disk.total
    largest = ", ".join(f"{key} {size_text(size)}" for key, size in use.largest(3))
    said = f"{size_text(disk.free)} free ({share:.0%}); the values take {size_text(use.total)}"
    said += f" ({largest})" if largest else ""
    if share >= LITTLE_SPACE:
        return Finding("disk", said)
    return Finding("disk", said, "warn", f"Free some space: `{typed('store gc')}`.")


def _leftovers(use: DiskUse) -> Finding:
    if not use.leftovers:
        return Finding("leftovers", "none: each value file belongs to a version")
    count = counted(len(use.leftovers), "file")
    files = f"{count} ({size_text(use.leftover_bytes)}) that no version names"
    return Finding(
        "leftovers", files, "warn", f"`{typed('store gc')}` removes those that are a day old."
    )


def _clock(instance: Instance) -> Finding:
    now = instance.clock.now()
    newest = instance.store.events(newest_first=True, limit=1)
    if newest and newest[0].event.at > now + _CLOCK_SLACK:
        ahead = newest[0].event.at - now
        said = f"the newest event is {ahead} in the future"
        return Finding("clock", said, "bad", "Set this computer's clock.")
    return Finding("clock", f"{now:%Y-%m-%d %H:%M:%S} UTC, after all events")


def _runs(instance: Instance) -> Finding:
    running = instance.runs(None, statuses=["started"])
    return Finding("runs", f"{len(running)} running" if running else "none is running")


def _read_through(instance: Instance) -> Iterator[Finding]:
    """The store that is read through to, if there is one: whether it is there and can be read."""
    project = instance.project
    if project is None or project.read_through is None:
        return
    name = project.read_through
    said = f"{name}: {project.stores[name]}"
    what = "reads through to"
    if not instance.others[name].is_there:
        yield Finding(what, f"{said}, which is not there", "warn", "Is its disk mounted?")
        return
    try:
        count = len(instance.others[name].assets())
    except StoreError as error:
        yield Finding(what, error.found, "bad", error.remedy)
        return
    yield Finding(what, f"{said}, {counted(count, 'asset')}")


def _versions() -> Iterator[Finding]:
    yield Finding("SQLite", sqlite3.sqlite_version)
    wanted = _wanted()
    for name in _GIVEN:
        try:
            found = version(name)
        except PackageNotFoundError:
            yield Finding(name, "not installed", "bad", f"pip install '{wanted.get(name, name)}'")
            continue
        yield _package(name, found, wanted.get(name, ""))


def _package(name: str, found: str, wanted: str) -> Finding:
    least = wanted.partition(">=")[2].partition(",")[0]
    if least and _numbers(found) < _numbers(least):
        said = f"{found}, older than {least}"
        return Finding(name, said, "bad", f"pip install --upgrade '{wanted}'")
    return Finding(name, found)


def _wanted() -> dict[str, str]:
    """What assetbook asks for, by package: ``pandas>=3.0``."""
    try:
        lines = requires("assetbook") or []
    except PackageNotFoundError:
        return {}
    plain = [line.replace(" ", "") for line in lines if ";" not in line]
    return {line.partition(">=")[0].lower(): line for line in plain}


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:3] if part.isdigit())
