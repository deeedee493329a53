"""A row that was changed on the disk is an error that names it, and hides no other."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.contracts.automations import asks, tick
from tests.contracts.backfills import BODIES, MARCH
from tests.contracts.partitions import MONDAY, SALES, failed, made
from tests.contracts.store import NOON, ORDERS, RUN, evaluated, materialized, printed, started

from assetbook.errors import CorruptStoreError
from assetbook.events.asset_events import AssetObserved
from assetbook.keys import AssetKey
from assetbook.storage.checksums import row_sum
from assetbook.storage.process_identity import current_process
from assetbook.storage.sqlite_store import SqliteStore

CHANGES = {
    "an event's body": ("UPDATE events SET body = replace(body, 'x', 'y') WHERE id = 2", "event 2"),
    "an event's version": ("UPDATE events SET number = 7 WHERE id = 2", "`orders`"),
    "an event's run": ("UPDATE events SET run_id = 'a1b2c3d4e5f7' WHERE id = 2", "event 2"),
    "a run's owner": ("UPDATE runs SET owner = replace(owner, ':', ';')", "a run"),
    "a run's status": ("UPDATE runs SET status = 'success'", "a run"),
    "an asset's latest": ("UPDATE assets SET latest = 2", "an asset"),
    "a check's state": ("UPDATE check_state SET event = 2", "a check"),
    "an observation": ("UPDATE observed_state SET event = 3", "observation"),
    "a log line": ("UPDATE logs SET body = replace(body, 'x', 'y')", "log record 1"),
    "a text": ("UPDATE texts SET body = 'y'", "the text d"),
    "a partition's state": ("UPDATE partition_state SET event = 2", "event 7"),
    "what made a partition": (
        "UPDATE partition_state SET body = replace(body, 'x', 'y')",
        "the state of a partition",
    ),
    "a failure": ("UPDATE failed_state SET event = 2", "the failure of a partition"),
    "an automation": ("UPDATE automations SET cursor = 'x'", "the state of `a.ipynb:nightly`"),
    "a tick": ("UPDATE ticks SET status = 'skipped'", "a tick of `a.ipynb:nightly`"),
    "a request": ("UPDATE run_requests SET launch = '[]'", "request 1"),
    "the lease": ("UPDATE daemon_lease SET token = 7", "the daemon's lease"),
    "a backfill": ("UPDATE backfills SET status = 'failed'", "backfill b1"),
    "a chunk": ("UPDATE backfill_chunks SET state = 'launched'", "chunk 0 of backfill b1"),
    "a dynamic partition": ("UPDATE dynamic_partitions SET key = 'x'", "a partition of `shops`"),
    "a snapshot": ("UPDATE snapshots SET at = 1.0", "snapshot 1"),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "store" / "assetbook.db"
    store = SqliteStore(path)
    store.commit([started(), materialized(data_version="x"), materialized()])
    store.commit([evaluated(), AssetObserved(at=NOON, key="feed"), materialized("raw")])
    store.later([printed("x")])
    store.put_texts({"d": "x"})
    store.put_snapshot("shop.ipynb", b"x")
    store.commit([made(data_version="x"), failed((SALES, "tuesday"))])
    lease = store.acquire_lease(current_process())
    store.commit_tick(lease, tick(automation="a.ipynb:nightly"), [asks(1)])
    store.add_backfill(MARCH, BODIES[:1])
    store.add_dynamic_partitions("shops", ["a"])
    store.close()
    return path


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(path)
    yield store
    store.close()


def change(path: Path, statement: str) -> None:
    # replace() makes text of a blob, which a strict table refuses
    blob = statement.replace("replace(body, 'x', 'y')", "CAST(replace(body, 'x', 'y') AS BLOB)")
    with closing(sqlite3.connect(path)) as other, other:
        assert other.execute(blob).rowcount > 0


def ask_all(store: SqliteStore) -> None:
    for version in store.versions(ORDERS):
        assert version.event.key == "orders"
    for ask in (store.events, store.runs, store.latest, store.checks, store.observed):
        ask()
    for ask_more in (
        *(store.latest_of_partitions, store.made_of_partitions, store.failed_partitions),
        *(store.automations, store.ticks, store.requests, store.lease, store.backfills),
    ):
        ask_more()
    store.chunks("b1")
    store.dynamic_partitions("shops")
    store.latest([SALES], MONDAY)
    store.logs(RUN)
    store.texts(["d"])
    store.snapshots()


@pytest.mark.parametrize(("statement", "what"), CHANGES.values(), ids=CHANGES)
def test_a_changed_row_is_named(store: SqliteStore, path: Path, statement: str, what: str) -> None:
    ask_all(store)
    assert store.damage() == []
    change(path, statement)
    with pytest.raises(CorruptStoreError, match=what) as caught:
        ask_all(store)
    assert str(path) in str(caught.value)
    assert "can still be read" in str(caught.value)
    assert any("changed or damaged" in found for found in store.damage())


def test_a_damaged_version_hides_no_other(store: SqliteStore, path: Path) -> None:
    change(path, CHANGES["an event's body"][0])
    newest, damaged = store.versions(ORDERS)
    assert (newest.event.data_version, damaged.number) == ("", 1)
    with pytest.raises(CorruptStoreError, match=r"event 2 in .*\n.*Restore the file"):
        assert damaged.event
    assert set(store.latest()) == {ORDERS, AssetKey("raw")}
    assert len(store.events(after=2)) == 7
    assert store.commit([materialized()]).numbers == {("orders", None): 3}


def test_a_run_that_was_changed_is_not_written_for(store: SqliteStore, path: Path) -> None:
    change(path, CHANGES["a run's owner"][0])
    with pytest.raises(CorruptStoreError, match="the state of a run"):
        store.commit([materialized()], fence=RUN)


def test_a_missing_version_is_told(store: SqliteStore, path: Path) -> None:
    change(path, "DELETE FROM events WHERE id = 2")
    assert [version.number for version in store.versions(ORDERS, newest=1)] == [2]
    with pytest.raises(CorruptStoreError, match="the versions of `orders`"):
        store.versions(ORDERS)
    change(path, "DELETE FROM events WHERE id = 3")
    with pytest.raises(CorruptStoreError, match=r"event 3 in .*: a row is missing or damaged"):
        store.latest()


@given(st.binary(min_size=1), st.integers(), st.text(), st.data())
def test_one_flipped_bit_makes_another_sum(
    body: bytes, number: int, text: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, 8 * len(body) - 1))
    other = bytearray(body)
    other[at // 8] ^= 1 << at % 8
    good = row_sum(body, number, text, None)
    assert -(2**63) <= good < 2**63
    assert row_sum(bytes(other), number, text, None) != good
    assert row_sum(body, number ^ 1, text, None) != good
    assert row_sum(body, number, f"{text}'", None) != good


def test_a_materialization_writes_few_pages(store: SqliteStore, path: Path) -> None:
    """Each page costs its commit some of its time; the disk's flush is one in any case."""
    log = path.with_name("assetbook.db-wal")
    for number in range(200):
        store.commit([materialized(f"marts/{number}", metadata={"note": "x" * 400})], fence=RUN)
    assert log.stat().st_size / 4096 / 200 < 6.5
