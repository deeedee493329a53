"""A disk that is mounted from a file: its power is cut by copying the file while it is mounted.

The copy lacks what the system had not written to the disk yet. ``cut_mounted_disk`` starts this
module as a program, in a mount namespace that goes with it.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.faults.conftest import make_project
from tests.faults.mounts import IN_NAMESPACE
from tests.faults.verification import Witness
from tests.faults.warm_worker import REPOSITORY, Order, WarmWorker, environment, lifetimes

_SIZE = 48 << 20
_MANY_ROUNDS = 200  # more than any worker lives to see
_ROWS = 5_000


def cut_mounted_disk(cuts: int, seed: int, protocol: str) -> dict[str, Any]:
    """What the store was like after so many power cuts at random instants."""
    program = [sys.executable, "-W", "ignore", "-m", "tests.faults.loop_disk"]
    done = subprocess.run(
        [*IN_NAMESPACE, *program, str(cuts), str(seed), protocol],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        env=environment(),
        timeout=1_800,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _cut_again_and_again(folder: Path, cuts: int, seed: int, protocol: str) -> dict[str, Any]:
    disk, chance = folder / "disk", random.Random(seed)
    with disk.open("wb") as file:
        file.truncate(_SIZE)
    subprocess.run(["mkfs.ext4", "-qF", disk], check=True)
    mounted = _mount(disk, folder / "mounted")
    lines, violations, acknowledged, versions = folder / "lines", [], 0, 0
    with WarmWorker() as worker:
        order = Order(str(make_project(mounted / "calibration")), str(lines), rows=_ROWS)
        life = sum(lifetimes(worker, order))
        for number in range(cuts):
            project = make_project(mounted / f"project{number}")
            os.sync()
            order = Order(str(project), str(lines), _MANY_ROUNDS, protocol, rows=_ROWS)
            pid = worker.start(order)
            time.sleep(life * chance.uniform(0.5, 4))
            os.kill(pid, signal.SIGSTOP)
            shutil.copyfile(disk, folder / "copy")
            worker.kill()
            left = _mount(folder / "copy", folder / "left")
            witness = Witness(left / project.name, latest_only=protocol != "assetbook")
            violations += witness.look(lines)
            acknowledged += witness.acknowledged
            versions += witness.versions
            subprocess.run(["umount", left], check=True)
            shutil.rmtree(project)
    subprocess.run(["umount", mounted], check=True)
    return {
        "cuts": cuts,
        "acknowledged": acknowledged,
        "versions": versions,
        "violations": violations,
    }


def _mount(disk: Path, place: Path) -> Path:
    place.mkdir(exist_ok=True)
    subprocess.run(["mount", "-o", "loop", disk, place], check=True)
    return place


def _main() -> None:
    cuts, seed, protocol = sys.argv[1:]
    place = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(dir=place) as folder:
        print(json.dumps(_cut_again_and_again(Path(folder), int(cuts), int(seed), protocol)))


if __name__ == "__main__":
    _main()
