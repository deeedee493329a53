"""What managers are told of earlier runs is of the store that is written, and of no other."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from assetbook.events.asset_events import AssetMaterialized
from assetbook.events.parts import Origin
from assetbook.events.run_events import RunEnded, RunStarted
from assetbook.execution.recorded_runs import StoredRuns
from assetbook.keys import AssetKey
from assetbook.storage.other_store import OtherStore
from assetbook.storage.read_through import ReadThroughStore
from assetbook.storage.sqlite_store import SqliteStore

ORDERS = AssetKey("orders")
AT = datetime(2026, 11, 25, tzinfo=UTC)
RUN = "a" * 12


def materialize(store: SqliteStore) -> None:
    made = AssetMaterialized(at=AT, run_id=RUN, key="orders", metadata={"table": "t"})
    begun = RunStarted(
        at=AT, run_id=RUN, asked="orders", steps=("orders",), origin=Origin(kind="test")
    )
    store.commit([begun, made])
    store.commit([RunEnded(at=AT, run_id=RUN, status="success")])


def test_runs_of_the_store_that_is_read_through_are_not_told(tmp_path: Path) -> None:
    prod = SqliteStore(tmp_path / "prod" / "assetbook.db")
    materialize(prod)
    prod.close()
    dev = SqliteStore(tmp_path / "dev" / "assetbook.db")
    through = ReadThroughStore(dev, OtherStore("prod", tmp_path / "prod" / "assetbook.db"), "prod")
    assert through.latest([ORDERS]) and through.runs(beginning=RUN)
    runs = StoredRuns.of(through, ORDERS)
    assert (runs.latest(), runs.counted(), runs.over({RUN})) == ({}, frozenset(), frozenset())
    materialize(dev)
    assert (runs.latest(), runs.counted(), runs.over({RUN})) == ({"table": "t"}, {RUN}, {RUN})
    dev.close()
