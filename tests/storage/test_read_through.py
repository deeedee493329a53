"""A store that reads through to another one keeps the contract, and has what that one has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.contracts.automations import asks, gone, tick
from tests.contracts.partitions import MONDAY, PRICES, SALES, TUESDAY, failed, made
from tests.contracts.store import (
    NOON,
    ORDERS,
    RUN,
    StoreContract,
    ended,
    evaluated,
    materialized,
    printed,
    started,
)

from assetbook.events.asset_events import AssetObserved, AssetReadThrough, VersionKept
from assetbook.events.records import Event
from assetbook.keys import AssetKey, CheckKey, PartitionKey
from assetbook.storage.memory_store import MemoryStore
from assetbook.storage.other_store import OtherStore
from assetbook.storage.partition_states import PartitionCounts
from assetbook.storage.read_through import ReadThroughStore
from assetbook.storage.sqlite_store import SqliteStore


@pytest.fixture
def prod(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path / "prod" / "assetbook.db")
    yield store
    store.close()


@pytest.fixture
def store(tmp_path: Path, prod: SqliteStore) -> Iterator[ReadThroughStore]:
    own = SqliteStore(tmp_path / "dev" / "assetbook.db")
    store = ReadThroughStore(own, OtherStore("prod", prod.path), "prod")
    yield store
    store.close()


class TestReadThroughStore(StoreContract):
    pass


KEYS = st.sampled_from(["orders", "prices", "raw/days"])
EVENTS = st.one_of(
    st.builds(materialized, KEYS, overridden=st.booleans()),
    st.builds(evaluated, KEYS, st.sampled_from(["a", "b"]), passed=st.booleans()),
    st.builds(AssetObserved, at=st.just(NOON), key=KEYS, data_version=st.sampled_from("12")),
)


@given(st.lists(EVENTS, max_size=12))
@settings(max_examples=12, deadline=None)
def test_an_empty_store_has_what_the_other_has(events: list[Event]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "prod" / "assetbook.db"
        with closing(SqliteStore(path)) as prod:
            prod.commit(events)
            store = ReadThroughStore(MemoryStore(), OtherStore("prod", path), "prod")
            there = {key: each.seen_in("prod") for key, each in prod.latest().items()}
            assert store.latest() == there
            assert store.assets() == prod.assets()
            assert store.checks() == prod.checks()
            assert {key: (each.id, each.store) for key, each in store.observed().items()} == {
                key: (each.id, "prod") for key, each in prod.observed().items()
            }
            for key in prod.assets():
                assert [each.number for each in store.versions(key)] == [
                    each.number for each in prod.versions(key)
                ]


def test_an_own_version_hides_the_other_ones(store: ReadThroughStore, prod: SqliteStore) -> None:
    kept = VersionKept(at=NOON, key="orders", version=1)
    prod.commit([materialized(), materialized(), evaluated(passed=False), kept])
    prod.commit([materialized("prices")])
    assert [each.name for each in store.versions(ORDERS)] == ["prod:2", "prod:1"]
    assert store.kept() == {ORDERS: frozenset([1])}
    store.commit([materialized()])
    assert {str(key): each.name for key, each in store.latest().items()} == {
        "orders": "1",
        "prices": "prod:1",
    }
    assert [each.name for each in store.versions(ORDERS)] == ["1"]
    assert store.checks() == {} and store.kept() == {}


def test_an_overridden_version_hides_nothing(store: ReadThroughStore, prod: SqliteStore) -> None:
    prod.commit([materialized()])
    store.commit([materialized(overridden=True)])
    assert store.latest()[ORDERS].name == "prod:1"
    assert [each.name for each in store.versions(ORDERS)] == ["prod:1"]


def test_the_newer_of_two_evaluations_counts(store: ReadThroughStore, prod: SqliteStore) -> None:
    prod.commit([materialized(), evaluated(passed=False)])
    store.commit([evaluated(version=1, store="prod")])
    assert store.checks()[CheckKey(ORDERS, "has_rows")].passed


def test_an_asset_is_read_through_again(store: ReadThroughStore, prod: SqliteStore) -> None:
    prod.commit([materialized()])
    store.commit([materialized(), evaluated()])
    store.commit([AssetReadThrough(at=NOON, key="orders", store="prod")])
    assert store.latest()[ORDERS].name == "prod:1"
    assert store.checks() == {}


def test_each_partition_is_that_of_the_own_store_first(
    store: ReadThroughStore, prod: SqliteStore
) -> None:
    prod.commit([made(), made(partition=TUESDAY), made(PRICES)])
    store.commit([made()])
    names = {
        key: {of: each.name for of, each in some.items()}
        for key, some in store.latest_of_partitions().items()
    }
    assert names == {SALES: {MONDAY: "1", TUESDAY: "prod:2"}, PRICES: {MONDAY: "prod:1"}}
    stores = {of: each.store for of, each in store.made_of_partitions()[SALES].items()}
    assert stores == {MONDAY: None, TUESDAY: "prod"}
    assert store.partition_counts() == {SALES: PartitionCounts(2), PRICES: PartitionCounts(1)}
    assert [each.name for each in store.versions(SALES)] == ["1"]
    assert [each.name for each in store.versions(PRICES)] == ["prod:1"]


def test_checks_of_a_partition_made_here_are_the_own_ones(
    store: ReadThroughStore, prod: SqliteStore
) -> None:
    def said() -> dict[PartitionKey, bool]:
        states = store.checks_of_partitions([ORDERS]).get(CheckKey(ORDERS, "has_rows"), {})
        return {of: each.passed for of, each in states.items()}

    for partition in (MONDAY, TUESDAY):
        prod.commit([materialized(partition=partition), evaluated(partition=partition)])
        prod.commit([AssetObserved(at=NOON, key="orders", partition=partition)])
    assert said() == {MONDAY: True, TUESDAY: True}
    store.commit([materialized(partition=MONDAY)])
    assert said() == {TUESDAY: True}
    store.commit([evaluated(partition=TUESDAY, passed=False, version=1, store="prod")])
    assert said() == {TUESDAY: False}
    assert {each.store for each in store.observed_of_partitions()[ORDERS].values()} == {"prod"}


def test_dynamic_partitions_are_those_of_both(store: ReadThroughStore, prod: SqliteStore) -> None:
    prod.add_dynamic_partitions("shops", ["b", "a"])
    store.add_dynamic_partitions("shops", ["c", "a"])
    assert store.dynamic_partitions("shops") == ["b", "a", "c"]
    assert store.has_dynamic_partition("shops", "b") and store.has_dynamic_partition("shops", "c")
    assert prod.dynamic_partitions("shops") == ["b", "a"]


def test_what_the_daemon_keeps_is_the_own_stores(
    store: ReadThroughStore, prod: SqliteStore
) -> None:
    lease = prod.acquire_lease(gone())
    prod.commit_tick(lease, tick(), [asks(1)])
    prod.commit([failed((SALES, MONDAY))])
    assert store.lease() is None
    assert store.ticks() == store.requests() == store.backfills() == []
    assert store.automations() == store.failed_partitions() == {}


def test_a_run_is_found_where_it_ran(store: ReadThroughStore, prod: SqliteStore) -> None:
    prod.commit([started(), ended()])
    prod.later([printed("there")])
    prod.flush()
    assert store.runs() == []
    assert [each.id for each in store.runs(beginning=RUN[:4])] == [RUN]
    assert [each.record.text for each in store.logs(RUN)] == ["there"]
    assert len(store.events(run_id=RUN)) == 2
    assert store.events() == []


def test_texts_and_snapshots_are_read_through(store: ReadThroughStore, prod: SqliteStore) -> None:
    prod.put_texts({"a": "there", "b": "both"})
    prod.flush()
    store.put_texts({"b": "both", "c": "here"})
    assert store.texts(["a", "b", "c", "d"]) == {"a": "there", "b": "both", "c": "here"}
    prod.put_snapshot("x.ipynb", b"there")
    prod.put_snapshot("y.ipynb", b"there")
    store.put_snapshot("x.ipynb", b"here")
    assert [(at, each.body) for at, each in store.snapshots().items()] == [
        ("y.ipynb", b"there"),
        ("x.ipynb", b"here"),
    ]
    found = store.snapshot("y.ipynb")
    assert found is not None and found.body == b"there"


def test_nothing_is_written_to_the_other(store: ReadThroughStore, prod: SqliteStore) -> None:
    prod.commit([materialized("days")])
    before = prod.events()
    store.commit([started(), materialized()])
    store.later([ended()])
    store.flush()
    store.put_texts({"a": "b"})
    store.put_snapshot("x.ipynb", b"here")
    store.doom(lambda files: [])
    assert prod.events() == before
    assert prod.texts(["a"]) == {} and prod.snapshots() == {}
    assert prod.latest().keys() == {AssetKey("days")}
