"""What was deleted is in none of the database's files any more."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from tests.contracts.store import NOON, ORDERS, RUN, materialized, printed

from assetbook.errors import StoreError
from assetbook.events.asset_events import AssetWiped
from assetbook.storage import expunging
from assetbook.storage.sqlite_store import SqliteStore

MARK = b"hunter2-"


def filled(path: Path) -> SqliteStore:
    """A store with many secrets among other things, all wiped in its tables."""
    store = SqliteStore(path)
    for number in range(300):
        metadata = {"head": {"value": f"hunter2-{number}" * 50}}
        store.commit([materialized(metadata=metadata, step="orders"), materialized("other")])
        store.later([printed(f"hunter2-{number}" * 100), printed("plain", step="other")])
    store.flush()
    numbers = tuple(range(1, 301))
    store.commit([AssetWiped(at=NOON, key="orders", versions=numbers)])
    return store


def traces(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir() if MARK in each.read_bytes())


def test_no_file_holds_what_was_wiped(tmp_path: Path) -> None:
    store = filled(tmp_path / "assetbook.db")
    store.expunge()
    assert traces(tmp_path) == []
    assert [len(store.logs(RUN)), len(store.versions(ORDERS))] == [300, 300]
    assert store.damage() == []
    store.close()
    assert traces(tmp_path) == []


def test_what_was_only_deleted_leaves_traces(tmp_path: Path) -> None:
    store = filled(tmp_path / "assetbook.db")
    assert traces(tmp_path) != []
    store.close()


def test_a_reader_delays_it_until_it_is_done(tmp_path: Path) -> None:
    store = filled(tmp_path / "assetbook.db")
    with closing(sqlite3.connect(store.path, check_same_thread=False)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM events").fetchall()
        ending = threading.Timer(0.3, lambda: reader.execute("COMMIT"))
        ending.start()
        store.expunge()
        ending.join()
    assert traces(tmp_path) == []
    store.close()


def test_a_reader_without_end_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = filled(tmp_path / "assetbook.db")
    monkeypatch.setattr(expunging, "_PATIENCE", 0.2)
    with closing(sqlite3.connect(store.path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM events").fetchall()
        with pytest.raises(StoreError, match="another program has been reading"):
            store.expunge()
    store.expunge()
    store.close()
