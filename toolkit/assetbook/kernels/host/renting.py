"""A runner's way to the host: found, or started if there is none."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from assetbook.errors import RunFailedError
from assetbook.execution.file_reads import unobserved
from assetbook.execution.processes.quick_start import command_of
from assetbook.kernels.host.program import SOCKET

_PROGRAM = "assetbook.kernels.host.program"
_ANSWER_SECONDS = 5.0  # it may be about to start a kernel
IDLE_SECONDS = 300.0
"""Seconds for which a host waits for another tenant."""


def connected(folder: Path) -> socket.socket:
    """A line to the host in ``folder``; starts one if there is none.

    Raises RunFailedError if it does not come up.
    """
    line = _line_to(folder)
    if line is not None:
        return line
    with _one_at_a_time(folder):
        line = _line_to(folder)
        if line is None:
            _start(folder)
            line = _line_to(folder)
    if line is None:
        raise _not_up(folder)
    return line


def seconds_kept(folder: Path, run: str) -> float | None:
    """For how long the host in ``folder`` keeps the kernel of a run yet, at most; None if that is
    gone, or nobody answers. No host is started for that."""
    line = _line_to(folder)
    if line is None:
        return None
    with line, suppress(OSError, ValueError):
        line.settimeout(_ANSWER_SECONDS)
        line.sendall(json.dumps({"kept": run}).encode() + b"\n")
        with line.makefile("rb") as file:
            seconds: float | None = json.loads(file.readline()).get("seconds")
            return seconds
    return None


def _line_to(folder: Path) -> socket.socket | None:
    line = socket.socket(socket.AF_UNIX)
    try:
        line.connect(str(folder / SOCKET))
    except (ConnectionRefusedError, FileNotFoundError):
        line.close()
        return None
    return line


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _start(folder: Path) -> None:
    """Starts a host, which lives on by itself; returns when it listens."""
    command = command_of(sys.executable, _PROGRAM, str(folder), str(IDLE_SECONDS))
    with unobserved(), (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            command,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
    assert process.stdout is not None
    with process.stdout:
        said = process.stdout.readline()
    process.wait()
    if said != b"ready\n":
        raise _not_up(folder)


def _not_up(folder: Path) -> RunFailedError:
    said = (folder / "log").read_text(errors="replace").strip().splitlines()
    last = said[-1] if said else "it says nothing"
    return RunFailedError("the kernel host", f"it did not come up: {last}", f"See {folder / 'log'}")
