"""The stored form of bytes and bytearrays: the bytes themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO

from assetbook.io.data_version import content_data_version
from assetbook.io.description import LENGTH
from assetbook.io.wanted_types import fits, fitting
from assetbook.metadata import MetadataValue


class BytesForm:
    """Bytes, of which consumers get ``bytes`` (which cannot be changed) or a new ``bytearray``."""

    def __init__(self, kind: str, data: bytes) -> None:
        self.kind = kind
        self._data = data

    @classmethod
    def of(cls, value: bytes | bytearray, *, asked: str) -> BytesForm:
        """The form of the bytes, copied if they can be changed."""
        return cls("bytearray" if isinstance(value, bytearray) else "bytes", bytes(value))

    @classmethod
    def read(cls, kind: str, data: bytes, *, asked: str) -> BytesForm:
        """The form whose file's bytes these are."""
        return cls(kind, data)

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self._data)

    def data_version(self) -> str:
        """The version of the bytes, the same for ``bytes`` and ``bytearray``."""
        return content_data_version("bytes", self._data)

    def describe(self) -> Mapping[str, MetadataValue[Any]]:
        """How many there are."""
        return {LENGTH: MetadataValue.int(len(self._data))}

    def hand_over(self, wanted: object | None) -> object:
        """What it was, or the other of the two where that is ``wanted``."""
        kinds: list[object] = [self._data, bytearray(self._data)]
        if self.kind == "bytearray":
            kinds.reverse()
        mine, other = kinds
        fitting_other = not fits(mine, wanted) and fits(other, wanted)
        return other if fitting_other else fitting(mine, wanted, self.kind)

    def write(self, file: BinaryIO) -> None:
        """Writes them."""
        file.write(self._data)

    def inline(self) -> str | None:
        """None: bytes have files."""
        return None
