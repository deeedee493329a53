"""What schedules cost: 1,000 of them evaluated, an outage drained, from a tick to its first step.

Nothing of Dagster's is beside it: its daemon evaluates schedules in a code server of its own.
Run it as ``python benchmarks/ticks.py``.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat

from assetbook.automation.firing import Daemon
from assetbook.automation.known_schedules import known_schedules, turned
from assetbook.automation.launches import Launch, TickAnswer
from assetbook.clock import ManualClock
from assetbook.instance.asset_record import Snapshot
from assetbook.instance.instance import Instance
from assetbook.instance.schedule_record import ScheduleRecord
from assetbook.instance.snapshots import remember
from assetbook.storage.process_identity import current_process

SCHEDULES = 1_000
LOOKS = 60  # a minute of them
TICKS = 10_000
CELLS = (
    "%load_ext assetbook\nfrom assetbook import *",
    "import time\nimport pandas as pd",
    "@asset\ndef one():\n    return time.time()",
    '%schedule every "* * * * *" one',
)


class _NoHands:
    """Has nothing to evaluate, and starts nothing."""

    def evaluate(self, known: object, at: object) -> TickAnswer:
        return TickAnswer()

    def launch(self, request: object, launch: Launch) -> str:
        return ""


def _opened(
    folder: Path, count: int, cron: Callable[[int], str]
) -> tuple[Instance, ManualClock, Daemon]:
    clock = ManualClock()
    instance = Instance.open(folder)
    instance.clock = clock
    records = tuple(
        ScheduleRecord(name=f"s{number}", cron=(cron(number),), selection="one")
        for number in range(count)
    )
    remember(instance, Snapshot(location="shop.ipynb", at=clock.now(), schedules=records), {})
    for known in known_schedules(instance):
        turned(instance.own, known, clock.now(), on=True)
    daemon = Daemon(instance, _NoHands())
    daemon.hold(instance.own.acquire_lease(current_process()))
    daemon.step()
    return instance, clock, daemon


def evaluated(folder: Path) -> float:
    """Seconds of CPU for a minute of looks at 1,000 schedules, each due once an hour."""
    instance, clock, daemon = _opened(folder, SCHEDULES, lambda number: f"{number % 60} * * * *")
    began = time.process_time()
    for _ in range(LOOKS):
        clock.advance(1)
        daemon.step()
    spent = time.process_time() - began
    instance.close()
    return spent


def drained(folder: Path) -> float:
    """Seconds until 10,000 ticks of 10 schedules are recorded, of which the last one runs."""
    instance, clock, daemon = _opened(folder, 10, lambda number: "* * * * *")
    clock.advance(60 * TICKS / 10 + 30)
    began = time.perf_counter()
    daemon.step()
    while daemon.is_busy or instance.own.requests(states=["waiting"], limit=1):
        time.sleep(0.001)
        daemon.step()
    spent = time.perf_counter() - began
    assert len(instance.own.ticks()) == TICKS
    instance.close()
    return spent


def to_first_step(folder: Path) -> float:
    """Seconds from the commit of a tick to the first line of its asset, with a daemon that runs."""
    (folder / "pyproject.toml").touch()
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(each) for each in CELLS])
    nbformat.write(notebook, folder / "shop.ipynb")
    _program(folder, "plan", "shop.ipynb").wait()
    instance = Instance.get(folder)
    daemon = _program(folder, "daemon", "run")
    try:
        _until(lambda: instance.own.lease() is not None)
        time.sleep(10)  # its spare processes have imported what they need
        (known,) = known_schedules(instance)
        turned(instance.own, known, instance.clock.now() - timedelta(minutes=1), on=True)
        _until(lambda: bool(instance.versions("one")))
        tick = instance.own.ticks()[-1]
        assert tick.ended_at is not None
        return float(instance.value("one@1")) - tick.ended_at.timestamp()
    finally:
        daemon.terminate()
        daemon.wait()
        instance.close()


def _program(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "assetbook", *words]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)


def _until(ready: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not ready():
        if time.monotonic() > until:
            raise TimeoutError("it never came")
        time.sleep(0.01)


def main() -> None:
    """Prints the table."""
    with TemporaryDirectory() as folder:
        share = evaluated(Path(folder) / "a") / LOOKS
        print(f"1,000 schedules looked at every second   {share:.1%} of a core (aim 20 %)")
        spent = drained(Path(folder) / "b")
        print(f"10,000 due ticks drained                 {spent:.1f} s (aim 60)")
        project = Path(folder) / "c"
        project.mkdir()
        spent = to_first_step(project)
        print(f"from a tick to its first step            {spent:.2f} s (aim 0.5)")


if __name__ == "__main__":
    main()
