"""A disk that is full at one write after the other, for a value of every kind.

As much of the disk is free as the step has taken so far without trouble, page by page: so each
write that needs another page fails once.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.faults.conftest import make_project
from tests.faults.kinds import Kind, asset_of, name_of
from tests.faults.worker import open_store

from assetbook import Instance, materialize
from assetbook.errors import AssetbookError
from assetbook.execution.reporter import Silent, StepOutcome
from assetbook.instance.verifying import verify
from assetbook.io.table_writing import TableWriting

_PAGE = 4096
_LARGE = 5 << 20  # bytes, more than the log is left to have
_MOST = 400  # pages; no value here takes so many


class Filling:
    """A file that takes up what is to be full."""

    def __init__(self, file: Path) -> None:
        self._file = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        self._size = 0

    def leave(self, room: int) -> None:
        """Leaves so many bytes free on the disk."""
        status = os.fstatvfs(self._file)
        wanted = self._size + status.f_bavail * status.f_frsize - room
        if wanted > self._size:
            os.posix_fallocate(self._file, 0, wanted)
        os.ftruncate(self._file, wanted)
        self._size = wanted

    def empty(self) -> None:
        """Leaves all free."""
        os.ftruncate(self._file, 0)
        self._size = 0


def every_kind(folder: Path, kinds: Mapping[str, Kind], step: int) -> dict[str, Any]:
    """What went wrong with some kinds of value as the disk was full at every ``step``-th page."""
    TableWriting.in_memory.__defaults__ = (0,)
    os.environ["XDG_DATA_HOME"] = str(folder / "home")
    (folder / "work").mkdir()
    os.chdir(folder / "work")
    instance = open_store(make_project(folder / "project"))
    filling = Filling(folder / "filling")
    found: dict[str, Any] = {"failures": {}, "wrong": [], "said": []}
    for kind, made in kinds.items():
        case = _Case(instance, kind, made)
        case.before()
        for pages in range(0, _MOST, step):
            filling.leave(pages * _PAGE)
            case.try_it()
            filling.empty()
            case.look()
            if case.went_well:
                break
        # from now on the log has its full size, and only the value needs room
        instance.store.put_texts({"large": "x" * _LARGE})
        found["failures"][kind] = case.failures
        found["wrong"] += case.wrong
        found["said"] += sorted(case.said)
    found["whole"] = verify(instance).is_whole
    instance.close()
    found["temporary"] = [str(each) for each in folder.rglob("*.tmp")]
    return found


class _Told(Silent):
    """Takes note of what is said to be done."""

    def __init__(self) -> None:
        self.done = 0

    def step_ended(self, outcome: StepOutcome) -> None:
        """Counts the versions."""
        self.done += len(outcome.versions)


class _Case:
    """One kind of value, made again and again."""

    def __init__(self, instance: Instance, kind: str, made: Kind) -> None:
        self._instance = instance
        self._name = name_of(kind)
        self._made = made
        self._asset = asset_of(kind, made)
        self._versions = 0
        self.failures = 0
        self.went_well = False
        self.wrong: list[str] = []
        self.said: set[str] = set()

    def before(self) -> None:
        """Makes the version that must stay."""
        materialize([self._asset], instance=self._instance)
        self._versions = 1
        self._seen = self._value()

    def try_it(self) -> None:
        """Makes another version on a disk that may be too small."""
        told = _Told()
        try:
            materialize([self._asset], instance=self._instance, force=True, reporter=told)
        except AssetbookError as error:
            self.failures += 1
            self.said.add(f"{type(error).__name__}: {error.found}: {error.remedy}")
        else:
            self.went_well = True
        # the disk may be full only when the run's end is recorded: then its version is there
        self._versions += told.done
        # what was there is readable on the full disk too
        self._compare()

    def look(self) -> None:
        """Looks at what is recorded, now that there is room again."""
        if len(self._instance.versions(self._name)) != self._versions:
            self._wrong(f"has {len(self._instance.versions(self._name))} versions")
        if self.went_well and self._versions < 2:
            self._wrong("has no new version")
        newest = self._instance.runs()[0]
        if self.went_well and newest.status != "success":
            self._wrong(f"its run is {newest.status}")
        if newest.status == "started":
            self._wrong("its run goes on")
        self._compare()

    def _compare(self) -> None:
        try:
            if self._value() != self._seen:
                self._wrong("has another value")
        except AssetbookError as error:
            self._wrong(f"cannot be read: {error}")

    def _value(self) -> object:
        return self._made.seen(self._instance.value(self._name))

    def _wrong(self, what: str) -> None:
        self.wrong.append(f"{self._name}, after {self.failures} failures: {what}")
