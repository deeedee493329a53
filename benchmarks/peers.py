"""The peers' own virtual environments, made below ``benchmarks/.peers`` and kept there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PEERS = Path(__file__).parent / ".peers"
RELEASES = {
    "dagster": "dagster==1.13.28",
    "loky": "loky==3.7.0",
    "hamilton": "apache-hamilton==1.90.0",
    "marimo": "marimo==0.25.2",
    "dagstermill": "dagstermill==0.29.27",
    "jupyter-scheduler": "jupyter-scheduler==2.12.1",
    "itables": "itables==2.9.1",
}


def peer_python(peer: str, libraries: tuple[str, ...] = ()) -> Path:
    """The interpreter of a peer's environment, which is made first if it is not there.

    ``libraries`` are installed there too.

    Raises subprocess.CalledProcessError if the release cannot be installed.
    """
    release = RELEASES[peer]
    folder = PEERS / release.replace("==", "-")
    python = folder / "bin" / "python"
    ready = folder / "ready"
    if not ready.exists():
        print(f"installing {release} into {folder} ...", file=sys.stderr)
        _run(sys.executable, "-m", "venv", "--clear", str(folder))
        _run(str(python), "-m", "pip", "install", "-q", release)
        ready.touch()
    missing = [name for name in libraries if not (folder / f"ready-{name}").exists()]
    if missing:
        _run(str(python), "-m", "pip", "install", "-q", *missing)
        for name in missing:
            (folder / f"ready-{name}").touch()
    return python


def _run(*command: str) -> None:
    # What this interpreter was told about its own modules must not reach the peer's.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    subprocess.run(command, check=True, env=environment)


if __name__ == "__main__":
    for name in RELEASES:
        print(peer_python(name))
