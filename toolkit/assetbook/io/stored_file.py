"""One value file as its readers need it: whole or in pieces, never through a link."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import unquote

from assetbook.errors import CorruptStoreError
from assetbook.io.folders import opened_folder
from assetbook.io.hashing_file import integrity_of_file
from assetbook.io.mapped_file import integrity_in, mapped_bytes

if TYPE_CHECKING:
    import pyarrow as pa

_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC


class StoredFile:
    """The file at ``place``, relative to the folder of all value files."""

    def __init__(self, root: Path, place: str) -> None:
        self.root = root
        self.place = place
        *self._parts, self._name = place.split("/")
        self.key = "/".join(unquote(part, errors="replace") for part in self._parts)
        self.asked = f"the value of `{self.key}`"
        """What errors say was asked."""

    @property
    def path(self) -> Path:
        """Where it is, for libraries that open files themselves; they must only read."""
        return self.root / self.place

    def open(self) -> BinaryIO:
        """The file, open for reading; raises CorruptStoreError if it is gone."""
        if any(part in ("", ".", "..") for part in (*self._parts, self._name)):
            raise self.corrupt(f"its record names {self.place}, which is no value file")
        try:
            with opened_folder(self.root, self._parts) as folder:
                descriptor = os.open(self._name, _READ, dir_fd=folder)
            return open(descriptor, "rb")  # noqa: PTH123 - there is a descriptor, no path
        except (FileNotFoundError, NotADirectoryError) as error:
            raise self.corrupt(f"its file is gone ({self.place})") from error
        except OSError as error:
            raise self._unreadable(error) from error

    def read(self) -> bytes:
        """All its bytes."""
        with self.open() as file:
            try:
                return file.read()
            except OSError as error:
                raise self._unreadable(error) from error

    def mapped(self) -> tuple[pa.Buffer, str]:
        """Its bytes as the system maps them, and their hash; they stay although it is unlinked."""
        with self.open() as file:
            try:
                return mapped_bytes(file.fileno()), integrity_in(file.fileno())
            except OSError as error:
                raise self._unreadable(error) from error

    def integrity(self) -> str:
        """``xxh3_128:<hex>`` of its bytes, read a block at a time."""
        with self.open() as file:
            try:
                return integrity_of_file(file)
            except OSError as error:
                raise self._unreadable(error) from error

    def corrupt(self, found: str) -> CorruptStoreError:
        """The error that says what was found instead of the value, and what to do."""
        return CorruptStoreError(
            self.asked,
            found,
            f"Materialize it again (`%materialize {self.key} --force`), restore the file from a "
            f"backup, or read an earlier version (`%versions {self.key}`, then "
            f"`%value {self.key}@N`).",
        )

    def _unreadable(self, error: OSError) -> CorruptStoreError:
        return self.corrupt(f"its file {self.place} cannot be read ({error.strerror})")
