"""A returned path: the file or folder that it names is copied into the store as the value.

The archive that holds it has one member for each file, named by its path inside the folder (for a
file, by its own name), and one ending in ``/`` for each empty folder. Links inside the folder to
files inside it are copied as files; nothing outside it is ever read.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from assetbook.errors import UnstorableValueError
from assetbook.io.archive import written_archive, written_member
from assetbook.io.data_version import content_data_version
from assetbook.io.description import BYTES, FILES, NAME
from assetbook.io.stored_value import SourceError
from assetbook.metadata import MetadataValue

BLOCK = 1 << 20
"""Bytes that are copied at a time."""


class CopiedPath:
    """Copies what is at ``root`` when it is written, a block at a time."""

    def __init__(self, kind: str, root: Path, members: Mapping[str, Path | None]) -> None:
        self.kind = kind
        self._root = root
        self._members = members
        self._digests: dict[str, str] = {}
        self._bytes = 0

    @classmethod
    def of(cls, path: Path, *, asked: str) -> CopiedPath:
        """What copies the path; raises UnstorableValueError for what is not there or no file."""
        if not path.exists():
            raise UnstorableValueError(
                asked,
                f"it is the path {path}, where nothing is",
                "Return the path of a file or folder that is still there when the asset returns.",
            )
        root = path.resolve()
        if root.is_dir():
            return cls("folder", path, dict(_files_below(root, asked)))
        if not root.is_file():
            raise _refused(asked, path, "is neither a file nor a folder")
        _check_name(path.name, asked)
        return cls("file", path, {path.name: root})

    def older_than(self, instant: float) -> list[str]:
        """The files whose content or name is as it was before ``instant`` (seconds, UTC)."""
        sources = [source for source in self._members.values() if source is not None]
        return [str(each) for each in sources if each.stat().st_ctime < instant]

    def data_version(self) -> str:
        """The version of names and contents."""
        return paths_data_version(self.kind, self._digests)

    def describe(self) -> Mapping[str, MetadataValue[Any]]:
        """Its name, how many files and bytes there are."""
        files = sum(source is not None for source in self._members.values())
        return {
            NAME: MetadataValue.text(self._root.name),
            FILES: MetadataValue.int(files),
            BYTES: MetadataValue.int(self._bytes),
        }

    def write(self, file: BinaryIO) -> None:
        """Writes the archive; raises SourceError if a file cannot be read."""
        with written_archive(file) as archive:
            for name, source in self._members.items():
                with written_member(archive, name) as member:
                    self._digests[name] = self._copy(source, member) if source else ""

    def _copy(self, source: Path, member: BinaryIO) -> str:
        import xxhash

        hasher = xxhash.xxh3_128()
        for block in _blocks(source):
            hasher.update(block)
            member.write(block)
            self._bytes += len(block)
        return str(hasher.hexdigest())

    def inline(self) -> str | None:
        """None: files have files."""
        return None


def paths_data_version(kind: str, digests: Mapping[str, str]) -> str:
    """The version of a file or folder, from the xxh3_128 of each file by name."""
    parts = [f"{name}\0{digest}" for name, digest in sorted(digests.items())]
    return content_data_version(kind, *(part.encode() for part in parts))


def _files_below(root: Path, asked: str) -> Iterator[tuple[str, Path | None]]:
    """Each file below by its path from ``root``, and None for each empty folder; sorted."""
    for folder, folders, files in os.walk(root, onerror=_failed):
        folders.sort()
        here = Path(folder)
        for name in sorted([*files, *(each for each in folders if (here / each).is_symlink())]):
            path = here / name
            relative = path.relative_to(root).as_posix()
            _check_name(relative, asked)
            yield relative, _file_inside(path, root, asked)
        if not files and not folders and here != root:
            relative = here.relative_to(root).as_posix()
            _check_name(relative, asked)
            yield f"{relative}/", None


def _failed(error: OSError) -> None:
    raise error


def _file_inside(path: Path, root: Path, asked: str) -> Path:
    """The file that is copied for ``path``: itself, or what it links to inside ``root``."""
    target = path.resolve()
    if not target.is_relative_to(root):
        raise _refused(asked, path, f"is a link that leads out of the folder, to {target}")
    if not target.is_file():
        raise _refused(asked, path, "is neither a file nor a link to one")
    return target


def _check_name(name: str, asked: str) -> None:
    if not name.isprintable() or "\\" in name:
        found = f"the file name {name!r} holds characters that not every system can keep"
        raise UnstorableValueError(asked, found, "Rename the file before returning its path.")


def _refused(asked: str, path: Path, found: str) -> UnstorableValueError:
    return UnstorableValueError(
        asked, f"{path} {found}", "Return files and folders of files; copy in what links name."
    )


def _blocks(source: Path) -> Iterator[bytes]:
    """The content; a file that became a link or a pipe meanwhile is not opened."""
    try:
        descriptor = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb", buffering=0) as file:  # noqa: PTH123 - a descriptor
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise OSError(f"{source} is no file any more")
            while block := file.read(BLOCK):
                yield block
    except OSError as error:
        raise SourceError(error) from error
