"""A file system of the kind that several computers share: FUSE, mounted by the smallest server.

It has one empty folder and answers no more than needs be to look at that. ``run_on_shared_disk``
starts this module as a program, in a mount namespace that goes with its process.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from tests.faults.mounts import in_own_namespace
from tests.faults.warm_worker import REPOSITORY, environment

_HEADER = struct.Struct("<IIQQIIII")  # length, opcode, unique, node, uid, gid, pid, padding
_ANSWER = struct.Struct("<IiQ")
_LOOKUP, _FORGET, _GETATTR, _STATFS, _INIT = 1, 2, 3, 17, 26
_FOLDER = 0o040700


def run_on_shared_disk(program: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """How a program ended for which ``folder`` is on such a file system."""
    server = [sys.executable, "-m", "tests.faults.shared_disk", str(folder)]
    return subprocess.run(
        [*in_own_namespace(), *server, *program],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        env=environment(),
        timeout=60,
    )


def _mount(folder: str) -> int:
    """The descriptor on which the kernel asks about ``folder`` from now on."""
    device = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={device},rootmode=40000,user_id={os.getuid()},group_id={os.getgid()}"
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"shared", folder.encode(), b"fuse.shared", 0, options.encode()) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), folder)
    return device


def _serve(device: int) -> None:
    while True:
        try:
            request = os.read(device, 1 << 18)
        except OSError:  # unmounted
            return
        _, opcode, unique, *_ = _HEADER.unpack_from(request)
        if opcode != _FORGET:
            error, body = _answer(opcode)
            os.write(device, _ANSWER.pack(_ANSWER.size + len(body), -error, unique) + body)


def _answer(opcode: int) -> tuple[int, bytes]:
    if opcode == _INIT:
        return 0, struct.pack("<IIIIHHII", 7, 31, 0, 0, 1, 1, 4096, 1).ljust(64, b"\0")
    if opcode == _GETATTR:
        attributes = struct.pack("<6Q10I", 1, 0, 0, 0, 0, 0, 0, 0, 0, _FOLDER, 2, 0, 0, 0, 512, 0)
        return 0, struct.pack("<QII", 0, 0, 0) + attributes
    if opcode == _STATFS:
        return 0, bytes(80)
    return errno.ENOENT if opcode == _LOOKUP else errno.ENOSYS, b""


def _main() -> int:
    folder, *program = sys.argv[1:]
    device = _mount(folder)
    threading.Thread(target=_serve, args=(device,), daemon=True).start()
    return subprocess.run(program, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(_main())
