"""What a program did to the files below a folder, from a record of its calls by strace."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath

from tests.faults.cut_disk import CutDisk, File, Folder

CALLS = (
    "openat,open,mkdir,mkdirat,write,pwrite64,ftruncate,fsync,fdatasync,link,linkat,rename,"
    "unlink,unlinkat"
)
"""Those by which assetbook, SQLite and Python change files."""
NEVER = (
    "creat,writev,pwritev,pwritev2,truncate,fallocate,sync_file_range,renameat,renameat2,"
    "symlinkat,copy_file_range,sync,syncfs,rmdir,fchmod"
)
"""Those which would have to be understood too, if anybody made them."""

_WHOLE = re.compile(r"(?P<thread>\d+) +(?P<name>\w+)\((?P<given>.*)\) += (?P<result>-?\d+)")
_BEGUN = re.compile(r"(?P<thread>\d+) +(?P<name>\w+)\((?P<given>.*?) *<unfinished \.\.\.>")
_RESUMED = re.compile(
    r"(?P<thread>\d+) +<\.\.\. (?P<name>\w+) resumed>(?P<given>.*)\) += (?P<result>-?\d+)"
)
_TEXT = re.compile(r'(["<])((?:\\x[0-9a-f]{2})*)[">]')
_STANDARD_OUTPUT = re.compile(r"1\b")


@dataclass(frozen=True)
class Call:
    """One call that succeeded."""

    name: str
    given: str
    """Its arguments, as they are in the record."""

    def texts(self) -> list[tuple[bool, bytes]]:
        """The arguments that are text, each with whether it is the path of an open file."""
        return [
            (mark == "<", bytes.fromhex(text.replace("\\x", "")))
            for mark, text in _TEXT.findall(self.given)
        ]

    def paths(self) -> list[PurePath]:
        """The paths that it is about, each in full."""
        found: list[PurePath] = []
        base = PurePath("/")
        for is_open, text in self.texts():
            path = PurePath(text.decode("utf-8", "surrogateescape"))
            if is_open:
                base = path
                if self.name in _ABOUT_FILES:
                    break  # what follows is no path
            else:
                found.append(base / path)
        return found or [base]

    def is_below(self, folder: PurePath) -> bool:
        """Whether it is about files below the folder, but for SQLite's shared memory."""
        path = self.paths()[-1]
        return path.is_relative_to(folder) and not path.name.endswith("-shm")

    def number(self, place: int) -> int:
        """The argument at that place from the end, a number."""
        return int(self.given.split(",")[-place])


def calls_in(record: str) -> Iterator[Call]:
    """The calls that succeeded, in the order in which they were done."""
    begun: dict[str, str] = {}
    for line in record.splitlines():
        if found := _BEGUN.match(line):
            begun[found["thread"]] = found["given"]
        elif found := _RESUMED.match(line):
            if int(found["result"]) >= 0:
                yield Call(found["name"], begun[found["thread"]] + found["given"])
        elif (found := _WHOLE.match(line)) and int(found["result"]) >= 0:
            yield Call(found["name"], found["given"])


def said(call: Call) -> bytes:
    """What it printed; empty for any other call."""
    if call.name != "write" or not _STANDARD_OUTPUT.match(call.given):
        return b""
    return call.texts()[-1][1]


def repeat(call: Call, disk: CutDisk) -> None:
    """Changes the disk as the call did."""
    paths = call.paths()
    if not call.is_below(disk.root):
        return
    if call.name in _ABOUT_FILES:
        node = disk.file(paths[0]) if call.name not in ("fsync", "fdatasync") else None
        _change(call, node, disk, paths[0])
    elif call.name in ("open", "openat"):
        _open(call, disk, paths[0])
    else:
        _name(call, disk, paths)


_ABOUT_FILES = ("write", "pwrite64", "ftruncate", "fsync", "fdatasync")


def _change(call: Call, file: File | None, disk: CutDisk, path: PurePath) -> None:
    if file is None:
        node = disk.node(path)
        assert node is not None, path
        node.sync()
    elif call.name == "ftruncate":
        file.write(call.number(1), None)
    else:
        file.write(call.number(1) if call.name == "pwrite64" else None, call.texts()[-1][1])


def _open(call: Call, disk: CutDisk, path: PurePath) -> None:
    if "O_CREAT" in call.given:
        file = disk.file(path)
        if "O_TRUNC" in call.given and file.size:
            file.write(0, None)


def _name(call: Call, disk: CutDisk, paths: list[PurePath]) -> None:
    path = paths[-1]
    above = disk.above(path)
    if call.name in ("mkdir", "mkdirat"):
        above.name({path.name: Folder()})
    elif call.name in ("unlink", "unlinkat"):
        above.name({path.name: None})
    elif call.name in ("link", "linkat"):
        above.name({path.name: disk.node(paths[0])})
    elif call.name == "rename":
        assert paths[0].parent == path.parent
        above.name({paths[0].name: None, path.name: disk.node(paths[0])})
    else:
        raise AssertionError(f"{call.name} is not understood")
