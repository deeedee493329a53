"""Whether a disk can be mounted from a file here; as a program it says so."""

from __future__ import annotations

import subprocess
import tempfile
from functools import cache

IN_NAMESPACE = ("unshare", "--mount")
"""What runs a program whose mounts go with it."""

_TRIAL = 'truncate -s 4M "$1/disk" && mkfs.ext4 -qF "$1/disk" && mount -o loop "$1/disk" "$1"'


@cache
def problem() -> str | None:
    """Why no disk can be mounted from a file here; None if one can."""
    with tempfile.TemporaryDirectory() as folder:
        trial = [*IN_NAMESPACE, "sh", "-c", _TRIAL, "sh", folder]
        try:
            done = subprocess.run(trial, capture_output=True, text=True, check=False)
        except FileNotFoundError as error:
            return str(error)
    return None if done.returncode == 0 else done.stderr.strip() or f"exit code {done.returncode}"


def _main() -> None:
    why = problem()
    said = "tested" if why is None else f"left out, since none can be mounted here: {why}"
    print(f"Power cuts of a loop-mounted disk: {said}")


if __name__ == "__main__":
    _main()
