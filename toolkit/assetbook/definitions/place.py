"""Where a definition was written, and which definitions a piece of code has made.

There is no registry: a definition belongs to the cell or module that made it. Whoever runs a cell
may watch, for that time only, what its code makes, to tell which of it can no longer be reached.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

_watching: list[list[object]] = []


@dataclass(frozen=True, slots=True)
class Place:
    """A line of source: the file name as the compiler has it (a cell's too), from 1."""

    filename: str
    line: int

    def __str__(self) -> str:
        return f"{self.filename}, line {self.line}"


def calling_place(depth: int = 1) -> Place:
    """The line that called the caller; ``depth`` more frames up."""
    frame = authors_frame(sys._getframe(depth + 1))
    return Place(frame.f_code.co_filename, frame.f_lineno)


def authors_frame(frame: FrameType) -> FrameType:
    """The nearest frame from ``frame`` on that is no part of assetbook, which may have wrapped the
    call; ``frame`` itself if all are."""
    found: FrameType | None = frame
    while found is not None:
        if str(found.f_globals.get("__name__", "")).partition(".")[0] != "assetbook":
            return found
        found = found.f_back
    return frame


@contextmanager
def watch_made() -> Iterator[list[object]]:
    """The definitions made in this process until the end of the block, in order."""
    made: list[object] = []
    _watching.append(made)
    try:
        yield made
    finally:
        _watching[:] = [each for each in _watching if each is not made]


@contextmanager
def unwatched() -> Iterator[None]:
    """While it lasts, nobody watches: what is made stands for definitions that others made."""
    watching = list(_watching)
    _watching.clear()
    try:
        yield
    finally:
        _watching[:] = watching


def note_made(definition: object) -> None:
    """Adds a definition to what is being watched; does nothing while nobody watches."""
    for made in _watching:
        made.append(definition)
