"""One kernel of the host: started anew or forked, with sockets of its own, and how it ended."""

from __future__ import annotations

import ctypes
import json
import os
import random
import secrets
import signal
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from assetbook.kernels.process_use import use_of

_PDEATHSIG = 1  # of prctl(2)
_LAST_WORDS = 2000  # bytes of what it wrote by itself
_SLACK = 8_000_000  # bytes that a copy of the host may take before its program begins
_libc = ctypes.CDLL(None)
_CHANNELS = ("shell", "iopub", "stdin", "control", "hb")


class KernelCommand(msgspec.Struct, frozen=True):
    """How a kernel is started; ``{connection_file}`` stands in ``argv`` for its file."""

    argv: tuple[str, ...]
    environment: Mapping[str, str]
    folder: str | None = None
    """Where it runs; None for one that is told later."""

    @property
    def is_plain(self) -> bool:
        """Whether it is nothing but ipykernel, run by this very interpreter."""
        plain = ("-m", "ipykernel_launcher", "-f", "{connection_file}")
        first, rest = self.argv[0], self.argv[1:]
        given = tuple(each for each in rest if not each.startswith("-X"))
        return given == plain and first == sys.executable and self.folder is None


class Ended(msgspec.Struct, frozen=True):
    """How a kernel's process ended."""

    code: int
    """Negative for a signal."""
    peak: int
    """Bytes of memory that it had at most; 0 if that cannot be told from what the host had."""
    cpu: float
    """Seconds."""
    said: str
    """What it wrote last by itself, not through a cell."""


class HostedKernel:
    """A kernel that was started; ``path`` begins the names of its files."""

    def __init__(self, command: KernelCommand, path: Path, *, forked: bool) -> None:
        self.command = command
        self._path = path
        self.connection: dict[str, Any] = {
            "transport": "ipc",
            "ip": str(path),
            "key": secrets.token_hex(16),
            "signature_scheme": "hmac-sha256",
            "kernel_name": "",
            **{f"{each}_port": number for number, each in enumerate(_CHANNELS, 1)},
        }
        self._file = path.with_suffix(".json")
        descriptor = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(self.connection, file)
        own = None if forked else use_of(os.getpid())
        self._inherited = own.memory + _SLACK if own is not None else 0
        self.pid = _started(self._life_of_fork if forked else self._life_of_program, self._log)

    @property
    def _log(self) -> Path:
        return self._path.with_suffix(".log")

    def _life_of_program(self) -> NoReturn:
        argv = [each.replace("{connection_file}", str(self._file)) for each in self.command.argv]
        if self.command.folder is not None:
            os.chdir(self.command.folder)
        os.execvpe(argv[0], argv, self._environment)

    @property
    def _environment(self) -> dict[str, str]:
        """With the id of the host, by which ipykernel sees that it has gone, on every system."""
        return {**self.command.environment, "JPY_PARENT_PID": str(os.getppid())}

    def _life_of_fork(self) -> NoReturn:
        environment = self._environment
        os.environ.clear()
        os.environ.update(environment)
        random.seed()
        if "numpy" in sys.modules:
            sys.modules["numpy"].random.seed()  # else all children draw the same numbers
        sys.argv = ["ipykernel_launcher.py", "-f", str(self._file)]
        sys.path[0] = ""
        from ipykernel.kernelapp import launch_new_instance

        launch_new_instance()
        os._exit(0)

    def signal(self, number: int) -> None:
        """Sends a signal to its process; one that kills, to all that this has started too."""
        with suppress(ProcessLookupError):
            (os.killpg if number == signal.SIGKILL else os.kill)(self.pid, number)

    def ended(self, status: int, usage: Any) -> Ended:
        """How it ended, by what ``wait4`` says; removes its files, and ends what it had started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        said = _tail(self._log)
        for file in self._path.parent.glob(f"{self._path.name}[-.]*"):
            file.unlink(missing_ok=True)
        code = os.waitstatus_to_exitcode(status)
        return Ended(code, self._peak(usage), usage.ru_utime + usage.ru_stime, said)

    def _peak(self, usage: Any) -> int:
        """Bytes; a program that was started from the host has as its peak at least what that had,
        for it began as a copy of it."""
        peak: int = usage.ru_maxrss * 1024
        return peak if peak > self._inherited else 0


def _started(life: Callable[[], NoReturn], log: Path) -> int:
    """The id of a new process that leads a group of its own, and ends with this one."""
    parent = os.getpid()
    with warnings.catch_warnings():
        # of the threads that numpy's BLAS has: it stops them before a fork by itself
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid:
        return pid
    try:
        os.setsid()
        if sys.platform == "linux":
            _libc.prctl(_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it has gone before that was said
            os._exit(1)
        _apart(log)
        life()
    except BaseException:  # noqa: BLE001 - it says what ended it, and never returns
        sys.excepthook(*sys.exc_info())
        sys.stderr.flush()
    finally:
        os._exit(127)


def _apart(log: Path) -> None:
    """Takes away what a new process has of the host: signals, and all descriptors."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    nothing = os.open(os.devnull, os.O_RDONLY)
    written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(nothing, 0)
    os.dup2(written, 1)
    os.dup2(written, 2)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))


def _tail(log: Path) -> str:
    try:
        with log.open("rb") as file:
            file.seek(max(log.stat().st_size - _LAST_WORDS, 0))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""


def command_from(given: Mapping[str, Any]) -> KernelCommand:
    """The command that a tenant names, as JSON has it; raises LookupError or TypeError for less."""
    argv: Sequence[str] = given["argv"]
    return KernelCommand(tuple(argv), dict(given["environment"]), given.get("folder"))
