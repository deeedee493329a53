"""Which file systems can be mounted here for the tests; as a program it says so of some."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import cache

IN_NAMESPACE = ("unshare", "--mount")
"""What runs a program whose mounts go with it."""

_LOOP = 'truncate -s 4M "$1/disk" && mkfs.ext4 -qF "$1/disk" && mount -o loop "$1/disk" "$1"'


def in_own_namespace() -> list[str]:
    """What runs a program that mounts where not only root may."""
    return [*IN_NAMESPACE, *([] if os.geteuid() == 0 else ["--map-root-user"])]


@cache
def loop_problem() -> str | None:
    """Why no disk can be mounted from a file here; None if one can."""
    return _problem([*IN_NAMESPACE, "sh", "-c", _LOOP, "sh"])


@cache
def fuse_problem() -> str | None:
    """Why no file system of a program's can be mounted here; None if one can."""
    program = [sys.executable, "-m", "tests.faults.shared_disk"]
    return _problem([*in_own_namespace(), *program], "true")


def _problem(before: Sequence[str], *after: str) -> str | None:
    with tempfile.TemporaryDirectory() as folder:
        trial = [*before, folder, *after]
        try:
            done = subprocess.run(trial, capture_output=True, text=True, check=False)
        except FileNotFoundError as error:
            return str(error)
    if done.returncode == 0:
        return None
    return (done.stderr.strip() or f"exit code {done.returncode}").splitlines()[-1]


PROBLEMS: dict[str, Callable[[], str | None]] = {
    "loop_mount": loop_problem,
    "fuse_mount": fuse_problem,
}
"""By the mark of the tests that need the mount."""
_TESTS = {
    "loop_mount": "Power cuts of a loop-mounted disk",
    "fuse_mount": "A store on a mounted FUSE file system",
}


def _main() -> None:
    for mark in sys.argv[1:]:
        tests, why = _TESTS[mark], PROBLEMS[mark]()
        said = "tested" if why is None else f"left out, since none can be mounted here: {why}"
        print(f"{tests}: {said}")


if __name__ == "__main__":
    _main()
