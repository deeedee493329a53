"""Whatever happens: what runs is never requested, and nothing twice without a new cause."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.automation.conditions.evaluating import Evaluated

from assetbook.automation.conditions.instance_view import InstanceView
from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.automation import AutomationCondition as When
from assetbook.definitions.partitions import DailyPartitionsDefinition
from assetbook.keys import AssetKey, RunId

DAYS = DailyPartitionsDefinition("2026-01-18")
_Node = AssetKey


def some_assets() -> list[Any]:
    """Three conditions, with and without partitions, on and below what has none."""

    @asset
    def source() -> int:
        return 1

    @asset(partitions_def=DAYS)
    def days() -> int:
        return 1

    @asset(automation_condition=When.eager())
    def eager(source: int) -> int:
        return source

    @asset(automation_condition=When.eager())
    def below(eager: int, hourly: int) -> int:
        return eager

    @asset(automation_condition=When.on_cron("0 * * * *"))
    def hourly(source: int) -> int:
        return source

    @asset(partitions_def=DAYS, automation_condition=When.eager())
    def eager_day(days: int) -> int:
        return days

    @asset(partitions_def=DAYS, automation_condition=When.on_missing())
    def missing_day(days: int) -> int:
        return days

    return [source, days, eager, below, hourly, eager_day, missing_day]


class Machine(RuleBasedStateMachine):
    """Runs come and go, parents are updated, hours pass; after each step, what was requested is
    held against what runs and what has happened since it was requested last."""

    def __init__(self) -> None:
        super().__init__()
        self.world = Evaluated(*some_assets(), start=datetime(2026, 1, 20, 22, 10, tzinfo=UTC))
        self.runs: dict[RunId, list[_Node]] = {}
        self.wanted: list[_Node] = []
        self.caused: dict[_Node, int] = defaultdict(int)
        """How many causes came for each node."""
        self.requested_at: dict[_Node, int] = {}
        self.happened = 0
        self.world.again()

    # -- what happens

    @rule(key=st.sampled_from(["source", "days", "hourly"]), back=st.integers(1, 2))
    def a_parent_is_updated(self, key: str, back: int) -> None:
        node = AssetKey(key)
        if key == "days":
            node = node.at(DAYS.keys_at(self.world.clock.now())[-back])
        self.world.updated(key, node.partition)
        self.cause_by(node)

    @rule(hours=st.sampled_from([0.2, 1, 3]))
    def time_passes(self, hours: float) -> None:
        before = self.world.clock.now()
        self.world.clock.advance(hours * 3600)
        after = self.world.clock.now()
        if before.replace(minute=0) != after.replace(minute=0):
            self.cause(AssetKey("hourly"))
        if before.date() != after.date():
            day = DAYS.keys_at(after)[-1]
            self.cause(AssetKey("eager_day").at(day))
            self.cause(AssetKey("missing_day").at(day))

    @precondition(lambda self: self.wanted)
    @rule(data=st.data())
    def a_request_is_launched(self, data: st.DataObject) -> None:
        node = self.wanted.pop(data.draw(st.integers(0, len(self.wanted) - 1)))
        self.runs[self.world.started(str(node))] = [node]

    @rule(key=st.sampled_from(["eager", "hourly", "below"]))
    def somebody_runs_one(self, key: str) -> None:
        node = AssetKey(key)
        self.runs[self.world.started(str(node))] = [node]

    @precondition(lambda self: self.runs)
    @rule(data=st.data(), well=st.booleans())
    def a_run_ends(self, data: st.DataObject, well: bool) -> None:
        run_id = list(self.runs)[data.draw(st.integers(0, len(self.runs) - 1))]
        for node in self.runs.pop(run_id):
            if well:
                self.world.made(run_id, node)
                self.cause_by(node)
            else:
                self.world.failed(run_id, node)
        self.world.ended(run_id, "success" if well else "failed")

    def cause(self, node: _Node) -> None:
        self.caused[node] += 1

    def cause_by(self, node: _Node) -> None:
        """An update is a cause for what reads it."""
        below = {
            "source": ["eager", "hourly"],
            "eager": ["below"],
            "hourly": ["below"],
            "days": ["eager_day", "missing_day"],
        }
        for each in below.get(str(node.asset), []):
            self.cause(AssetKey(each).at(node.partition))

    # -- what holds

    @invariant()
    def what_is_requested_has_a_cause_and_does_not_run(self) -> None:
        running = {node for nodes in self.runs.values() for node in nodes}
        requested = {
            AssetKey(key).at(each) for key, some in self.world.again().items() for each in some
        }
        assert requested.isdisjoint(running)
        for node in sorted(requested, key=lambda each: str(each) == "below"):
            count = self.caused[node] + sum(
                1 for each in requested if str(node) == "below" and str(each) != "below"
            )
            assert count > self.requested_at.get(node, 0), f"{node} twice without a cause"
        for node in sorted(requested):
            self.requested_at[node] = self.caused[node]
            self.wanted = [*self.wanted, node]

    def teardown(self) -> None:
        self.world.close()


SETTINGS = settings(
    max_examples=15,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)

UNSHRUNK = settings(SETTINGS, phases=[Phase.generate])


def test_what_runs_is_never_requested_and_nothing_twice_without_a_cause() -> None:
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(Machine, settings=SETTINGS)


def test_the_control_that_sees_no_runs_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    monkeypatch.setattr(InstanceView, "running", lambda self, entity: frozenset())
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Machine, settings=UNSHRUNK)


def test_the_control_that_forgets_what_it_requested_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    from assetbook.automation.conditions.scope import Evaluating

    monkeypatch.setattr(Evaluating, "requested_before", lambda self, entity: frozenset())
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Machine, settings=UNSHRUNK)
