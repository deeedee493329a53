"""The process that the kernels of tests are forked from: it has imported what each would import.

Its input is a line of JSON for each kernel: its connection file, folder and environment. It answers
the kernel's process id. Kernels end with it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any


def main() -> None:
    """Forks kernels until nobody asks any more."""
    import ipykernel.ipkernel  # noqa: F401
    from ipykernel import kernelapp  # noqa: F401

    from assetbook.surfaces.forked_location import warm_up

    warm_up()
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what kernels print goes where errors go
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        asked = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become_kernel(asked)
        print(pid, file=answers, flush=True)


def _become_kernel(asked: dict[str, Any]) -> None:
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.clear()
    os.environ.update({**asked["environment"], "JPY_PARENT_PID": str(os.getppid())})
    sys.dont_write_bytecode = bool(os.environ.get("PYTHONDONTWRITEBYTECODE"))
    os.chdir(asked["folder"])
    sys.path[0] = ""
    sys.argv = ["ipykernel_launcher.py", "-f", asked["connection_file"]]
    from ipykernel import kernelapp

    try:
        kernelapp.launch_new_instance()
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
