"""assetbook as a contestant at partitions."""

from __future__ import annotations

from datetime import UTC, datetime

from task import Answer, Stopwatch, Task, perform

from assetbook import (
    DailyPartitionsDefinition,
    HourlyPartitionsDefinition,
    Instance,
    StaticPartitionsDefinition,
    asset,
)
from assetbook.events.asset_events import AssetMaterialized
from assetbook.events.parts import CodeRef
from assetbook.instance.asked import Options, plan_for
from assetbook.instance.backfilling import (
    BackfillPolicySaid,
    BackfillRun,
    ChunkWork,
    add_backfill,
)
from assetbook.instance.loaded import load
from assetbook.instance.materializing import materialize_definitions
from assetbook.instance.partitions_asked import PartitionsAsked
from assetbook.instance.states import standing
from assetbook.planning.backfill_plan import chunks_of

PARTITIONS = 100


def one_partition(task: Task) -> Answer:
    """Runs of one partition each, into a store; the first one, which loads, is not counted."""
    made = _numbered(task.assets + 1)
    instance = Instance.open(task.folder / "store")
    _make(instance, made, "0")
    with Stopwatch() as watch:
        for number in range(task.assets):
            _make(instance, made, str(number + 1))
    return watch.answer()


def backfill(task: Task) -> Answer:
    """A backfill of so many partitions, a run each."""
    made = _numbered(task.assets)
    instance = Instance.open(task.folder / "store")
    with Stopwatch() as watch:
        loaded = load([made], instance)
        plan, now = plan_for(instance, loaded, "numbered", _asked("all"))
        chunks = chunks_of(plan, now.graph)
        begun = add_backfill(
            instance, plan.asked, chunks, BackfillPolicySaid(), by="benchmark", force=False
        )

        def run(work: ChunkWork) -> bool:
            [keys] = work.partitions.values()
            return _make(instance, made, ",".join(keys))

        ended = BackfillRun(instance, begun.id, run).go()
    if ended.status != "success" or len(chunks) != task.assets:
        raise RuntimeError(repr(ended))
    return watch.answer()


def status(task: Task) -> Answer:
    """How so many assets stand, of a hundred partitions each, all of them fresh."""
    days = DailyPartitionsDefinition("2025-01-01", end_date="2025-04-11")
    made = [asset(name=f"a_{number}", partitions_def=days)(_one) for number in range(task.assets)]
    instance = Instance.open(task.folder / "store")
    loaded = load(made, instance)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    for key in days.get_partition_keys(now):
        instance.store.commit(
            [
                AssetMaterialized(
                    at=now,
                    run_id="a1b2c3d4e5f6",
                    key=each.keys[0].text,
                    partition=key,
                    data_version="xxh3_128/1:0",
                    code=CodeRef(digest=loaded.provenance.code_of(each).digest),
                )
                for each in made
            ]
        )
    with Stopwatch() as watch:
        found = standing(instance, loaded)
    states = {each.state for each in found.states.values()}
    count = sum(len(each.states) for each in found.partitions.values())
    if states != {"fresh"} or count != PARTITIONS * task.assets:
        raise RuntimeError(repr(states))
    return watch.answer()


def listing(task: Task) -> Answer:
    """The keys of so many hours, listed for the first time."""
    hours = HourlyPartitionsDefinition("2010-01-01-00:00", timezone="Europe/Berlin")
    with Stopwatch() as watch:
        keys = hours.get_partition_keys(datetime(2021, 6, 1, tzinfo=UTC))
    if len(keys) < task.assets:
        raise RuntimeError(f"{len(keys)} keys")
    return watch.answer()


def _one() -> int:
    return 1


def _numbered(partitions: int):  # type: ignore[no-untyped-def]
    keys = StaticPartitionsDefinition([str(number) for number in range(partitions)])
    return asset(name="numbered", partitions_def=keys)(_one)


def _asked(keys: str) -> Options:
    return Options(partitions=PartitionsAsked(keys))


def _make(instance: Instance, made: object, keys: str) -> bool:
    return materialize_definitions([made], instance=instance, options=_asked(keys)).success


if __name__ == "__main__":
    perform(
        {"one_partition": one_partition, "backfill": backfill, "status": status, "listing": listing}
    )
