"""A disk whose power is cut: what was synced is there, and of all the rest an arbitrary part.

A file's bytes last once the file was synced after they were written; a name lasts once its folder
was synced after it was given. Of what was not, a cut may keep all or nothing, any part, and any
sectors of one write. That is more than most file systems lose.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import TypeAlias, TypeVar

T = TypeVar("T")

SECTOR = 512  # bytes


@dataclass(frozen=True)
class Write:
    """Bytes at a place; without any, the place is the file's new end."""

    offset: int
    data: bytes | None

    def apply(self, content: bytearray) -> None:
        """Changes the content so."""
        if self.data is None:
            del content[self.offset :]
        content.extend(bytes(max(0, self.offset - len(content))))
        if self.data is not None:
            content[self.offset : self.offset + len(self.data)] = self.data

    def sectors(self) -> list[Write]:
        """Itself in the pieces that a disk writes at once."""
        if self.data is None:
            return [self]
        data, first = self.data, SECTOR - self.offset % SECTOR
        starts = [0, *range(first, len(data), SECTOR)]
        ends = [*starts[1:], len(data)]
        return [
            Write(self.offset + start, data[start:end])
            for start, end in zip(starts, ends, strict=True)
        ]


@dataclass(eq=False)
class File:
    """A file's bytes."""

    lasting: bytes = b""
    pending: list[Write] = field(default_factory=list)
    size: int = 0

    def write(self, offset: int | None, data: bytes | None) -> None:
        """Writes, at the end if no place is named."""
        change = Write(self.size if offset is None else offset, data)
        self.pending.append(change)
        end = change.offset + len(data or b"")
        self.size = end if data is None else max(self.size, end)

    def sync(self) -> None:
        """Makes all last."""
        content = bytearray(self.lasting)
        for change in self.pending:
            change.apply(content)
        self.lasting, self.pending = bytes(content), []

    def after_cut(self, cut: Cut) -> bytes:
        """What is left of it."""
        content = bytearray(self.lasting)
        for change in cut.kept([part for each in self.pending for part in each.sectors()]):
            change.apply(content)
        return bytes(content)


@dataclass(eq=False)
class Folder:
    """A folder's names."""

    now: dict[str, Node] = field(default_factory=dict)
    lasting: dict[str, Node] = field(default_factory=dict)
    pending: list[Mapping[str, Node | None]] = field(default_factory=list)
    """Names given (or taken away: None) at one stroke."""

    def name(self, names: Mapping[str, Node | None]) -> None:
        """Gives names and takes some away."""
        self.pending.append(names)
        _rename(self.now, names)

    def sync(self) -> None:
        """Makes its names last, but not what they name."""
        self.lasting, self.pending = dict(self.now), []

    def after_cut(self, cut: Cut) -> dict[str, Node]:
        """What is left of its names."""
        left = dict(self.lasting)
        for names in cut.kept(self.pending):
            _rename(left, names)
        return left


Node: TypeAlias = File | Folder


def _rename(known: dict[str, Node], names: Mapping[str, Node | None]) -> None:
    for name, node in names.items():
        if node is None:
            known.pop(name, None)
        else:
            known[name] = node


@dataclass(frozen=True)
class Cut:
    """Which of the changes that were not synced a power cut keeps."""

    chance: random.Random
    way: str
    """One of ``WAYS``."""

    def kept(self, changes: Sequence[T]) -> list[T]:
        """Those that are kept, in their order."""
        some = list(changes)
        if not some or self.way == "nothing more":
            return []
        at = self.chance.randrange(len(some))
        if self.way == "up to an instant":
            return some[:at]
        if self.way == "all but one":
            return some[:at] + some[at + 1 :]
        if self.way == "any":
            return [each for each in some if self.chance.random() < 0.5]
        return some


WAYS = ("nothing more", "up to an instant", "all but one", "any", "everything")


class CutDisk:
    """The files below ``root``, which were all there and synced at the beginning."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._folder = _loaded(root)

    def node(self, path: PurePath) -> Node | None:
        """What has that path now."""
        node: Node | None = self._folder
        for part in path.relative_to(self.root).parts:
            node = node.now.get(part) if isinstance(node, Folder) else None
        return node

    def above(self, path: PurePath) -> Folder:
        """The folder of that path."""
        folder = self.node(path.parent)
        assert isinstance(folder, Folder), path
        return folder

    def file(self, path: PurePath) -> File:
        """The file of that path, which is made if there is none."""
        node = self.node(path)
        if node is None:
            node = File()
            self.above(path).name({path.name: node})
        assert isinstance(node, File), path
        return node

    def leave(self, target: Path, cut: Cut) -> None:
        """Makes ``target`` what a cut leaves of the root."""
        _write(self._folder, target, cut)


def _loaded(root: Path) -> Folder:
    names: dict[str, Node] = {}
    for path in root.iterdir():
        content = b"" if path.is_dir() else path.read_bytes()
        node = _loaded(path) if path.is_dir() else File(content, size=len(content))
        names[path.name] = node
    return Folder(dict(names), names)


def _write(folder: Folder, target: Path, cut: Cut) -> None:
    target.mkdir()
    for name, node in folder.after_cut(cut).items():
        if isinstance(node, Folder):
            _write(node, target / name, cut)
        else:
            (target / name).write_bytes(node.after_cut(cut))
