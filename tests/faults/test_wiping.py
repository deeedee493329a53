"""A wipe is killed at each of its instants: nothing is damaged, and doing it again completes it."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from tests.faults.crash_points import CrashPoint
from tests.faults.verification import Acknowledged
from tests.faults.warm_worker import Order, WarmWorker
from tests.faults.wiper import ASSETS, POINTS
from tests.faults.worker import open_store, run_number

from assetbook.instance.instance import Instance
from assetbook.instance.materializing import origin_of
from assetbook.instance.verifying import verify
from assetbook.instance.wiping import plan_wipes, unfinished_wipes, wipe
from assetbook.keys import AssetKey


def filled(project: Path, worker: WarmWorker) -> list[bytes]:
    """The secrets of two runs: numbers that stand in their values alone."""
    lines = project / "lines"
    assert worker.run(Order(str(project), str(lines), 2, rows=500)) == 0
    runs = Acknowledged.read(lines).ended
    lines.unlink()
    return [str(run_number(run)).encode() for run in runs]


def killed(project: Path, worker: WarmWorker, point: CrashPoint, how: str) -> int:
    order = Order(str(project), str(project / "said"), crash=point.name, wipe=how)
    return worker.run(order)


def traces(project: Path, secrets: list[bytes]) -> list[str]:
    files = [each for each in (project / ".assetbook").rglob("*") if each.is_file()]
    return [
        each.name
        for each in files
        if each.suffix == ".parquet" or any(secret in each.read_bytes() for secret in secrets)
    ]


def wiped(instance: Instance) -> set[bool]:
    return {
        version.event.wiped_at is not None for name in ASSETS for version in instance.versions(name)
    }


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.name)
def test_a_killed_wipe_is_all_or_nothing_and_can_be_completed(
    project: Path, worker: WarmWorker, point: CrashPoint
) -> None:
    secrets = filled(project, worker)
    assert traces(project, secrets)
    assert killed(project, worker, point, "assetbook") == -signal.SIGKILL
    instance = open_store(project)
    assert verify(instance).is_whole
    assert wiped(instance) == {point.committed}
    assert len(unfinished_wipes(instance)) == (3 if point.committed else 0)
    plans = plan_wipes(instance, {AssetKey(name): None for name in ASSETS})
    assert not any(plan.is_empty for plan in plans)
    wipe(instance, plans, origin_of("cli"))
    assert (traces(project, secrets), unfinished_wipes(instance)) == ([], [])
    assert verify(instance).is_whole
    instance.close()


def test_removing_files_first_damages_versions(project: Path, worker: WarmWorker) -> None:
    filled(project, worker)
    assert killed(project, worker, POINTS[0], "naive") == -signal.SIGKILL
    instance = open_store(project)
    damaged = {f"{each.key}@{each.number}" for each in verify(instance).damaged}
    assert damaged == {"orders@1", "orders@2"}
    instance.close()
