"""Where many partitions stand, and what a tick and a backfill's chunks cost, in wall time.

Partitions are counted for all of the assets: a hundred each.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from measuring import PACKAGE, scratch_folder
from table import Row, run_alone
from task import Stopwatch

sys.path.insert(0, str(PACKAGE))

from assetbook import AssetIn, Instance, asset
from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.partitions import PartitionsDefinition, StaticPartitionsDefinition
from assetbook.dependencies.asset_state import Defined
from assetbook.events.asset_events import AssetMaterialized
from assetbook.events.parts import CodeRef, InputVersion, ValueRef
from assetbook.instance.loaded import Loaded, load
from assetbook.instance.partition_standing import every_partition
from assetbook.instance.standing import Standing
from assetbook.instance.states import standing
from assetbook.keys import new_run_id
from assetbook.storage.automations import LaunchRequest, Tick
from assetbook.storage.backfill_records import Backfill
from assetbook.storage.process_identity import current_process
from assetbook.storage.sqlite_store import SqliteStore

PARTITIONS = 100
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def measure(assets: int, rounds: int) -> list[Row]:
    """Rows for so many assets of a hundred partitions each."""
    with scratch_folder() as folder:
        store = SqliteStore(Path(folder) / "assetbook.db")
        _fill(store, assets)
        every = f"all {assets * PARTITIONS:,} partitions"
        rows = [
            _row(f"what made {every}", store.made_of_partitions, rounds, "≤ 150 ms"),
            _row(f"the latest versions of {every}", store.latest_of_partitions, rounds),
            _row(f"the counts of {every}", store.partition_counts, rounds),
            *_standing(Path(folder) / "standing", assets, rounds),
            *_ticks(store, rounds),
            *_chunks(store, assets * PARTITIONS, rounds),
        ]
        store.close()
    return rows


def _row(work: str, ask: Callable[[], object], rounds: int, aim: str = "") -> Row:
    spent = []
    for _ in range(rounds):
        with Stopwatch() as watch:
            ask()
        spent.append(watch.wall)
    return Row(work, {"assetbook": median(spent)}, "ms", aim)


def _fill(store: SqliteStore, assets: int) -> None:
    for day in range(PARTITIONS):
        store.commit([_made(f"mart/asset_{number}", day) for number in range(assets)])


def _made(key: str, day: int) -> AssetMaterialized:
    return AssetMaterialized(
        at=NOON,
        run_id="a1b2c3d4e5f6",
        key=key,
        partition=f"{NOON + timedelta(days=day):%Y-%m-%d}",
        step=key,
        data_version=f"xxh3_128:{day:032x}",
        value=ValueRef(io_manager="io_manager", kind="pandas", path=f"{key}/{day}", size=12_345),
        code=CodeRef(digest=f"{len(key):032x}", manifest="f" * 32),
        inputs={"up": InputVersion(key="up", version=1, data_version=f"xxh3_128:{day:032x}")},
    )


def _standing(folder: Path, assets: int, rounds: int) -> list[Row]:
    """How all assets stand, each made of the one before, by day; and with the last one edited."""
    keys = [f"{NOON + timedelta(days=day):%Y-%m-%d}" for day in range(PARTITIONS)]
    by_day = StaticPartitionsDefinition(keys)
    every = [_asset(number, by_day) for number in range(assets)]
    instance = Instance.open(folder)
    loaded = load(every, instance)
    defined = standing(instance, loaded).defined
    for day in keys:
        instance.own.commit([_made_as(defined[each.key], day) for each in every])
    edited = load([_asset(0, by_day, edited=True), *every[1:]], instance)
    rows = [
        _row(
            f"how {assets:,} assets stand", lambda: standing(instance, loaded), rounds, "≤ 300 ms"
        ),
        _row("the same with the first one edited", lambda: standing(instance, edited), rounds),
        _row("the same with a node for each", lambda: _by_nodes(instance, loaded), 1),
    ]
    instance.close()
    return rows


def _by_nodes(instance: Instance, loaded: Loaded) -> Standing:
    keys = frozenset(loaded.graph.specs)
    return standing(
        instance, loaded, every_partition(loaded.graph, instance.known_partitions(), keys)
    )


def _asset(number: int, partitions: PartitionsDefinition, edited: bool = False) -> AssetsDefinition:
    ins = {"up": AssetIn(f"asset_{number - 1}")} if number else {}
    if edited:
        return asset(name=f"asset_{number}", partitions_def=partitions)(lambda: 2)
    if not number:
        return asset(name="asset_0", partitions_def=partitions)(lambda: 1)
    return asset(name=f"asset_{number}", partitions_def=partitions, ins=ins)(lambda up: up)


def _made_as(defined: Defined, day: str) -> AssetMaterialized:
    assert defined.code is not None
    made = f"xxh3_128/1:{day.replace('-', ''):0>32}"
    return AssetMaterialized(
        at=NOON,
        run_id="a1b2c3d4e5f6",
        key=defined.key.text,
        partition=day,
        step=str(defined.key),
        data_version=made,
        value=ValueRef(io_manager=defined.io_manager, kind="json", inline="1", size=1),
        code=CodeRef(digest=defined.code.digest),
        config=None if defined.config is None else defined.config.digest,
        inputs={
            name: InputVersion(key=key.text, partition=day, version=1, data_version=made)
            for name, key in defined.inputs.items()
        },
    )


def _ticks(store: SqliteStore, rounds: int) -> list[Row]:
    lease = store.acquire_lease(current_process())
    minutes = iter(range(1_000_000))

    def commit() -> None:
        tick = Tick("a.ipynb:often", NOON + timedelta(minutes=next(minutes)), "requested")
        store.commit_tick(lease, tick, [LaunchRequest(new_run_id(), "{}")])

    def record() -> None:
        first = next(minutes)
        due = [NOON - timedelta(minutes=10_000 * first + each) for each in range(10_000)]
        store.record_ticks(lease, [Tick("a.ipynb:often", at, "missed") for at in due])

    return [
        _row("commit a tick with a run that it asks for", commit, 100 * rounds),
        _row("record 10,000 ticks that were missed", record, rounds),
    ]


def _chunks(store: SqliteStore, chunks: int, rounds: int) -> list[Row]:
    backfill = Backfill("b1", "running", "all", NOON, "ann@laptop")
    bodies = [f'{{"partition":"{number}"}}' for number in range(chunks)]
    planned = _row(f"store {chunks:,} chunks", lambda: store.add_backfill(backfill, bodies), 1)
    return [planned, _row(f"count {chunks:,} chunks by state", store.chunk_counts, rounds)]


if __name__ == "__main__":
    run_alone(measure, assets=1_000, rounds=5)
