"""A file that hashes the bytes written to it."""

from __future__ import annotations

import io
from typing import Any, BinaryIO

_BLOCK = 1 << 20


class HashingFile(io.RawIOBase):
    """A binary file over an open descriptor, for writing once from beginning to end.

    ``size`` is in bytes. Closing it leaves the descriptor open.
    """

    def __init__(self, descriptor: int) -> None:
        import xxhash

        super().__init__()
        self.size = 0
        self._hasher = xxhash.xxh3_128()
        self._raw = io.FileIO(descriptor, "wb", closefd=False)

    @property
    def integrity(self) -> str:
        """``xxh3_128:<hex>`` of what was written so far."""
        return named_hash(self._hasher)

    def writable(self) -> bool:
        """True."""
        return True

    def tell(self) -> int:
        """The number of bytes written."""
        return self.size

    def write(self, data: Any) -> int:
        """Writes all of ``data``; raises OSError if the disk does not take it."""
        rest = memoryview(data).cast("B")
        self._hasher.update(rest)
        length = len(rest)
        while rest:
            rest = rest[self._raw.write(rest) :]
        self.size += length
        return length


def integrity_of(data: Any) -> str:
    """``xxh3_128:<hex>`` of bytes."""
    import xxhash

    return named_hash(xxhash.xxh3_128(data))


def integrity_of_file(file: BinaryIO) -> str:
    """``xxh3_128:<hex>`` of what is left to read of an open file."""
    import xxhash

    hasher = xxhash.xxh3_128()
    while block := file.read(_BLOCK):
        hasher.update(block)
    return named_hash(hasher)


def named_hash(hasher: Any) -> str:
    """``xxh3_128:<hex>`` of what a hasher was given."""
    return f"xxh3_128:{hasher.hexdigest()}"
