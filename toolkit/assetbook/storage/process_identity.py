"""Which process it was, said so that another process can tell whether it still lives.

A pid alone is reused; with the machine's boot, the pid namespace and the process's start it is not.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import NamedTuple

import msgspec

_GONE = frozenset("ZX")
_STOPPED = frozenset("Tt")


class ProcessIdentity(msgspec.Struct, frozen=True):
    """One process, for ever."""

    host: str
    boot: str
    """The kernel's boot id; empty where there is no /proc."""
    namespace: str
    """The pid namespace; containers have one each."""
    pid: int
    started: int
    """Clock ticks from the machine's boot to the process's start."""

    @property
    def text(self) -> str:
        """The identity as one line of text, for a database; ``from_text`` reads it back."""
        return f"{self.boot}:{self.namespace}:{self.pid}:{self.started}:{self.host}"

    @classmethod
    def from_text(cls, text: str) -> ProcessIdentity:
        """The identity whose ``text`` this is."""
        boot, namespace, pid, started, host = text.split(":", 4)
        return cls(host, boot, namespace, int(pid), int(started))

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}"


class Activity(NamedTuple):
    """What a living process is doing at one look."""

    stopped: bool
    """True while it is held by SIGSTOP, a terminal or a debugger."""
    cpu: int
    """Clock ticks of CPU that it has used; unchanged if it did not run between two looks."""


def current_process() -> ProcessIdentity:
    """The identity of the calling process; a forked child gets its own."""
    global _current
    if _current is None or _current.pid != os.getpid():
        _current = _look_at_self()
    return _current


def is_alive(identity: ProcessIdentity) -> bool | None:
    """Whether the process lives; None if that cannot be seen from here.

    Unseen are other hosts, and other pid namespaces, which count as other hosts.
    """
    here = current_process()
    if identity.boot != here.boot:
        return False if identity.host == here.host else None
    if identity.namespace != here.namespace:
        return None
    return activity(identity) is not None


def activity(identity: ProcessIdentity) -> Activity | None:
    """What the process, of this host and namespace, is doing; None if it has ended."""
    if not identity.boot:
        return Activity(False, 0) if _answers(identity.pid) else None
    fields = _stat_fields(identity.pid)
    if fields is None or _has_ended(fields) or int(fields[19]) != identity.started:
        return None
    return Activity(fields[0] in _STOPPED, int(fields[11]) + int(fields[12]))


def send_signal(identity: ProcessIdentity, number: int) -> bool:
    """Whether that very process, of this host and namespace, was sent the signal; False if it has
    ended. One that got its pid since is never meant.

    Raises PermissionError for a process of another user's.
    """
    try:
        handle = os.pidfd_open(identity.pid)  # from here on the pid is not given anew unnoticed
    except ProcessLookupError:
        return False
    except (AttributeError, OSError):  # macOS; a kernel before 5.3
        return _signaled(identity, number)
    try:
        if activity(identity) is None:
            return False
        signal.pidfd_send_signal(handle, number)
    except ProcessLookupError:
        return False
    finally:
        os.close(handle)
    return True


def _signaled(identity: ProcessIdentity, number: int) -> bool:
    if activity(identity) is None:
        return False
    try:
        os.kill(identity.pid, number)
    except ProcessLookupError:
        return False
    return True


def is_stopped(pid: int) -> bool:
    """Whether that process of this namespace is held by SIGSTOP, a terminal or a debugger."""
    fields = _stat_fields(pid)
    return fields is not None and fields[0] in _STOPPED


def _has_ended(fields: list[str]) -> bool:
    """Whether nothing of the process runs: the first of its threads may be gone before the others,
    which are in the middle of a system call, and have its files open."""
    return fields[0] in _GONE and int(fields[17]) <= 1


def _look_at_self() -> ProcessIdentity:
    pid, host = os.getpid(), os.uname().nodename
    fields = _stat_fields(pid)
    if fields is None:  # no /proc: macOS
        return ProcessIdentity(host, "", "", pid, 0)
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    # the link reads "pid:[4026531836]"; the number names the namespace
    namespace = Path("/proc/self/ns/pid").readlink().name.strip("pid:[]")
    return ProcessIdentity(host, boot, namespace, pid, int(fields[19]))


def _stat_fields(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat from the state on; None if there is no such process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    # the command's name comes before, in parentheses, and may hold blanks and parentheses itself
    return text[text.rindex(")") + 2 :].split()


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


_current: ProcessIdentity | None = None
