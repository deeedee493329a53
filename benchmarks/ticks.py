"""What schedules cost: a minute of many, an outage, a question, from a tick to its first step.

In Dagster's minute its daemon looks at them once, and its code server's time is not counted; an
outage it drains otherwise, with at most five ticks of a schedule.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import median

import nbformat
from measuring import PACKAGE, environment_of, of_dagster, ours, scratch_folder
from table import Row, run_alone
from task import Answer, Stopwatch

sys.path.insert(0, str(PACKAGE))

from assetbook.automation.firing import Daemon
from assetbook.automation.known_schedules import KnownSchedule, known_schedules, turned
from assetbook.automation.launches import Launch, TickAnswer
from assetbook.clock import ManualClock
from assetbook.instance.asset_record import Snapshot
from assetbook.instance.instance import Instance
from assetbook.instance.schedule_record import ScheduleRecord
from assetbook.instance.snapshots import remember
from assetbook.storage.process_identity import current_process
from assetbook.surfaces.daemon_hands import LocationHands
from assetbook.surfaces.warm_locations import WarmLocations

MINUTE = timedelta(minutes=1)
LOOKS = 60  # a minute of them
TICKS = 10_000
CELLS = (
    "%load_ext assetbook\nfrom assetbook import *",
    "import time\nimport pandas as pd",
    "@asset\ndef one():\n    return time.time()",
    '%schedule every "* * * * *" one',
    "@schedule(cron_schedule='* * * * *', target='one')\ndef asks():\n    return RunRequest()",
)


class _NoHands:
    """Has nothing to evaluate, and starts nothing."""

    def evaluate(self, known: object, at: object) -> TickAnswer:
        return TickAnswer()

    def launch(self, request: object, launch: Launch) -> str:
        return ""

    def abandon(self) -> None:
        """Nothing is asked."""


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


def looked_at(folder: Path, schedules: int) -> Answer:
    """What a minute of looks at so many schedules takes, each due once an hour."""
    instance, clock, daemon = _opened(folder, schedules, lambda number: f"{number % 60} * * * *")
    with Stopwatch() as watch:
        for _ in range(LOOKS):
            clock.advance(1)
            daemon.step()
    instance.close()
    return watch.answer()


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
    instance = _project(folder)
    daemon = _program(folder, "daemon", "run")
    try:
        _until(lambda: instance.own.lease() is not None)
        time.sleep(10)  # its spare processes have imported what they need
        turned(instance.own, _known(instance, "every"), instance.clock.now() - MINUTE, on=True)
        _until(lambda: bool(instance.versions("one")))
        tick = instance.own.ticks()[-1]
        assert tick.ended_at is not None
        return float(instance.value("one@1")) - tick.ended_at.timestamp()
    finally:
        daemon.terminate()
        daemon.wait()
        instance.close()


def asked(folder: Path) -> float:
    """Seconds that a schedule's function takes to be asked, where its location is loaded."""
    instance, locations, spent = _project(folder), WarmLocations(), []
    hands, known = LocationHands(instance, calling=locations), _known(instance, "asks")
    for _ in range(10):
        with Stopwatch() as watch:
            answer = hands.evaluate(known, instance.clock.now())
        assert len(answer.launches) == 1
        spent.append(watch.wall)
    locations.close()
    instance.close()
    return median(spent[1:])


def _project(folder: Path) -> Instance:
    """The store of a notebook that was loaded there."""
    (folder / "pyproject.toml").touch()
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(each) for each in CELLS])
    nbformat.write(notebook, folder / "shop.ipynb")
    _program(folder, "plan", "shop.ipynb").wait()
    return Instance.get(folder)


def _known(instance: Instance, name: str) -> KnownSchedule:
    return next(each for each in known_schedules(instance) if each.record.name == name)


def _program(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "assetbook", *words]
    environment = environment_of(ours(1))
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, env=environment)


def _until(ready: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not ready():
        if time.monotonic() > until:
            raise TimeoutError("it never came")
        time.sleep(0.01)


def measure(schedules: int, rounds: int) -> list[Row]:
    """Rows for so many schedules, and for ticks of a few."""
    script = "peer_dagster_ticks.py"
    with scratch_folder() as folder:
        looks = [looked_at(folder / f"{number}", schedules)["cpu"] for number in range(rounds)]
    first = []
    for _ in range(rounds):
        with scratch_folder() as folder:
            first.append(to_first_step(folder))
    with scratch_folder() as folder:
        drain = drained(folder)
    with scratch_folder() as folder:
        question = asked(folder)
    theirs = of_dagster(script, "looked", schedules)["cpu"]
    work = f"a minute of {schedules:,} schedules, each due once an hour, CPU"
    beside = of_dagster(script, "first_step", 1)["wall"]
    return [
        Row(work, {"assetbook": median(looks), "Dagster": theirs}, "s", "≤ 12 s"),
        Row("10,000 ticks that came due meanwhile, drained", {"assetbook": drain}, "s", "≤ 60 s"),
        Row("ask a schedule's function", {"assetbook": question}, "ms"),
        Row(
            "from a tick to the first step of its run",
            {"assetbook": median(first), "Dagster": beside},
            "s",
            "≤ 0.5 s",
        ),
    ]


if __name__ == "__main__":
    run_alone(measure, assets=1_000, rounds=3)
