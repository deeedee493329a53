"""Every question that a store can be asked, and its answers: to be compared before and after."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias

from msgspec.structs import replace
from tests.contracts.automations import ARRIVALS, NIGHTLY, asks
from tests.contracts.backfills import MARCH
from tests.contracts.partitions import failed
from tests.contracts.store import NOON, evaluated, materialized, printed, started

from assetbook.errors import StoreError
from assetbook.events.asset_events import AssetObserved, VersionKept
from assetbook.events.records import EVENT_TYPES
from assetbook.events.run_events import RunEnded
from assetbook.keys import AssetKey, PartitionKey, RunId
from assetbook.storage.automations import Tick
from assetbook.storage.process_identity import current_process
from assetbook.storage.sqlite_store import SqliteStore

KEYS = [AssetKey("orders"), AssetKey("prices"), AssetKey(["raw", "flights"])]
RUNS = [RunId(f"{number:012x}") for number in range(6)]
MONDAY = PartitionKey("monday")

REFUSALS: tuple[type[Exception], ...] = (StoreError,)
"""What an answer may raise; more only where rows are not checked."""

Answers: TypeAlias = dict[str, frozenset[str] | None]
"""By question: the records as text, or None for an error that says the store is damaged."""
Question: TypeAlias = Callable[[SqliteStore], Iterable[object]]


def fill(database: Path) -> None:
    """Makes a store with a few of everything."""
    store = SqliteStore(database)
    for run_id in RUNS:
        store.commit([started(run_id)])
        for key in KEYS:
            for partition in (None, MONDAY):
                store.later([printed(f"line of {key}", run_id=run_id)])
                store.put_texts({f"{run_id}{key.text}": "def f(): return 1"})
                rows = {"rows": {"type": "int", "value": 1_000 + int(run_id, 16)}}
                version = materialized(key.text, run_id=run_id, partition=partition, metadata=rows)
                store.commit([version, evaluated(key.text, partition=partition)])
            store.commit([AssetObserved(at=NOON, run_id=run_id, key=key.text, data_version="1")])
            store.commit([VersionKept(at=NOON, key=key.text, version=int(run_id, 16) + 1)])
        store.put_snapshot(f"{int(run_id, 16) % 2}.ipynb", b"{}" * 50)
        fill_for_the_daemon(store, int(run_id, 16))
        if run_id != RUNS[-2]:
            store.commit([RunEnded(at=NOON, run_id=run_id, status="success")])
    store.close()


def fill_for_the_daemon(store: SqliteStore, number: int) -> None:
    """Ticks, what they ask for, and a backfill."""
    lease = store.acquire_lease(current_process())
    for hour in range(8):
        requests = [asks(100 * number + hour, f"file {number} {hour}")]
        at = NOON + timedelta(days=number, hours=hour)
        store.commit_tick(lease, Tick(NIGHTLY, at, "requested", "12 new files"), requests)
        store.record_ticks(lease, [Tick(ARRIVALS, at, "skipped", "nothing new came")])
    store.settle_request(asks(100 * number).run_id, "launched")
    store.release_lease(lease)
    store.add_backfill(
        replace(MARCH, id=f"b{number}"), [f"2026-03-{day + 1:02}" for day in range(30)]
    )
    first = store.chunks(f"b{number}")[0]
    store.change_chunks([(first, replace(first, state="launched", run_id=RUNS[number]))])
    store.add_dynamic_partitions("shops", [f"shop {number} {each}" for each in range(10)])
    places = [(key, f"day {number} {each}") for key in KEYS for each in range(8)]
    store.commit([failed(*places)])


def answers(database: Path) -> tuple[Answers, bool]:
    """What the store answers, and whether it finds damage when asked to look for it."""
    try:
        with closing(SqliteStore(database)) as store:
            found = {name: _answer(store, ask) for name, ask in QUESTIONS.items()}
            return found, _is_damaged(store)
    except StoreError as error:  # damaged, or said to be of a newer schema
        assert str(database) in str(error)
        return dict.fromkeys(QUESTIONS), True


def _is_damaged(store: SqliteStore) -> bool:
    try:
        return bool(store.damage())
    except tuple(each for each in REFUSALS if not issubclass(each, StoreError)):  # of the control
        return False


def _answer(store: SqliteStore, ask: Question) -> frozenset[str] | None:
    try:
        return frozenset(map(repr, ask(store)))
    except REFUSALS as error:
        assert not isinstance(error, StoreError) or str(store.path) in str(error)
        return None


def _questions() -> dict[str, Question]:
    texts = [f"{run_id}{key.text}" for run_id in RUNS for key in KEYS]
    asked: dict[str, Question] = {
        "events": lambda store: store.events(),
        "runs": lambda store: store.runs(),
        "live runs": lambda store: store.runs(statuses=["started"]),
        "latest": lambda store: [(each, each.event) for each in store.latest().values()],
        "checks": lambda store: store.checks().items(),
        "kept": lambda store: [(key, each) for key, some in store.kept().items() for each in some],
        "observed": lambda store: store.observed().items(),
        "texts": lambda store: store.texts(texts).items(),
        "snapshots": lambda store: store.snapshots().items(),
        "automations": lambda store: store.automations().items(),
        "ticks": lambda store: store.ticks(),
        "ticks of one": lambda store: store.ticks(NIGHTLY, limit=40),
        "requests": lambda store: store.requests(),
        "what waits": lambda store: store.requests(states=["waiting"]),
        "backfills": lambda store: store.backfills(),
        "shops": lambda store: store.dynamic_partitions("shops"),
        "partitions": lambda store: _each(store.latest_of_partitions()),
        "what made them": lambda store: _each(store.made_of_partitions()),
        "what failed": lambda store: _each(store.failed_partitions()),
        "checks of partitions": lambda store: _each(store.checks_of_partitions()),
    }
    for number in range(len(RUNS)):
        asked[f"chunks {number}"] = lambda store, of=f"b{number}": store.chunks(of)
    for kind in EVENT_TYPES:
        asked[f"events {kind.__name__}"] = lambda store, of=kind: store.events(kinds=[of])
    for run_id in RUNS:
        asked[f"events of run {run_id}"] = lambda store, of=run_id: store.events(run_id=of)
        asked[f"logs of run {run_id}"] = lambda store, of=run_id: store.logs(of)
    for key in KEYS:
        asked |= _questions_about(key)
    return asked


def _each(found: Mapping[Any, Mapping[Any, object]]) -> Iterable[object]:
    return [(key, of, each) for key, some in found.items() for of, each in some.items()]


def _questions_about(key: AssetKey) -> dict[str, Question]:
    return {
        f"latest {key}": lambda store: [each.event for each in store.latest([key]).values()],
        f"latest {key} of monday": lambda store: [
            each.event for each in store.latest([key], MONDAY).values()
        ],
        f"versions {key}": lambda store: [(each, each.event) for each in store.versions(key)],
        f"checks {key}": lambda store: store.checks([key]).items(),
        f"events {key}": lambda store: store.events(key=key),
    }


QUESTIONS = _questions()
