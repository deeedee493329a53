"""What every stored form can do: say what it holds, hand it over, write it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO, Protocol

from assetbook.metadata import MetadataValue


class SourceError(Exception):
    """What a value's own source raised while the value was written: ``error``, not the disk's."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


class Writable(Protocol):
    """What a value file is written from, once; what is said of it is known after that."""

    @property
    def kind(self) -> str:
        """What it was, by a name of :mod:`assetbook.io.forms`."""

    def data_version(self) -> str:
        """The version of the content, as :mod:`assetbook.io.data_version` spells it."""

    def describe(self) -> Mapping[str, MetadataValue[Any]]:
        """Metadata for the materialization: schema, rows, shape, what storing changes."""

    def write(self, file: BinaryIO) -> None:
        """Writes the file's bytes; raises what ``file.write`` raises, and SourceError."""

    def inline(self) -> str | None:
        """The value as JSON text if it is small enough to need no file, else None."""


class StoredForm(Writable, Protocol):
    """A value as its file gives it back; consumers in the same process get it without the file."""

    @property
    def size(self) -> int:
        """Bytes of memory that it takes, about."""

    def hand_over(self, wanted: object | None) -> object:
        """A fresh object for one consumer, of the type ``wanted``; None gives what it was.

        Nothing that a consumer does to it reaches another. Raises UsageError, naming both
        types, if the value cannot be given so.
        """
