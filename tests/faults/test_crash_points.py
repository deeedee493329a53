"""One kill at each named instant between an asset's start and its commit, and past it."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from tests.faults.crash_points import POINTS, CrashPoint
from tests.faults.naive_protocols import IN_PLACE
from tests.faults.verification import Witness
from tests.faults.warm_worker import Order, WarmWorker
from tests.faults.worker import open_store


@pytest.fixture
def order(project: Path, tmp_path: Path) -> Order:
    return Order(str(project), str(tmp_path / "lines"))


def crashing(order: Order, name: str, protocol: str = "assetbook") -> Order:
    return Order(order.project, order.lines, protocol=protocol, crash=name)


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.name)
def test_a_kill_there_loses_nothing(
    worker: WarmWorker, project: Path, order: Order, point: CrashPoint
) -> None:
    lines, witness = Path(order.lines), Witness(project)
    assert worker.run(order) == 0
    assert witness.look(lines) == []

    assert worker.run(crashing(order, point.name)) == -signal.SIGKILL
    assert witness.look(lines, whole=True) == []
    instance = open_store(project)
    assert len(instance.versions("orders")) == 1 + point.committed
    runs = instance.runs()
    instance.close()
    assert [run.status for run in runs[:-1]] == [point.status] * bool(point.status)
    if point.status == "failed":
        assert runs[0].message.startswith("process ")
        assert runs[0].message.endswith(" died while it ran")

    assert worker.run(order) == 0
    assert witness.look(lines, whole=True) == []


@pytest.mark.parametrize("protocol", IN_PLACE)
def test_a_kill_half_way_catches_a_naive_protocol(
    worker: WarmWorker, project: Path, order: Order, protocol: str
) -> None:
    witness = Witness(project, latest_only=True)
    assert worker.run(Order(order.project, order.lines, protocol=protocol)) == 0
    assert witness.look() == []
    crash = crashing(order, "half way in the temporary file", protocol)
    assert worker.run(crash) == -signal.SIGKILL
    assert any("no readable value" in wrong for wrong in witness.look())
