"""Another process writes, opens, closes and is killed, while its store is only read here."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.faults.warm_worker import REPOSITORY, environment

from assetbook.keys import AssetKey
from assetbook.storage.other_store import OtherStore

SEED = 20261125
SECONDS = 1.2
ORDERS = AssetKey("orders")
WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from assetbook.events.asset_events import AssetMaterialized
from assetbook.storage.sqlite_store import SqliteStore
while True:
    store = SqliteStore(Path(sys.argv[1]))
    for _ in range(20):
        event = AssetMaterialized(at=datetime.now(UTC), key="orders", metadata={"a": "b" * 500})
        print(store.commit([event]).numbers["orders", None], flush=True)
    store.close()
"""


class Writer:
    """A process that commits versions, and says each number once it is durable."""

    def __init__(self, path: Path, told: Path) -> None:
        self._told = told
        with told.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-c", WRITER, str(path)],
                stdout=output,
                cwd=REPOSITORY,
                env=environment(),
            )

    @property
    def acknowledged(self) -> int:
        """The last number that was said whole."""
        lines = self._told.read_bytes().split(b"\n")[:-1]
        return int(lines[-1]) if lines else 0

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


def by_us(path: Path) -> Callable[[], int]:
    """Reads as a store that is read through to."""
    store = OtherStore("prod", path)

    def newest() -> int:
        found = store.versions(ORDERS)
        assert [each.number for each in found] == list(range(len(found), 0, -1))
        assert all(each.event.key == "orders" for each in found[:3])
        return len(found)

    return newest


def by_the_file_alone(path: Path) -> Callable[[], int]:
    """The naive way: the database's file as if nobody wrote, whatever its log holds."""

    def newest() -> int:
        with closing(sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)) as connection:
            try:
                [(count,)] = connection.execute("SELECT max(versions) FROM assets").fetchall()
            except sqlite3.DatabaseError:  # it may even find the file torn, or without a table
                return -1
            return count or 0

    return newest


def behind(path: Path, read: Callable[[], int]) -> int:
    """How often a reading missed what had been acknowledged before it."""
    chance, late, readings = random.Random(SEED), 0, 0
    writer = Writer(path, path.parent.parent / "told")
    try:
        while not writer.acknowledged:
            time.sleep(0.02)
        until, kill_at = time.monotonic() + SECONDS, time.monotonic() + SECONDS / 2
        while time.monotonic() < until:
            before = writer.acknowledged
            late += read() < before
            readings += 1
            if time.monotonic() > kill_at:
                writer.kill()
                late += read() < writer.acknowledged
                writer = Writer(path, path.parent.parent / "told")
                kill_at += SECONDS
            time.sleep(chance.uniform(0.0, 0.01))
    finally:
        writer.kill()
    assert readings > 10
    return late


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "prod" / "assetbook.db"


def test_every_reading_has_what_was_committed_before(path: Path) -> None:
    assert behind(path, by_us(path)) == 0


def test_the_naive_reading_misses_commits(path: Path) -> None:
    assert behind(path, by_the_file_alone(path)) > 0
