"""The stored form of plain values: JSON text, inline while it is small."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Annotated, Any, BinaryIO, Literal, Union, get_args, get_origin

from assetbook.errors import CorruptStoreError, UsageError
from assetbook.io.data_version import text_data_version
from assetbook.io.description import storing_changes
from assetbook.io.json_text import decode, encode
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
    def read(cls, data: bytes, *, asked: str) -> JsonForm:
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
        if not _fits(value, wanted):
            name = getattr(wanted, "__qualname__", None) or str(wanted)
            found = type(value).__name__
            raise UsageError(
                f"the value as {name}",
                f"it is stored as a plain {found}",
                f"Annotate the input with `{found}`, or leave the annotation out.",
            )
        return value

    def write(self, file: BinaryIO) -> None:
        """Writes the text, ASCII."""
        file.write(self._text.encode("ascii"))

    def inline(self) -> str | None:
        """The text if it is at most 64 KiB."""
        return self._text if len(self._text) <= LARGEST_INLINE else None


def _fits(value: object, wanted: object | None) -> bool:
    origin = get_origin(wanted)
    if origin in (Union, types.UnionType):
        return any(_fits(value, each) for each in get_args(wanted))
    if origin is Annotated:
        return _fits(value, get_args(wanted)[0])
    if origin is Literal:
        return value in get_args(wanted)
    wanted = origin or wanted
    if wanted is Any or not isinstance(wanted, type):
        return True
    if wanted in (float, complex) and type(value) in (int, float):
        return True
    return _is_instance(value, wanted)


def _is_instance(value: object, wanted: type) -> bool:
    try:
        return isinstance(value, wanted)
    except TypeError:  # a TypedDict or a protocol that cannot be asked at run time
        return True
