"""Runs of partitions that are done again, and what snapshots know of partitions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.instance.making import make

from assetbook.clock import ManualClock
from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.partitions import (
    AllPartitionMapping,
    BackfillPolicy,
    DailyPartitionsDefinition,
    DimensionPartitionMapping,
    IdentityPartitionMapping,
    LastPartitionMapping,
    MultiPartitionMapping,
    MultiPartitionsDefinition,
    MultiToSingleDimensionPartitionMapping,
    PartitionMapping,
    SpecificPartitionsPartitionMapping,
    StaticPartitionMapping,
    StaticPartitionsDefinition,
    TimeWindowPartitionMapping,
)
from assetbook.definitions.partitions.mapping_data import mapping_data, mapping_from
from assetbook.definitions.ports import AssetIn
from assetbook.events.run_events import RunStarted
from assetbook.instance.asked import Options
from assetbook.instance.former_runs import former_run
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import load
from assetbook.instance.partitions_asked import PartitionsAsked
from assetbook.instance.re_planning import plan_re_execution
from assetbook.instance.remembered import remembered_standing
from assetbook.instance.remembered_plan import plan_remembered
from assetbook.instance.snapshots import remember, snapshot_of
from assetbook.instance.states import standing
from assetbook.keys import AssetKey

DAYS = DailyPartitionsDefinition("2026-01-01")
BROKEN = {"2026-01-02"}


@asset(partitions_def=DAYS)
def read() -> int:
    return 1


@asset(partitions_def=DAYS, ignore={"BROKEN"})
def fragile(context, read) -> str:  # type: ignore[no-untyped-def]
    if context.partition_key in BROKEN:
        raise ValueError("no")
    return str(context.partition_key)


@asset(partitions_def=DAYS, backfill_policy=BackfillPolicy.multi_run(2))
def batch(context, fragile) -> dict[str, int]:  # type: ignore[no-untyped-def]
    return dict.fromkeys(context.partition_keys, 1)


@asset(ins={"batch": AssetIn(partition_mapping=LastPartitionMapping())})
def newest(batch: int) -> int:
    return batch


ALL = (read, fragile, batch, newest)


@pytest.fixture
def store() -> Instance:
    return Instance.ephemeral(clock=ManualClock(datetime(2026, 1, 5, 12, tzinfo=UTC)))


def asked(keys: str) -> Options:
    return Options(partitions=PartitionsAsked(keys))


def test_from_failure_tries_the_failed_partition_and_what_follows_it(store: Instance) -> None:
    made = make(store, *ALL, selection="batch", options=asked("all"), raise_on_error=False)
    former = former_run(store, str(made.run_id), "retry")
    loaded = load(ALL, store)
    plan, _ = plan_re_execution(store, loaded, former, "from_failure")
    assert [step.name for step in plan] == [
        "fragile[2026-01-02]",
        "batch[2026-01-01..2026-01-02]",
    ]
    every, _ = plan_re_execution(store, loaded, former, "all")
    assert len(every.steps) == 4 + 4 + 2
    chosen, _ = plan_re_execution(store, loaded, former, "selection", "read")
    assert [step.name for step in chosen] == [f"read[2026-01-0{day}]" for day in range(1, 5)]


def test_a_run_keeps_the_partitions_of_its_steps(store: Instance) -> None:
    made = make(store, read, options=asked("2026-01-01..2026-01-02"))
    [started] = store.events(run_id=made.run_id, kinds=[RunStarted])
    assert isinstance(started.event, RunStarted)
    assert started.event.keys == ("read",)
    assert started.event.request is not None
    assert started.event.request.partitions == {
        "read[2026-01-01]": ("2026-01-01",),
        "read[2026-01-02]": ("2026-01-02",),
    }


def test_what_is_remembered_of_partitions_plans_as_the_code_does(store: Instance) -> None:
    make(store, read, options=asked("2026-01-01"))
    loaded = load(ALL, store)
    now = standing(store, loaded)
    remember(store, *snapshot_of(loaded, now, store.clock.now()))
    then, _ = remembered_standing(store)
    assert then.states[AssetKey("read")].reasons == now.states[AssetKey("read")].reasons
    assert then.graph.specs[AssetKey("batch")].partitions_def == DAYS
    plan, _, _ = plan_remembered(store, "newest", Options())
    assert [step.name for step in plan] == [
        "read[2026-01-04]",
        "fragile[2026-01-04]",
        "batch[2026-01-04]",
        "newest",
    ]


@pytest.mark.parametrize(
    "mapping",
    [
        AllPartitionMapping(),
        IdentityPartitionMapping(),
        LastPartitionMapping(),
        SpecificPartitionsPartitionMapping(["a", "b"]),
        StaticPartitionMapping({"a": "x", "b": {"x", "y"}}),
        TimeWindowPartitionMapping(-1, 0, allow_nonexistent_upstream_partitions=True),
        MultiToSingleDimensionPartitionMapping("day", TimeWindowPartitionMapping()),
        MultiPartitionMapping({"a": DimensionPartitionMapping("b", AllPartitionMapping())}),
    ],
)
def test_mappings_come_back_from_their_data(mapping: PartitionMapping) -> None:
    found = mapping_from(mapping_data(mapping))
    assert type(found) is type(mapping)
    assert mapping_data(found) == mapping_data(mapping)


def test_partitions_come_back_from_their_data() -> None:
    from assetbook.definitions.partitions.data import from_data

    several = MultiPartitionsDefinition(
        {"day": DAYS, "kind": StaticPartitionsDefinition(["a", "b"])}
    )
    assert from_data(several.to_data()) == several
