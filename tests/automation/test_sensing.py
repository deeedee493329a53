"""Sensors that are asked together, and what becomes of them where one ends their process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from tests.automation.stored_schedules import SHOP, RecordingHands

from assetbook.automation.firing import Daemon
from assetbook.automation.known_sensors import KnownSensor, known_sensors
from assetbook.automation.leaving import NotTogether
from assetbook.automation.sensor_tick import SensorAnswer, failed_answer
from assetbook.clock import ManualClock
from assetbook.instance.asset_record import Snapshot
from assetbook.instance.instance import Instance
from assetbook.instance.sensor_record import SensorRecord
from assetbook.instance.snapshots import remember
from assetbook.storage.process_identity import current_process


@dataclass
class SensorHands(RecordingHands):
    """One of its sensors hangs, until it does not."""

    hangs: bool = True
    asked: list[set[str]] = field(default_factory=list)

    def evaluate_sensors(self, group: Sequence[KnownSensor]) -> Mapping[str, SensorAnswer]:
        names = {each.record.name for each in group}
        self.asked.append(names)
        if self.hangs and "hangs" in names and len(names) > 1:
            raise NotTogether
        error = "it took longer than 60 s" if self.hangs else ""
        said = {name: error if name == "hangs" else "" for name in names}
        return {name: failed_answer(each, None) for name, each in said.items()}


@pytest.fixture
def instance() -> Iterator[Instance]:
    opened = Instance.ephemeral(ManualClock(datetime(2026, 3, 1, tzinfo=UTC)))
    records = tuple(SensorRecord(name=each, seconds=30, on=True) for each in ("a", "b", "hangs"))
    remember(opened, Snapshot(location=SHOP, at=opened.clock.now(), sensors=records), {})
    yield opened
    opened.close()


def looked(daemon: Daemon) -> None:
    """One look, and what was due with it."""
    daemon.step()
    while daemon.is_busy:
        daemon.step()


def test_one_that_hangs_is_asked_by_itself_from_then_on(instance: Instance) -> None:
    hands, clock = SensorHands(instance), instance.clock
    assert isinstance(clock, ManualClock)
    daemon = Daemon(instance, hands)
    daemon.hold(instance.own.acquire_lease(current_process()))
    looked(daemon)
    daemon.step()
    looked(daemon)
    assert hands.asked[0] == {"a", "b", "hangs"}
    assert sorted(map(sorted, hands.asked[1:])) == [["a"], ["b"], ["hangs"]]
    stands = {each.record.name: each.state.evaluated_at for each in known_sensors(instance)}
    assert None not in stands.values()
    hands.asked.clear()
    clock.advance(31)
    looked(daemon)
    assert sorted(map(sorted, hands.asked)) == [["a", "b"], ["hangs"]]
    hands.hangs = False
    hands.asked.clear()
    for _ in range(2):
        clock.advance(31)
        looked(daemon)
    assert hands.asked[-1] == {"a", "b", "hangs"}
