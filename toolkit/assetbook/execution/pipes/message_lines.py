"""Bytes that arrive in pieces, cut into lines; a line that is too long is left out, and told."""

from __future__ import annotations

from collections.abc import Iterator

LONGEST_LINE = 16 << 20
"""Bytes."""


class MessageLines:
    """Cuts what it is fed into lines."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._size = 0
        """Bytes of the line that is on its way, also of those that are not held."""

    def feed(self, piece: bytes) -> Iterator[bytes | int]:
        """The lines that ``piece`` completes; for one longer than LONGEST_LINE its size alone."""
        *complete, rest = piece.split(b"\n")
        for end in complete:
            self._add(end)
            yield from self.rest()
        self._add(rest)

    def rest(self) -> Iterator[bytes | int]:
        """The line that is not complete, unless it is blank; what follows begins a new one."""
        line, size = bytes(self._held), self._size
        self._held.clear()
        self._size = 0
        if size > LONGEST_LINE:
            yield size
        elif line.strip():
            yield line

    def _add(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size <= LONGEST_LINE:
            self._held += piece
        else:
            self._held.clear()
