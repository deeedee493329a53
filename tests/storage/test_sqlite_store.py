"""The store in a file keeps the contract, and what it keeps stays after it is closed."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.contracts.store import (
    NOON,
    ORDERS,
    RICH_EVENTS,
    RUN,
    StoreContract,
    ended,
    materialized,
    printed,
    started,
)

from assetbook.clock import ManualClock
from assetbook.errors import CorruptStoreError, StoreError
from assetbook.events.asset_events import AssetMaterialized
from assetbook.events.run_events import StepStarted
from assetbook.keys import AssetKey, PartitionKey, new_run_id
from assetbook.storage import (
    automation_rows,
    backfill_rows,
    dynamic_rows,
    failed_rows,
    partition_queries,
    queries,
    request_rows,
)
from assetbook.storage.automations import Tick
from assetbook.storage.bodies import EventRow
from assetbook.storage.database_names import KINDS
from assetbook.storage.sqlite_store import SqliteStore

MONDAY = PartitionKey("monday")
TICK = Tick("a", NOON, "skipped")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store" / "assetbook.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(path)
    yield store
    store.close()


class TestSqliteStore(StoreContract):
    pass


def test_what_was_committed_is_there_when_opened_again(store: SqliteStore, path: Path) -> None:
    store.commit(RICH_EVENTS)
    store.later([printed("last words")])
    store.put_texts({"d": "text"})
    before = store.events(), store.runs(), store.latest(), store.checks(), store.observed()
    store.close()
    again = SqliteStore(path)
    after = again.events(), again.runs(), again.latest(), again.checks(), again.observed()
    assert after == before
    assert [each.record.text for each in again.logs(RUN)] == ["last words"]
    assert again.texts(["d"]) == {"d": "text"}
    again.close()


def test_two_stores_on_one_file_see_each_other(store: SqliteStore, path: Path) -> None:
    other = SqliteStore(path)
    store.commit([materialized()])
    assert other.commit([materialized()]).numbers == {("orders", None): 2}
    assert store.latest()[ORDERS].number == 2
    other.close()


def test_a_lazy_record_is_durable_within_a_moment(store: SqliteStore, path: Path) -> None:
    store.later([printed("one")])
    until = time.monotonic() + 5.0
    with sqlite3.connect(path) as other:
        while other.execute("SELECT count(*) FROM logs").fetchone() == (0,):
            assert time.monotonic() < until
            time.sleep(0.02)
    other.close()


def test_a_flood_of_records_is_written_as_it_comes(store: SqliteStore, path: Path) -> None:
    for number in range(1001):
        store.later([printed(str(number))])
    with sqlite3.connect(path) as other:
        ((stored,),) = other.execute("SELECT count(*) FROM logs")
    other.close()
    assert stored >= 1000


def test_a_run_takes_two_kilobytes_at_most(store: SqliteStore, path: Path) -> None:
    def size() -> int:
        with sqlite3.connect(path) as other:
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        other.close()
        return path.stat().st_size

    before = size()
    for number in range(1000):
        run_id, key = new_run_id(), f"marts/asset_number_{number}"
        store.later([started(run_id), StepStarted(at=NOON, run_id=run_id, step=key)])
        store.later([materialized(key, run_id=run_id, step=key, data_version="x" * 41)])
        store.later([ended(run_id)])
    store.flush()
    assert (size() - before) / 1000 < 2000


def test_many_keys_are_asked_for_at_once(store: SqliteStore) -> None:
    store.commit([materialized("asset7"), materialized("asset24999")])
    keys = [AssetKey(f"asset{number}") for number in range(25_000)]
    assert set(store.latest(keys)) == {keys[7], keys[24_999]}


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (queries.events(0, RUN, None, None, True, 10), "INDEX events_of_run"),
        (queries.events(0, None, ORDERS, None, True, 10), "INDEX events_of_asset"),
        (queries.logs(RUN, None, 0, None), "INDEX logs_of_run"),
        (queries.logs(RUN, None, 0, 1, newest_first=True), "INDEX logs_of_run"),
        (queries.runs(["started"], None, None), "INDEX live_runs"),
        (queries.latest([ORDERS], None), "SEARCH asset USING PRIMARY KEY"),
        (queries.latest([ORDERS], MONDAY), "SEARCH state USING PRIMARY KEY"),
        (queries.versions(ORDERS, 1), "INDEX events_of_asset"),
        (queries.checks([ORDERS], None), "SEARCH state USING PRIMARY KEY"),
        (queries.newest_snapshot("a.ipynb"), "INDEX snapshots_of_location"),
        (partition_queries.latest_of_partitions([ORDERS]), "SEARCH state USING PRIMARY KEY"),
        (
            partition_queries.latest_of_partitions([ORDERS], [MONDAY]),
            "SEARCH state USING PRIMARY KEY (asset=? AND partition=?)",
        ),
        (
            partition_queries.checks_of_partitions([ORDERS], [MONDAY]),
            "SEARCH state USING PRIMARY KEY (asset=? AND partition=?)",
        ),
        (partition_queries.made_of_partitions([ORDERS]), "SEARCH state USING PRIMARY KEY"),
        (failed_rows.failed([ORDERS]), "SEARCH failed_state USING PRIMARY KEY"),
        (automation_rows.ticks("a", None, None, 10), "SEARCH ticks USING PRIMARY KEY"),
        (automation_rows.ticks(None, None, TICK, 10), "INDEX ticks_by_instant"),
        (automation_rows.last_ticks(), "SEARCH tick USING PRIMARY KEY"),
        (request_rows.requests(None, ["waiting"], 0, None, 10), "INDEX waiting_requests"),
        (backfill_rows.chunks("b", ["waiting"], 7, 10), "SEARCH backfill_chunks USING"),
        (backfill_rows.chunk_counts(None), "COVERING INDEX chunks_by_state"),
        (backfill_rows.chunk_counts(["b"]), "COVERING INDEX chunks_by_state"),
        (dynamic_rows.dynamic_partitions("a"), "INDEX dynamic_partitions_in_order"),
    ],
)
def test_questions_are_answered_by_an_index(
    store: SqliteStore, path: Path, query: queries.Query[object], index: str
) -> None:
    with closing(sqlite3.connect(path)) as other:
        plan = other.execute(f"EXPLAIN QUERY PLAN {query.sql}", query.parameters).fetchall()
    steps = [step for *_, step in plan]
    assert any(index in step for step in steps), steps
    assert not any("TEMP B-TREE" in step for step in steps), steps


def test_a_deleted_database_takes_no_more_commits(store: SqliteStore, path: Path) -> None:
    store.commit([materialized()])
    path.unlink()
    with pytest.raises(StoreError, match="deleted or replaced"):
        store.commit([materialized()])


def test_an_event_of_an_unknown_kind_is_named(store: SqliteStore, path: Path) -> None:
    store.commit([materialized()])
    row = EventRow.of(1, KINDS[AssetMaterialized], RUN, 1, "", 1, b'{"type":"dreamt"}')
    with sqlite3.connect(path) as other:
        other.execute("UPDATE events SET body = ?, sum = ?", (row.body, row.sum))
    other.close()
    with pytest.raises(CorruptStoreError, match=r"reading event 1.*dreamt"):
        store.events()


def test_a_snapshot_bears_the_time_of_the_clock(path: Path) -> None:
    store = SqliteStore(path, clock=ManualClock(NOON))
    store.put_snapshot("a.ipynb", b"")
    snapshot = store.snapshot("a.ipynb")
    assert snapshot is not None
    assert snapshot.at == NOON
    store.close()
