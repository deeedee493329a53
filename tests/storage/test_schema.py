"""Opening brings a file up to date, step by step, and a crash in between does no harm."""

from __future__ import annotations

import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.contracts.automations import asks, tick
from tests.contracts.backfills import BODIES, MARCH
from tests.contracts.partitions import MONDAY, SALES, TUESDAY, failed, made
from tests.contracts.store import (
    BUNDLE,
    NOON,
    ORDERS,
    RICH_EVENTS,
    SNAPSHOT,
    materialized,
)
from tests.contracts.turns import FIRST, SECOND, always, never, run, slot

from assetbook.errors import CorruptStoreError, StoreError
from assetbook.events.asset_events import VersionKept
from assetbook.storage.automations import CursorMove
from assetbook.storage.partition_states import PartitionCounts
from assetbook.storage.process_identity import current_process
from assetbook.storage.schema import STEPS, is_current, migrate, schema_version
from assetbook.storage.sources import Pin
from assetbook.storage.sqlite_store import SqliteStore
from assetbook.storage.state_rows import summed

WITH_BODIES = 6
NEXT = ("CREATE TABLE moons (at REAL)", "INSERT INTO moons VALUES (1.0)")
BROKEN = ("CREATE TABLE half (at REAL)", "INSERT INTO nowhere VALUES (1.0)")

# newer Pythons warn of what is tested here: a fork beside other threads
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "assetbook.db"
    store = SqliteStore(path)
    store.commit(RICH_EVENTS)
    store.close()
    return path


def tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}


def copy_partition_state(connection: sqlite3.Connection) -> None:
    """As it was before its rows had bodies."""
    rows = connection.execute("SELECT asset, partition, event FROM newer.partition_state")
    connection.executemany(
        "INSERT INTO main.partition_state VALUES (?, ?, ?, ?)",
        [summed(*row) for row in rows.fetchall()],
    )


def take(path: Path, *more: tuple[str, ...]) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrate(connection, path, (*STEPS, *more))


def test_a_new_file_has_the_newest_version_and_no_copy(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        assert schema_version(connection) == len(STEPS)
    assert list(path.parent.glob("*.before-*")) == []


def test_a_step_is_taken_once_after_a_copy(path: Path) -> None:
    take(path, NEXT)
    take(path, NEXT)
    assert "moons" in tables(path)
    copy = path.with_name(f"assetbook.db.before-{len(STEPS)}")
    assert "moons" not in tables(copy)
    with closing(sqlite3.connect(copy)) as connection:
        assert schema_version(connection) == len(STEPS)
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        ((kept,),) = connection.execute("SELECT count(*) FROM events")
    assert kept == len(RICH_EVENTS)


@pytest.mark.parametrize("version", range(1, len(STEPS)))
def test_a_store_of_each_earlier_version_opens_whole(tmp_path: Path, version: int) -> None:
    path = tmp_path / "assetbook.db"
    store = SqliteStore(path)
    store.commit([*RICH_EVENTS, *(made(partition=each) for each in (MONDAY, MONDAY, TUESDAY))])
    events, partitions = store.events(), store.made_of_partitions()
    store.close()
    older = tmp_path / "older" / "assetbook.db"
    older.parent.mkdir()
    with closing(sqlite3.connect(older, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        migrate(connection, older, STEPS[:version])
        connection.execute("ATTACH ? AS newer", (str(path),))
        for (name,) in connection.execute(
            "SELECT name FROM main.sqlite_schema WHERE type = 'table'"
        ).fetchall():
            if name == "partition_state" and version < WITH_BODIES:
                copy_partition_state(connection)
            else:
                connection.execute(f"INSERT INTO main.{name} SELECT * FROM newer.{name}")
    store = SqliteStore(older)
    assert store.events() == events
    assert store.made_of_partitions() == partitions
    assert {each: one.number for each, one in store.latest_of_partitions()[SALES].items()} == {
        MONDAY: 2,
        TUESDAY: 3,
    }
    assert store.latest()[ORDERS].number == 1
    store.commit([VersionKept(at=NOON, key="orders", version=1)])
    assert store.kept()[ORDERS] == frozenset([1])
    store.doom(lambda values: ["orders/of nobody"])
    assert list(store.doomed()) == ["orders/of nobody"]
    store.put_content(SNAPSHOT, {"p1": "one", "p2": "two"})
    store.put_content(BUNDLE, {"p1": "one"})
    store.put_pin(Pin("a.ipynb", "b1", "c1", NOON, "ann@laptop"))
    assert store.pins()["a.ipynb"].snapshot == "c1"
    assert store.start_in_turn(run(FIRST), always)
    assert not store.start_in_turn(run(SECOND), never)
    assert [each.id for each in store.runs(statuses=["queued", "started"])] == [SECOND, FIRST]
    assert store.take_slot(slot(FIRST), always)
    assert store.slots() == [replace(slot(FIRST), taken=True)]
    assert store.commit([made()]).numbers == {(SALES.text, MONDAY): 4}
    assert store.made_of_partitions()[SALES][MONDAY].number == 4
    store.commit([failed((SALES, TUESDAY))])
    assert store.partition_counts()[SALES] == PartitionCounts(2, 1)
    lease = store.acquire_lease(current_process())
    assert store.commit_tick(lease, tick(), [asks(1, "a")], CursorMove(None, "c")).is_new
    assert store.requests()[0].request == asks(1, "a")
    store.add_backfill(MARCH, BODIES)
    assert store.chunk_counts() == {"b1": {"waiting": 3}}
    assert store.dynamic_partitions("shops") == []  # the event is there, from a newer store
    assert store.add_dynamic_partitions("shops", ["z"]) == ["z"]
    assert store.damage() == []
    store.close()
    assert older.with_name(f"assetbook.db.before-{version}").exists()


def test_a_damaged_partition_stays_damaged_in_the_next_version(tmp_path: Path) -> None:
    path, older = tmp_path / "assetbook.db", tmp_path / "older.db"
    store = SqliteStore(path)
    store.commit([made(), made(partition=TUESDAY)])
    store.close()
    with closing(sqlite3.connect(older, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        migrate(connection, older, STEPS[: WITH_BODIES - 1])
        connection.execute("ATTACH ? AS newer", (str(path),))
        for name in ("events", "assets"):
            connection.execute(f"INSERT INTO main.{name} SELECT * FROM newer.{name}")
        copy_partition_state(connection)
        # an event that is another partition's: whole in itself
        connection.execute("UPDATE main.partition_state SET event = 1")
    store = SqliteStore(older)
    assert any("the state of a partition" in each for each in store.damage())
    with pytest.raises(CorruptStoreError, match="the state of a partition"):
        store.made_of_partitions()
    with pytest.raises(CorruptStoreError, match="the state of a partition"):
        store.latest_of_partitions()
    assert len(store.versions(SALES)) == 2
    store.close()


def test_a_step_that_fails_leaves_the_version_before(path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        take(path, NEXT, BROKEN)
    assert "moons" in tables(path)
    assert "half" not in tables(path)
    with closing(sqlite3.connect(path)) as connection:
        assert schema_version(connection) == len(STEPS) + 1


def test_a_newer_file_is_refused_untouched(path: Path) -> None:
    take(path, NEXT)
    before = path.read_bytes()
    known = len(STEPS)
    said = rf"newer assetbook \(schema {known + 1}; this one knows {known}\)\nUpgrade"
    with pytest.raises(StoreError, match=said):
        SqliteStore(path)
    assert path.read_bytes() == before


def test_an_older_file_is_not_current(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        assert is_current(connection, path)
        assert not is_current(connection, path, (*STEPS, NEXT))


DIGESTS = [
    "eeb7c58a5d4b4312",
    "d54b66a46c8efa16",
    "0d858dad29fafedf",
    "832cd0c179dff03a",
    "0437ce1db823575c",
    "31903a232219789f",
]
"""Of the steps that files out there have taken: a step is never changed, another one follows."""


def test_a_step_that_was_taken_never_changes() -> None:
    digests = [hashlib.sha256("\n".join(step).encode()).hexdigest()[:16] for step in STEPS]
    assert digests == DIGESTS


KILLED = """
import os, signal, sqlite3, sys
from pathlib import Path
from assetbook.storage.schema import STEPS, migrate
path, steps_before_death = Path(sys.argv[1]), int(sys.argv[2])
connection = sqlite3.connect(path, isolation_level=None)
done = 0
def count(statement):
    global done
    done += 1
    if done > steps_before_death:
        os.kill(os.getpid(), signal.SIGKILL)
connection.set_trace_callback(count)
migrate(connection, path, (*STEPS, ("CREATE TABLE moons (at REAL)", "CREATE TABLE b (at REAL)")))
"""


@pytest.mark.parametrize("statements", [1, 2, 3, 4, 5, 6])
def test_a_kill_at_any_statement_leaves_a_usable_file(path: Path, statements: int) -> None:
    died = subprocess.run([sys.executable, "-c", KILLED, str(path), str(statements)], check=False)
    assert died.returncode in (-signal.SIGKILL, 0)
    complete = {"moons", "b"} <= tables(path)
    assert complete or not {"moons", "b"} & tables(path)
    take(path, ("CREATE TABLE moons (at REAL)", "CREATE TABLE b (at REAL)"))
    assert {"moons", "b"} <= tables(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_processes_that_open_a_new_store_at_once_agree(tmp_path: Path) -> None:
    path = tmp_path / "new" / "assetbook.db"
    children = []
    for number in range(4):
        child = os.fork()
        if child == 0:
            store = SqliteStore(path)
            store.commit([materialized()])
            store.close()
            os._exit(number)
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [
        0,
        1,
        2,
        3,
    ]
    store = SqliteStore(path)
    assert store.latest()[ORDERS].number == 4
    store.close()
