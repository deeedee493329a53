"""The stored form of plain values: JSON text, inline while it is small."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO

from assetbook.errors import CorruptStoreError
from assetbook.io.data_version import text_data_version
from assetbook.io.description import storing_changes
from assetbook.io.json_text import decode, encode
from assetbook.io.wanted_types import fitting
from assetbook.metadata import MetadataValue

LARGEST_INLINE = 64 * 1024
"""Bytes of JSON text up to which a value needs no file."""


class JsonForm:
    """A plain value as JSON text (see :mod:`assetbook.io.json_text`)."""

    kind = "json"

    def __init__(self, text: str, notes: tuple[str, ...] = ()) -> None:
        self._text = text
        self._notes = notes

    @classmethod
    def of(cls, value: object, *, asked: str) -> JsonForm:
        """The form of a value; raises UnstorableValueError naming the part that has none."""
        return cls(*encode(value, asked=asked))

    @classmethod
    def read(cls, kind: str, data: bytes, *, asked: str) -> JsonForm:
        """The form whose text this is; raises CorruptStoreError if it is none."""
        try:
            text = data.decode("ascii")
            decode(text)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise CorruptStoreError(
                asked, f"its text is not a stored value ({error})", "Materialize it again."
            ) from error
        return cls(text)

    @property
    def size(self) -> int:
        """Bytes of the text."""
        return len(self._text)

    def data_version(self) -> str:
        """The version of the text."""
        return text_data_version(self._text)

    def describe(self) -> Mapping[str, MetadataValue[Any]]:
        """What storing changes, if anything."""
        return storing_changes(self._notes)

    def hand_over(self, wanted: object | None) -> object:
        """A new object; raises UsageError if it is no ``wanted``."""
        value = decode(self._text)
        return fitting(value, wanted, f"plain {type(value).__name__}")

    def write(self, file: BinaryIO) -> None:
        """Writes the text, ASCII."""
        file.write(self._text.encode("ascii"))

    def inline(self) -> str | None:
        """The text if it is at most 64 KiB."""
        return self._text if len(self._text) <= LARGEST_INLINE else None
