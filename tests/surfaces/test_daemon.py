"""``daemon`` in processes of its own: ticks, their functions, and runs that outlive it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from socket import socketpair

import pytest
from tests.surfaces.gated import environment, until
from tests.surfaces.shell import program, saved

from assetbook.automation.known_schedules import KnownSchedule, known_schedules, turned
from assetbook.automation.leaving import LeftToAnother
from assetbook.instance.instance import Instance
from assetbook.storage.automations import Tick
from assetbook.surfaces.daemon_hands import LocationHands
from assetbook.surfaces.warm_locations import WarmLocations

CELLS = (
    "%load_ext assetbook\nfrom assetbook import *",
    "import os, pathlib, subprocess, time\nimport numpy",
    "@asset\ndef one():\n    return 1",
    "@asset\ndef gated():\n    pathlib.Path('begun').touch()\n"
    "    while not pathlib.Path('open').exists():\n        time.sleep(0.01)\n    return 2",
    "@schedule(cron_schedule='* * * * *', target='one')\ndef raises(context):\n"
    "    context.log.info('looking')\n    raise ValueError('no luck')",
    "@schedule(cron_schedule='* * * * *', target='one')\ndef exits(context):\n    os._exit(3)",
    "@schedule(cron_schedule='* * * * *', target='one')\ndef hangs(context):\n"
    "    child = subprocess.Popen(['sleep', '600'])\n"
    "    pathlib.Path('child').write_text(str(child.pid))\n    child.wait()",
    "@schedule(cron_schedule='* * * * *', target='one')\ndef grows(context):\n"
    "    kept = []\n    while True:\n        kept.append(numpy.empty(2**28))",
    "@schedule(cron_schedule='* * * * *', target='one')\ndef skips(context):\n"
    "    return SkipReason(f'not at {context.scheduled_execution_time:%H:%M}')",
    "@schedule(cron_schedule='* * * * *', target='one')\ndef asks(context):\n"
    "    return RunRequest(run_key='k', tags={'team': 'a'})",
    "@schedule(cron_schedule='* * * * *', target='one')\ndef checks(context):\n"
    "    return RunRequest(asset_check_keys=[])",
    '%schedule plain "* * * * *" one',
    '%schedule waits "* * * * *" gated',
)


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose notebook has been loaded."""
    folder = tmp_path_factory.mktemp("planned")
    saved(folder, *CELLS, name="shop.ipynb")
    made = program(folder, "plan", "shop.ipynb")
    assert made.returncode == 0, made.stderr
    return folder


@pytest.fixture
def project(planned: Path, tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "project"
    shutil.copytree(planned, folder)
    yield folder
    (folder / "open").touch()
    Instance.get(folder).close()


@pytest.fixture
def instance(project: Path, monkeypatch: pytest.MonkeyPatch) -> Instance:
    monkeypatch.delenv("ASSETBOOK_STORE", raising=False)
    return Instance.get(project)


def known(instance: Instance, name: str) -> KnownSchedule:
    (found,) = [each for each in known_schedules(instance) if each.record.name == name]
    return found


def turn_on(instance: Instance, *names: str) -> None:
    """As of a minute ago, so that one tick is due at once."""
    for name in names:
        since = instance.clock.now() - timedelta(minutes=1)
        turned(instance.own, known(instance, name), since, on=True)


@contextmanager
def daemon(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "assetbook", "daemon", "run"],
        cwd=folder,
        env=environment(),
        stdout=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        assert process.wait(60) in (0, -signal.SIGKILL)


@pytest.fixture(scope="module")
def warm() -> Iterator[WarmLocations]:
    locations = WarmLocations()
    yield locations
    locations.close()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("raises", "ValueError: no luck"),
        ("exits", "its process ended with 3 and without an answer"),
        ("grows", "MemoryError"),
        ("checks", "the asset_check_keys= of its RunRequest are empty"),
    ],
)
def test_a_function_that_fails_is_told(
    instance: Instance, warm: WarmLocations, name: str, said: str
) -> None:
    hands = LocationHands(instance, calling=warm)
    answer = hands.evaluate(known(instance, name), instance.clock.now())
    assert said in answer.error
    assert answer.launches == ()
    assert answer.logs == ("INFO looking" if name == "raises" else "")


def test_one_warm_process_outlives_what_ends_those_forked_from_it(
    instance: Instance, warm: WarmLocations
) -> None:
    hands = LocationHands(instance, 4.0, calling=warm)
    asked = [
        hands.evaluate(known(instance, name), instance.clock.now())
        for name in ("exits", "hangs", "asks")
    ]
    assert "its process ended with 3 and without an answer" in asked[0].error
    assert asked[1].error == "it took longer than 4 s, and was ended"
    child = Path("/proc", (instance.root / "child").read_text(), "stat")  # ended with it
    until(lambda: not child.exists() or child.read_text().rpartition(")")[2].split()[0] == "Z")
    assert (asked[2].error, len(asked[2].launches)) == ("", 1)
    assert len(warm.processes) == 1


def test_whom_nobody_waits_for_any_more_is_ended(instance: Instance, warm: WarmLocations) -> None:
    hands, left = LocationHands(instance, calling=warm), []

    def ask() -> None:
        with pytest.raises(LeftToAnother):
            hands.evaluate(known(instance, "hangs"), instance.clock.now())
        left.append(True)

    (instance.root / "child").unlink(missing_ok=True)
    waiting = threading.Thread(target=ask)
    waiting.start()
    until(lambda: (instance.root / "child").exists())
    hands.abandon()
    waiting.join(10)
    assert left == [True]
    with pytest.raises(LeftToAnother):
        hands.evaluate(known(instance, "asks"), instance.clock.now())


def test_a_warm_process_that_was_killed_is_replaced(
    instance: Instance, warm: WarmLocations
) -> None:
    hands = LocationHands(instance, calling=warm)
    hands.evaluate(known(instance, "asks"), instance.clock.now())
    (process,) = warm.processes
    process.kill()
    process.wait()
    assert not hands.evaluate(known(instance, "asks"), instance.clock.now()).error
    assert process not in warm.processes


def test_a_warm_process_ends_with_who_asks() -> None:
    ours, theirs = socketpair()
    command = [sys.executable, "-m", "assetbook.surfaces.warm_process", str(theirs.fileno())]
    process = subprocess.Popen(command, pass_fds=(theirs.fileno(),))
    theirs.close()
    ours.close()
    assert process.wait(30) == 0


def first_tick(instance: Instance, name: str) -> Tick:
    found: list[Tick] = []

    def is_there() -> bool:
        found[:] = instance.own.ticks(f"shop.ipynb:{name}")[-1:]
        return bool(found)

    until(is_there)
    return found[0]


def test_it_fires_what_is_due_and_says_what_became_of_it(project: Path, instance: Instance) -> None:
    turn_on(instance, "plain", "skips", "asks")
    with daemon(project):
        plain = first_tick(instance, "plain")
        until(lambda: [each.status for each in instance.store.runs(beginning=plain.run_ids[0])])
        skipped, asked = first_tick(instance, "skips"), first_tick(instance, "asks")
        until(lambda: not instance.own.requests(states=["waiting"]))
    assert (skipped.status, skipped.message) == ("skipped", f"not at {skipped.at:%H:%M}")
    (run,) = instance.store.runs(beginning=plain.run_ids[0])
    assert (run.status, run.origin.kind) == ("success", "schedule")
    assert run.tags == {"dagster/schedule_name": "plain"}
    assert instance.value("one") == 1
    asking = [each.request.run_id for each in instance.own.requests("shop.ipynb:asks")]
    assert asked.run_ids[0] in asking  # another minute may have come
    told = program(project, "schedules", "show", "asks").stdout
    assert "all fresh: nothing ran" in told or "success" in told


def test_a_location_that_is_gone_refuses_its_runs(project: Path, instance: Instance) -> None:
    turn_on(instance, "plain")
    (project / "shop.ipynb").unlink()
    with daemon(project):
        first_tick(instance, "plain")
        until(lambda: instance.own.requests(states=["refused"]))
    told = program(project, "schedules", "show", "plain").stdout
    assert "refused: the location shop.ipynb: its file is gone" in told


def test_a_run_outlives_the_daemon_and_another_one_takes_over(
    project: Path, instance: Instance
) -> None:
    turn_on(instance, "waits")
    with daemon(project) as first:
        until((project / "begun").exists)
        run_id = first_tick(instance, "waits").run_ids[0]
        until(lambda: not instance.own.requests(states=["waiting"]))
        with daemon(project) as second:
            first.send_signal(signal.SIGKILL)
            first.wait()
            began = instance.clock.monotonic()
            until(lambda: (held := instance.own.lease()) and held.holder.pid == second.pid)
            assert instance.clock.monotonic() - began < 15  # what is promised
            (run,) = instance.store.runs(beginning=run_id)
            assert run.status == "started"
            (project / "open").touch()
            until(lambda: instance.store.runs(beginning=run_id)[0].status == "success")
    assert instance.own.lease() is None  # it was given back


def test_start_status_and_stop(project: Path, instance: Instance) -> None:
    assert "no daemon runs this store" in program(project, "daemon").stdout
    started = program(project, "daemon", "start").stdout
    assert "the daemon runs: process" in started
    lease = instance.own.lease()
    assert lease is not None
    assert os.getsid(lease.holder.pid) == lease.holder.pid  # no terminal's end reaches it
    assert "the daemon runs: process" in program(project, "daemon", "start").stdout
    assert instance.own.lease().token == lease.token  # type: ignore[union-attr]
    assert "0 of 9 schedules are on" in program(project, "daemon", "status").stdout
    assert "the daemon has ended" in program(project, "daemon", "stop").stdout
    assert instance.own.lease() is None


PARTS = (
    "%%asset part --partitions static:a,b,c --ignore fragile\n"
    "if context.partition_key == 'b' and fragile:\n    raise ValueError('no')\n"
    "context.partition_key"
)


def test_a_detached_backfill_is_run_by_the_daemon(tmp_path: Path) -> None:
    saved(tmp_path, CELLS[0], "import pathlib\nfragile = pathlib.Path('fragile').exists()", PARTS)
    (tmp_path / "fragile").touch()
    asked = program(tmp_path, "backfill", "numbers.ipynb", "part", "a..c", "--detach")
    assert asked.returncode == 0, asked.stderr
    assert "requested: 0 of 3 runs done" in asked.stdout
    instance = Instance.get(tmp_path)
    with daemon(tmp_path):
        until(lambda: instance.own.backfills()[0].status not in ("requested", "running"))
        (tmp_path / "fragile").unlink()
        (made,) = instance.own.backfills()
        assert made.status == "failed"
        assert "requested" in program(tmp_path, "backfills", "retry", made.id).stdout
        until(lambda: instance.own.backfills()[0].status == "success")
    assert instance.value("part", partition="b") == "b"
    instance.close()
