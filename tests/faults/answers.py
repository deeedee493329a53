"""Every question that a store can be asked, and its answers: to be compared before and after."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import TypeAlias

from tests.contracts.store import NOON, evaluated, materialized, printed, started

from assetbook.errors import StoreError
from assetbook.events.records import EVENT_TYPES, AssetObserved, RunEnded, VersionKept
from assetbook.keys import AssetKey, PartitionKey, RunId
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
        if run_id != RUNS[-2]:
            store.commit([RunEnded(at=NOON, run_id=run_id, status="success")])
    store.close()


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
    }
    for kind in EVENT_TYPES:
        asked[f"events {kind.__name__}"] = lambda store, of=kind: store.events(kinds=[of])
    for run_id in RUNS:
        asked[f"events of run {run_id}"] = lambda store, of=run_id: store.events(run_id=of)
        asked[f"logs of run {run_id}"] = lambda store, of=run_id: store.logs(of)
    for key in KEYS:
        asked |= _questions_about(key)
    return asked


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
