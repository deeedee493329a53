"""What an asset reads of the world outside while it runs, as Python's audit events show it.

Readers in native code raise no events.
"""

from __future__ import annotations

import os
import sys
import sysconfig
import zoneinfo
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, cached_property
from pathlib import Path
from types import FrameType
from typing import Any

from assetbook.execution.audit_watch import AuditWatch
from assetbook.io.private_copies import is_private_copy

_CODE = (".py", ".pyc", ".pyi", ".so", ".pth", ".ipynb")
_STDLIB_ARCHIVE = f"python{sys.version_info.major}{sys.version_info.minor}.zip"
_READ_ONLY_MASK = os.O_WRONLY | os.O_RDWR
_ALWAYS_IGNORED = ("/proc/", "/dev/", "/sys/")


class SeenReads:
    """What was read so far, each in the order in which it was first seen."""

    def __init__(self, ignore_under: Sequence[Path]) -> None:
        self._ignore_under = ignore_under
        self._seen: dict[tuple[str, str], None] = {}

    @cached_property
    def _ignored(self) -> tuple[str, ...]:
        """The folders to ignore, resolved when the first read is seen: most steps read nothing."""
        return tuple(f"{path.resolve()}{os.sep}" for path in self._ignore_under)

    @property
    def files(self) -> tuple[str, ...]:
        """Absolute paths of the files opened for reading."""
        return self._of("file")

    @property
    def directories(self) -> tuple[str, ...]:
        """Absolute paths of the directories listed."""
        return self._of("directory")

    @property
    def connections(self) -> tuple[str, ...]:
        """``host:port`` or socket path of what was connected to."""
        return self._of("connection")

    @property
    def programs(self) -> tuple[str, ...]:
        """The programs started."""
        return self._of("program")

    @property
    def names(self) -> tuple[str, ...]:
        """All of these together, in the order in which they were first seen."""
        return tuple(dict.fromkeys(name for _, name in self._seen))

    def __bool__(self) -> bool:
        """Whether anything was read."""
        return bool(self._seen)

    def _of(self, kind: str) -> tuple[str, ...]:
        return tuple(name for each, name in self._seen if each == kind)

    def note(self, kind: str, name: str) -> None:
        """Adds one read; paths of what counts for nothing are left out."""
        if kind in ("file", "directory"):
            name = os.path.abspath(name)  # noqa: PTH100 -- Path raises audit events of its own
            if self._is_ignored(kind, name):
                return
        self._seen[kind, name] = None

    def _is_ignored(self, kind: str, path: str) -> bool:
        folder = f"{path}{os.sep}"
        if path.startswith(_ALWAYS_IGNORED) or is_private_copy(path):
            return True
        if self._ignored and f"{os.path.realpath(path)}{os.sep}".startswith(self._ignored):
            return True
        return _is_code(path) if kind == "file" else folder.startswith(installed_folders())


_installed_folders: tuple[str, ...] = ()


@contextmanager
def observe_reads(ignore_under: Sequence[Path] = ()) -> Iterator[SeenReads]:
    """What this context, and every context copied from it, reads until the end of the block.

    Files under ``ignore_under`` (the store), those that Python and installed packages bring or
    cache, and files opened for writing alone are left out; so are ``/proc`` and ``/dev``, and what
    the import system looks at, or a library while it is imported. Threads that a step starts are
    seen while runs are watched (``thread_context``).
    """
    seen = SeenReads(ignore_under)
    installed_folders()
    with _watch.watched_by(seen):
        yield seen


@contextmanager
def unobserved() -> Iterator[None]:
    """Nothing that this context reads until the end of the block counts as read."""
    with _watch.watched_by(None):
        yield


def watch_process(seen: SeenReads | None) -> None:
    """From now on ``seen`` is told what this process reads, on all threads, but for contexts that
    are watched by others, or by nobody; None for nobody."""
    installed_folders()
    _watch.watch_everywhere(seen)


def note_reads(reads: Iterable[tuple[str, str]]) -> None:
    """Tells whoever watches this context what another process has read for it."""
    if (seen := _watch.watcher) is not None:
        for kind, name in reads:
            seen.note(kind, name)


def installed_folders() -> tuple[str, ...]:
    """The folders of Python, of installed packages, and of the database of time zones, each with a
    separator behind it."""
    global _installed_folders
    if not _installed_folders:
        names = ("stdlib", "platstdlib", "purelib", "platlib")
        found = {os.path.realpath(sysconfig.get_path(name)) for name in names}
        shown = {sysconfig.get_path(name) for name in names} | {*zoneinfo.TZPATH}
        _installed_folders = tuple(f"{path}{os.sep}" for path in sorted(found | shown))
    return _installed_folders


def _is_code(path: str) -> bool:
    """Whether a file is code, or one that Python or an installed package brings: its version."""
    if path.endswith((*_CODE, _STDLIB_ARCHIVE)) or "__pycache__" in path:
        return True
    return path.startswith((*installed_folders(), *_library_caches()))


@cache
def _library_caches() -> tuple[str, ...]:
    """Where libraries keep what they worked out themselves, such as lists of fonts."""
    home = os.path.expanduser("~")  # noqa: PTH111
    places = (
        os.environ.get("XDG_CACHE_HOME") or f"{home}{os.sep}.cache",
        os.environ.get("MPLCONFIGDIR") or f"{home}{os.sep}.config{os.sep}matplotlib",
    )
    return tuple(f"{place}{os.sep}" for place in places)


def _told(seen: SeenReads, event: str, arguments: tuple[Any, ...]) -> None:
    if not _by_imports(event in _SEARCHES):
        _HANDLERS[event](seen, arguments)


_SEARCHES = frozenset({"os.listdir", "os.scandir"})


def _by_imports(search: bool) -> bool:
    """Whether Python's import system asks, or a library that is being imported.

    Looking for modules is no reading of data, and what an installed package does to get ready (a
    list of fonts, say) is its version. A person's own module that reads while it is imported does
    read: its code comes before the import system's, seen from the event.
    """
    frame: FrameType | None = sys._getframe(3)  # what raised the event
    while frame is not None:
        filename = frame.f_code.co_filename
        if filename.startswith("<frozen importlib"):
            return True
        if search and filename.startswith(_import_folder()):
            return True
        if not filename.startswith((*installed_folders(), "<frozen ")):
            return False
        frame = frame.f_back
    return False


@cache
def _import_folder() -> str:
    return f"{os.path.join(sysconfig.get_path('stdlib'), 'importlib')}{os.sep}"  # noqa: PTH118


def _opened(seen: SeenReads, arguments: tuple[Any, ...]) -> None:
    path, mode, flags = arguments
    if not isinstance(path, str | bytes | os.PathLike):
        return  # a file descriptor: its own opening was seen
    if isinstance(mode, str):
        reads = "r" in mode or "+" in mode
    else:
        reads = not flags & os.O_DIRECTORY and flags & _READ_ONLY_MASK != os.O_WRONLY
    if reads and not _is_created(flags):
        seen.note("file", os.fsdecode(path))


def _is_created(flags: object) -> bool:
    """Whether the file is emptied or must be new, so that nothing of before can be read."""
    return isinstance(flags, int) and bool(flags & (os.O_TRUNC | os.O_EXCL))


def _listed(seen: SeenReads, arguments: tuple[Any, ...]) -> None:
    path = arguments[0] if arguments and arguments[0] is not None else "."
    if isinstance(path, str | bytes | os.PathLike):
        seen.note("directory", os.fsdecode(path))


def _connected(seen: SeenReads, arguments: tuple[Any, ...]) -> None:
    address = arguments[1]
    if isinstance(address, tuple) and len(address) > 1:
        seen.note("connection", f"{address[0]}:{address[1]}")
    else:
        seen.note(
            "connection", os.fsdecode(address) if isinstance(address, bytes) else str(address)
        )


def _database(seen: SeenReads, arguments: tuple[Any, ...]) -> None:
    name = arguments[0]
    if name not in (":memory:", b":memory:", ""):
        seen.note("file", _text(name))


def _started(seen: SeenReads, arguments: tuple[Any, ...]) -> None:
    program = arguments[0]
    if program is None and len(arguments) > 1 and arguments[1]:
        program = arguments[1][0]
    seen.note("program", _text(program))


def _text(name: object) -> str:
    return os.fsdecode(name) if isinstance(name, bytes) else str(name)


_HANDLERS = {
    "open": _opened,
    "os.listdir": _listed,
    "os.scandir": _listed,
    "socket.connect": _connected,
    "sqlite3.connect": _database,
    "subprocess.Popen": _started,
    "os.system": _started,
    "os.exec": _started,
    "os.posix_spawn": _started,
    "os.spawn": _started,
}
_watch = AuditWatch("assetbook_seen_reads", _HANDLERS.keys(), _told)
