"""Copying a whole store to another folder while others use it; a second time only what is new.

The database is copied as it is at one moment, under another name; then the value files that it
names, by links where it is one disk; then both are looked at; and last the database gets its name.
Until then an earlier copy there is whole; what only that one named is removed after it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from assetbook.errors import ConflictError, StoreError, UsageError
from assetbook.events.parts import ValueRef
from assetbook.instance.backing_up_logs import LogsBrought, bring_logs, missing_logs
from assetbook.instance.disk_use import local_files
from assetbook.instance.instance import Instance
from assetbook.instance.store_folder import DATABASE, KEY, LOGS, NOTEBOOKS, VALUES
from assetbook.io.file_check import problem_of
from assetbook.io.file_copy import put_copy, same_disk, settle
from assetbook.io.new_file import sync_path
from assetbook.io.value_address import ValueAddress
from assetbook.io.value_files import ValueFiles
from assetbook.keys import folder_name
from assetbook.storage.database import make_folder
from assetbook.storage.database_copy import (
    opened_copy,
    remove_beside,
    take_copy,
)
from assetbook.storage.run_record import ON_THEIR_WAY

MARKER = "backup.json"
"""The file that tells a copy from a store that somebody works with."""
_NEW = f"{DATABASE}.new"
_OF_RUNS = (LOGS, NOTEBOOKS)


@dataclass(slots=True)
class Backup:
    """What a copy holds, and what was done for it."""

    folder: Path
    versions: int = 0
    """Value files that it names."""
    size: int = 0
    """Bytes of these."""
    linked: int = 0
    copied: int = 0
    """Those that are new in it, by how they came there."""
    copied_bytes: int = 0
    logs: LogsBrought = field(default_factory=LogsBrought)
    """The log files and notebooks of runs, which are not looked into."""
    removed: int = 0
    """Files that only an earlier copy named."""
    elsewhere: int = 0
    """Value files outside the store's folder, which the copy names where they are."""
    gone: int = 0
    """Values that were let go while it was made, in the store and so in the copy."""
    ended: int = 0
    """Runs that were on their way: in the copy they have failed."""
    damaged: list[str] = field(default_factory=list)
    """What is not as it was written, in the store and so in the copy, a sentence each."""


class Needed(msgspec.Struct, frozen=True):
    """What will be copied, told before it is."""

    files: int
    of: int
    size: int
    """Bytes that are written; links take none."""
    free: int
    """Bytes that are free there."""


def back_up(
    instance: Instance,
    folder: Path,
    needed: Callable[[Needed], None] = lambda needed: None,
) -> Backup:
    """The copy that is in ``folder`` now, looked at; it is a store of its own.

    ``needed`` hears which values will be brought over before they are. Raises UsageError if
    something else is in the folder, ConflictError if the copy there was worked with since,
    StoreError if it cannot be written or there is no room: an earlier copy then is whole.
    """
    folder, source = folder.absolute(), instance.values.root.parent
    asked = f"backing up to {folder}"
    _refuse(instance, folder, source, asked)
    with _errors_told(asked, folder):
        make_folder(folder)
        _refuse_too_little(folder, (source / DATABASE).stat().st_size, asked)
        return _Copying(instance, folder, asked).run(needed)


class _Copying:
    """One copy on its way."""

    def __init__(self, instance: Instance, folder: Path, asked: str) -> None:
        self._instance = instance
        self._source = instance.values.root.parent
        self._folder = folder
        self._asked = asked
        self._new = folder / _NEW
        self._made: list[Path] = []
        self._backup = Backup(folder)

    def run(self, needed: Callable[[Needed], None]) -> Backup:
        """Takes the copy; what was made for it is removed again if that fails."""
        self._clear()
        if not (self._folder / MARKER).exists():
            self._mark(0)
        try:
            self._instance.own.flush()
            take_copy(self._source / DATABASE, self._new)
            with opened_copy(self._new) as copy:
                every = copy.references()
                references = {path: each for path, each in every.items() if _is_inside(path)}
                self._backup.elsewhere = len(every) - len(references)
                self._put_values(references, needed)
                self._put_logs()
                gone = self._look_at(references)
                self._backup.ended = copy.settle(gone, self._instance.clock.now())
                self._backup.damaged += copy.damage()
                newest = copy.newest
            remove_beside(self._new)
        except BaseException:
            self._clear()
            for each in self._made:
                each.unlink(missing_ok=True)
            raise
        self._take_its_place(newest)
        self._remove_others(references)
        return self._backup

    def _clear(self) -> None:
        self._new.unlink(missing_ok=True)
        remove_beside(self._new)

    def _put_values(
        self, references: Mapping[str, ValueRef], needed: Callable[[Needed], None]
    ) -> None:
        """Puts those files there that are not there yet."""
        root, target = self._source / VALUES, self._folder / VALUES
        missing = [path for path, each in references.items() if not _is_there(target / path, each)]
        size = 0 if same_disk(self._source, self._folder) else _size(references, missing)
        _refuse_too_little(self._folder, size, self._asked)
        free = shutil.disk_usage(self._folder).free
        needed(Needed(len(missing), len(references), size, free))
        for path in missing:
            (target / path).unlink(missing_ok=True)
            try:
                copied = put_copy(root / path, target / path)
            except FileNotFoundError:
                continue
            self._made.append(target / path)
            self._backup.copied_bytes += copied
            self._backup.copied += copied > 0
            self._backup.linked += copied == 0
        settle(self._made, self._folder)

    def _put_logs(self) -> None:
        """Brings the files of runs along; they need not last as the values must."""
        both = [(self._source / each, self._folder / each) for each in _OF_RUNS]
        if not same_disk(self._source, self._folder):
            size = sum(sum(missing_logs(*each).values()) for each in both)
            _refuse_too_little(self._folder, size, self._asked)
        on_their_way = self._instance.own.runs(statuses=ON_THEIR_WAY)
        living = {folder_name(run.id) for run in on_their_way}
        for each in both:
            self._backup.logs += bring_logs(*each, living)

    def _look_at(self, references: Mapping[str, ValueRef]) -> list[str]:
        """The files that were let go meanwhile; notes what else is wrong with any."""
        root = self._folder / VALUES
        made = {each.relative_to(root).as_posix() for each in self._made}
        missing = [path for path in references if not (root / path).exists()]
        doomed = self._instance.own.doomed() if missing else {}
        gone = [path for path in missing if path in doomed]
        for path in sorted(made.union(missing).difference(gone)):
            found = problem_of(ValueFiles(root), references[path])
            if found is not None:
                self._backup.damaged.append(found)
        self._backup.gone = len(gone)
        self._backup.versions = len(references) - len(gone)
        self._backup.size = _size(references, references.keys() - set(gone))
        return gone

    def _take_its_place(self, newest: int) -> None:
        """The new database in the place of the earlier one, which nobody has open."""
        key = self._source / KEY
        if key.exists() and not (self._folder / KEY).exists():
            put_copy(key, self._folder / KEY)
        _close_earlier(self._folder)
        self._mark(newest)
        self._new.replace(self._folder / DATABASE)
        sync_path(self._folder)

    def _mark(self, newest: int) -> None:
        """Says whose copy it is, and up to which event it is one."""
        marker = {"of": _identity(self._source), "newest": newest}
        unfinished = self._folder / f"{MARKER}.new"
        unfinished.write_text(json.dumps(marker), encoding="utf-8")
        sync_path(unfinished)
        unfinished.replace(self._folder / MARKER)

    def _remove_others(self, references: Mapping[str, ValueRef]) -> None:
        """Removes what only an earlier copy named."""
        root = self._folder / VALUES
        for each in list(local_files(ValueFiles(root))):
            if each.path not in references:
                (root / each.path).unlink(missing_ok=True)
                self._backup.removed += 1


def _is_inside(path: str) -> bool:
    return ValueAddress.of(path) is None


def _is_there(file: Path, reference: ValueRef) -> bool:
    try:
        return file.stat().st_size == reference.size
    except FileNotFoundError:
        return False


def _size(references: Mapping[str, ValueRef], paths: Iterator[str] | set[str] | list[str]) -> int:
    return sum(references[path].size for path in paths)


def _identity(source: Path) -> str:
    """What tells this store from any other, and does not tell its key."""
    key = source / KEY
    return hashlib.sha256(key.read_bytes()).hexdigest()[:16] if key.exists() else ""


def _refuse(instance: Instance, folder: Path, source: Path, asked: str) -> None:
    if not (source / DATABASE).exists():
        raise UsageError(
            asked, "this store is in memory", "Only a store in a folder can be copied."
        )
    if folder.resolve().is_relative_to(source.resolve()):
        raise UsageError(asked, f"that is in the store itself ({source})", "Name another folder.")
    if not folder.exists() or not any(folder.iterdir()):
        return
    marker = folder / MARKER
    if not marker.exists():
        found = "there is something else in that folder"
        raise UsageError(asked, found, "Name a folder that is empty or not there.")
    written = json.loads(marker.read_text(encoding="utf-8"))
    if not isinstance(written, dict) or written.get("of") != _identity(source):
        found = "there is a copy of another store"
        raise UsageError(asked, found, "Name another folder, or remove that copy.")
    _refuse_worked_with(folder, written["newest"], asked)


def _refuse_worked_with(folder: Path, newest: int, asked: str) -> None:
    database = folder / DATABASE
    if not database.exists():
        return
    with opened_copy(database) as copy:
        if copy.newest > newest:
            raise ConflictError(
                asked,
                "assets were materialized in that copy since; they would be lost",
                "Name another folder, or remove that copy.",
            )


def _close_earlier(folder: Path) -> None:
    """Sees to it that an earlier copy is in its one file, and that nobody has it open."""
    database = folder / DATABASE
    if database.exists():
        with opened_copy(database):
            pass
        remove_beside(database)


def _refuse_too_little(folder: Path, size: int, asked: str) -> None:
    free = shutil.disk_usage(folder).free
    if size > free:
        raise StoreError(
            asked,
            f"it needs {size:,} bytes there, and {free:,} are free",
            "Free some space there, or name a folder on another disk.",
        )


@contextmanager
def _errors_told(asked: str, folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(
            asked,
            f"{folder} cannot be written: {error.strerror or error}",
            "An earlier copy there is whole. Check its disk and rights, then do it again.",
        ) from error
