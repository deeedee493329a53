"""Which processes a process has started, and which workers were forked for it."""

from __future__ import annotations

from pathlib import Path


def children_of(pid: int) -> list[int]:
    """The pids of the processes that ``pid`` has started, and not waited for."""
    try:
        lists = [*Path(f"/proc/{pid}/task").glob("*/children")]
        return [int(each) for path in lists for each in path.read_text(encoding="ascii").split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def fork_servers_of(pid: int) -> list[int]:
    """The pids of the processes from which its workers are forked."""
    return [each for each in children_of(pid) if b"processes.fork_server" in command_of(each)]


def workers_of(pid: int) -> list[int]:
    """The pids of its workers."""
    return [worker for server in fork_servers_of(pid) for worker in children_of(server)]


def command_of(pid: int) -> bytes:
    """The command line of a process; empty if it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def host_processes(folder: Path) -> list[int]:
    """The pids of the kernel hosts in ``folder``, and of the kernels that were forked from them."""
    every = (int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit())
    wanted = b"kernels.host.program\0" + str(folder).encode()
    return [pid for pid in every if wanted in command_of(pid)]
