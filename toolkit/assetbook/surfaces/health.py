"""The health of a store's surroundings: what may go wrong with it, before it does."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Literal

import msgspec

from assetbook.errors import StoreError
from assetbook.instance.disk_use import DiskUse, disk_use
from assetbook.instance.instance import Instance
from assetbook.instance.log_use import log_use, size_of
from assetbook.instance.wiping import unfinished_wipes
from assetbook.io.value_address import local_folder
from assetbook.keys import AssetKey
from assetbook.storage.filesystems import filesystem_of
from assetbook.storage.run_record import ON_THEIR_WAY
from assetbook.surfaces.display.formatting import counted, size_text
from assetbook.surfaces.space_notice import LITTLE_SPACE, free_share
from assetbook.surfaces.suggestion import typed

_CLOCK_SLACK = timedelta(minutes=1)
_GIVEN = ("ipython", "ipywidgets", "papermill", "nbformat", "pandas", "pyarrow")


class Finding(msgspec.Struct, frozen=True):
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
        *_place(instance, use),
        _leftovers(use),
        _logs(instance),
        _clock(instance),
        _runs(instance),
        _wipes(instance),
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
    here = size_text(use.total - use.elsewhere)
    most = _largest(use) if not use.elsewhere else ""
    return _disk("disk", folder, f"the values take {here}{most}")


def _largest(use: DiskUse) -> str:
    largest = ", ".join(f"{key} {size_text(size)}" for key, size in use.largest(3))
    return f" ({largest})" if largest else ""


def _disk(what: str, folder: Path, more: str) -> Finding:
    disk = shutil.disk_usage(folder)
    share = free_share(disk)
    said = f"{size_text(disk.free)} free ({share:.0%}); {more}"
    if share >= LITTLE_SPACE:
        return Finding(what, said)
    return Finding(what, said, "warn", f"Free some space: `{typed('store gc')}`.")


def _place(instance: Instance, use: DiskUse) -> Iterator[Finding]:
    """Where values go, if not into the store's folder."""
    place = instance.values.place
    if place is None:
        return
    taken = size_text(use.elsewhere) + _largest(use)
    if use.unreached is not None:
        yield Finding("values", use.unreached.found, "bad", use.unreached.remedy)
    elif (folder := local_folder(place)) is None:
        copies = size_text(instance.values.remote.cache.size)
        yield Finding("values", f"at {place}, reached: {taken}; copies here take {copies}")
    elif folder.exists():
        yield _disk("values", folder, f"{taken} in {folder}")
    else:
        yield Finding("values", f"none yet in {folder}")


def _leftovers(use: DiskUse) -> Finding:
    if not use.leftovers:
        return Finding("leftovers", "none: each value file belongs to a version")
    count = counted(len(use.leftovers), "file")
    files = f"{count} ({size_text(use.leftover_bytes)}) that no version names"
    return Finding(
        "leftovers", files, "warn", f"`{typed('store gc')}` removes those that are a day old."
    )


def _logs(instance: Instance) -> Finding:
    use = log_use(instance)
    said = f"{counted(len(use.files), 'file')} ({size_text(size_of(use.files))})"
    if not use.orphans:
        return Finding("logs", f"{said} of runs" if use.files else "none: no run has said anything")
    lost = f"{counted(len(use.orphans), 'file')} ({size_text(size_of(use.orphans))})"
    return Finding(
        "logs",
        f"{said}, among them {lost} of runs that this store does not know",
        "warn",
        f"`{typed('store gc')}` removes those that are a day old.",
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
    found = Counter(run.status for run in instance.runs(None, statuses=ON_THEIR_WAY))
    running = found["started"] + found["canceling"]
    said = f"{running} running" if running else "none is running"
    return Finding("runs", f"{said}, {found['queued']} queued" if found["queued"] else said)


def _wipes(instance: Instance) -> Finding:
    names = sorted({str(AssetKey.from_text(each.key)) for each in unfinished_wipes(instance)})
    if not names:
        return Finding("wipes", "none was interrupted")
    again = " and ".join(f"`{typed(f'wipe {name} --yes')}`" for name in names)
    return Finding("wipes", f"interrupted: {', '.join(names)}", "bad", f"Do {again} again.")


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
    from importlib.metadata import PackageNotFoundError, version

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
    from importlib.metadata import PackageNotFoundError, requires

    try:
        lines = requires("assetbook") or []
    except PackageNotFoundError:
        return {}
    plain = [line.replace(" ", "") for line in lines if ";" not in line]
    return {line.partition(">=")[0].lower(): line for line in plain}


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:3] if part.isdigit())
