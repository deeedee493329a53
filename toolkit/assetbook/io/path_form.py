"""The stored form of files and folders: an archive, of which each consumer gets a private copy.

A consumer gets a path, and paths can be written through. So it is never the value file itself that
is handed out: each hand-over copies the content, read-only, into a new folder that goes when the
process ends.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO
from zipfile import ZIP_STORED, ZipFile

from assetbook.io.archive import BROKEN
from assetbook.io.copied_path import BLOCK, paths_data_version
from assetbook.io.description import BYTES, FILES, NAME
from assetbook.io.file_failures import unwritten
from assetbook.io.hashing_file import integrity_of_file
from assetbook.io.private_copies import new_private_folder
from assetbook.io.stored_file import StoredFile
from assetbook.io.wanted_types import fitting
from assetbook.metadata import MetadataValue


class PathForm:
    """A file or folder in a value file; nothing of it is in memory."""

    size = 0

    def __init__(self, kind: str, file: StoredFile) -> None:
        self.kind = kind
        self.file = file
        """Where it is."""
        with self._archive() as archive:
            try:
                self._names = _checked_names(archive, kind)
            except ValueError as error:
                raise file.corrupt(f"its file is no archive: {error}") from error

    def data_version(self) -> str:
        """The version of names and contents."""
        return self._version

    @cached_property
    def _version(self) -> str:
        digests = {}
        with self._archive() as archive:
            for name in self._names:
                digests[name] = ""
                if not name.endswith("/"):
                    with archive.open(name) as member:
                        digests[name] = integrity_of_file(member).partition(":")[2]  # type: ignore[arg-type]
        return paths_data_version(self.kind, digests)

    def describe(self) -> Mapping[str, MetadataValue[Any]]:
        """Its name, how many files and bytes there are."""
        with self._archive() as archive:
            sizes = [each.file_size for each in archive.infolist() if not each.is_dir()]
        return {
            NAME: MetadataValue.text(self._name),
            FILES: MetadataValue.int(len(sizes)),
            BYTES: MetadataValue.int(sum(sizes)),
        }

    @property
    def _name(self) -> str:
        """The name of what is handed over: the file's own, or the asset's for a folder."""
        return self._names[0] if self.kind == "file" else self.file.key.rpartition("/")[2]

    def hand_over(self, wanted: object | None) -> object:
        """The path of a private copy, which lasts as long as the process; its files are read-only.

        Raises StoreError if there is no room for it, UsageError if no path is ``wanted``.
        """
        root = new_private_folder() / self._name
        fitting(root, wanted, self.kind)
        try:
            with self._archive() as archive:
                if self.kind == "folder":
                    root.mkdir()
                for name in self._names:
                    _copy_out(archive, name, root / name if self.kind == "folder" else root)
        except OSError as error:
            raise unwritten(error, f"a copy of {self.file.asked}", root.parent) from error
        return root

    def write(self, file: BinaryIO) -> None:
        """Writes the archive as it is."""
        with self.file.open() as mine:
            shutil.copyfileobj(mine, file, BLOCK)

    def inline(self) -> str | None:
        """None: files have files."""
        return None

    @contextmanager
    def _archive(self) -> Iterator[ZipFile]:
        with self.file.open() as file:
            try:
                archive = ZipFile(file)
            except BROKEN as error:
                raise self.file.corrupt(f"its file is no archive ({error})") from error
            with archive:
                yield archive


def _checked_names(archive: ZipFile, kind: str) -> list[str]:
    """The members' names, which lead nowhere else; raises ValueError."""
    names = archive.namelist()
    files = {name for name in names if not name.endswith("/")}
    parents = {str(each) for name in names for each in PurePosixPath(name).parents}
    stored = all(each.compress_type == ZIP_STORED for each in archive.infolist())
    one = kind == "folder" or (len(names) == 1 and "/" not in names[0])
    if not (stored and one and len(set(names)) == len(names) and not files & parents):
        raise ValueError("its members are not those of one file or folder")
    for name in names:
        parts = name.removesuffix("/").split("/")
        if any(part in ("", ".", "..") or "\\" in part or "\0" in part for part in parts):
            raise ValueError(f"its member {name!r} would lie elsewhere")
    return names


def _copy_out(archive: ZipFile, name: str, path: Path) -> None:
    if name.endswith("/"):
        path.mkdir(parents=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(name) as member, path.open("xb") as file:
        shutil.copyfileobj(member, file, BLOCK)
    path.chmod(0o400)
